"""The Celery application: `celery -A config worker`."""

import os
from pathlib import Path
from typing import Any

from celery import Celery, signals
from django.conf import settings

# Seconds that a worker waits for Redis. It lets Redis wait a second itself, so what suits a page would cut its line.
WORKER_SOCKET_TIMEOUT = 5

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("muelle")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_init.connect
def be_patient(**_: Any) -> None:
    """Give a worker, before it connects, more patience with Redis than a page has."""
    app.conf.broker_transport_options = {
        **app.conf.broker_transport_options,
        "socket_timeout": WORKER_SOCKET_TIMEOUT,
    }


@signals.heartbeat_sent.connect
def give_sign_of_life(**_: Any) -> None:
    """Touch the file that health checks look at: every two seconds, while the worker's loop turns."""
    if settings.MUELLE_LIFE_SIGN:
        Path(settings.MUELLE_LIFE_SIGN).touch()
