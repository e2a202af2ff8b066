"""Proving a lab: its solutions are typed into real sandboxes, and its checks must tell done from not done."""
