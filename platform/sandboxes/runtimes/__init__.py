"""Runtimes make containers. Plain Python, synchronous; used by the worker and the reconciler only."""
