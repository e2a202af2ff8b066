"""What machines ask: is this site ready, and how busy is it."""
