"""Runs the processes of a site on one machine: starts them, restarts what dies, ends them all."""
