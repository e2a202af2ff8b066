"""Markdown to safe HTML: a lesson as parts."""
