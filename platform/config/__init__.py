"""Wiring: settings, URLs, ASGI and Celery. Nobody imports this package but the processes that start from it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
