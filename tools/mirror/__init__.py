"""The mirror of this machine: images, packages and names for labs with an engine of their own, without the internet."""
