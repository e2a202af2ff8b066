"""The index of `labs/courses/` at one revision: what can be read, asked and run."""
