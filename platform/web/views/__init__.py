"""Views: permission, form, one action, redirect."""
