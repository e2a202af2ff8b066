"""What the platform knows of a person: handed over when they ask, and erased when they ask."""
