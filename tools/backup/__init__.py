"""`make backup` and `make restore`: everything that cannot be made again, in one file."""
