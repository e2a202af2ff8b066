"""Who uses Muelle: the user, and signing in by user name."""
