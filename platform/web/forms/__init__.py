"""What people send, checked before any action sees it."""
