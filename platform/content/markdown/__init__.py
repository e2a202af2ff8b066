"""Markdown to safe HTML: a lesson as parts, and single lines."""

from content.markdown.lesson import render_inline

__all__ = ["render_inline"]
