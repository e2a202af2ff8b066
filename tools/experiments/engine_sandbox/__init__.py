"""Step 0: does the agent hold as PID 1 of an unprivileged sandbox with a real Docker in it? See docs/adr/0001."""
