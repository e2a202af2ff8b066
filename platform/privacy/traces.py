"""What is left of a person outside the rows: keys in Redis, and pages of the database's file that are free now."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from itertools import islice

from django.conf import settings
from django.db import connection
from redis import Redis
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

REDIS_SECONDS = 2.0  # a Redis that is away costs this once; what it holds expires by itself within a day
MOST_KEYS = 100_000  # a thousand times what a class leaves; a Redis that many share is not walked through for ever


def forget_in_redis(names: Iterable[str]) -> int:
    """Delete this installation's keys whose name or text holds one of these names; return how many."""
    wanted = [name.encode() for name in names if name]
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=REDIS_SECONDS, socket_connect_timeout=REDIS_SECONDS
        ) as redis:
            found = islice(redis.scan_iter(match=f"*{settings.MUELLE_INSTANCE}*", count=1000), MOST_KEYS)
            doomed = [key for key in found if _tells_of(redis, key, wanted)]
            return int(redis.delete(*doomed)) if doomed else 0
    except RedisError as error:
        logger.warning("Redis does not answer (%s); what it holds of an erased person expires.", type(error).__name__)
        return 0


def _tells_of(redis: Redis, key: bytes, names: list[bytes]) -> bool:
    if any(name in key for name in names):
        return True
    if redis.type(key) != b"string":  # queues hold ids, groups hold digests
        return False
    text = redis.get(key)
    return isinstance(text, bytes) and any(name in text for name in names)


def overwrite_from_now_on() -> None:
    """Let SQLite write zeros over what the next changes delete, on this connection."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def tidy_database() -> None:
    """Let the database give back what deleted rows held: until then their text stands in free pages of its files.

    Waits for writers as any change does. Raises OperationalError where they take too long. Not in a transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
