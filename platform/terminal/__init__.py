"""The terminal door: WebSockets from browsers to the agents of sandboxes, and the socket for notices."""
