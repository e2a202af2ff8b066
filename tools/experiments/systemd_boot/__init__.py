"""A real systemd boots a copy of this machine, loses its power, and boots again: see README.md beside this file."""
