"""Submissions and their check results: a verdict is computed by a worker, from evidence."""
