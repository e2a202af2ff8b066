"""Asks everything that is judged. Runs where the engine can be reached: the command, and the reconciler."""

import platform as machine_platform
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import redis
from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from lab_sessions.models import Lease
from lab_sessions.reconciler import LEASE_NAME
from operations import machine
from operations.doctor import engine, host, labs, site
from operations.doctor.base import Finding
from operations.models import Sample
from sandboxes.engine import host as proved_host
from sandboxes.engine import runtime, walls
from sandboxes.registry import PORT as REGISTRY_PORT
from sandboxes.runtimes.base import EngineFacts, RuntimeFault, WallsDown
from tools.steps.shared_limits import WANTED

# Whoever waits for a report has patience, but a round of the reconciler must not be held up by what is dead.
ANSWER_SECONDS = 1.0
SQLITE_SETTINGS = ("journal_mode", "synchronous")
POSTGRESQL_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit", "server_version")


def examine() -> list[Finding]:
    """Return what is found of everything, in the order in which it is read. Changes nothing."""
    facts, silence = _engine_facts()
    redis_version, redis_silence, redis_skew = _redis()
    return [
        *engine.judge_engine(facts, silence=silence),
        *labs.judge_proofs(proved_host()),
        labs.judge_walls(settings.MUELLE_LAB_NETWORKS, down=_walls_down()),
        labs.judge_mirror(settings.MUELLE_MIRROR, _mirror_answer()),
        labs.judge_images(settings.MUELLE_IMAGES, settings.MUELLE_AGENT_VOLUME),
        host.judge_tables(host.read_settings(WANTED)),
        host.judge_hardening(host.read_settings(host.HARDENED)),
        host.judge_clock(in_step=host.clock_in_step(), skews={**redis_skew, **_database_skew(), **_past_skew()}),
        host.judge_memory(machine.memory()),
        host.judge_disk(machine.disk(facts.root if facts else "", settings.MUELLE_RUN_DIR)),
        engine.judge_python(machine_platform.python_version()),
        *_site(redis_version, redis_silence),
    ]


def _site(redis_version: str, redis_silence: str) -> Iterator[Finding]:
    now = timezone.now()
    lease = Lease.objects.filter(name=LEASE_NAME).first()
    newest = site.newest_file(Path(settings.MUELLE_BACKUPS))
    yield from site.judge_doors(
        hosts=settings.ALLOWED_HOSTS,
        https=settings.MUELLE_HTTPS,
        debug=settings.DEBUG,
        demo=settings.MUELLE_DEMO,
        secret=settings.SECRET_KEY,
    )
    yield site.judge_database(connection.vendor, _database_settings())
    yield site.judge_backups(datetime.fromtimestamp(newest, UTC) if newest else None, now)
    yield site.judge_redis(redis_version, silence=redis_silence)
    yield site.judge_reconciler(lease.holder if lease else "", lease.expires_at if lease else None, now)
    yield site.judge_workers(_worker_names() if redis_version else None)


def _engine_facts() -> tuple[EngineFacts | None, str]:
    try:
        return runtime().facts(), ""
    except RuntimeFault as fault:
        return None, fault.detail


def _walls_down() -> str:
    try:
        walls().check()
    except WallsDown as down:
        return down.detail
    return ""


def _mirror_answer() -> str:
    if not settings.MUELLE_MIRROR:
        return ""
    try:
        socket.create_connection((settings.MUELLE_MIRROR, REGISTRY_PORT), timeout=ANSWER_SECONDS).close()
    except ConnectionError:
        return "no"
    except OSError:  # from a container of the site, whose network leads elsewhere
        return "unreachable"
    return "yes"


def _database_settings() -> dict[str, str]:
    sqlite = connection.vendor == "sqlite"
    names, ask = (SQLITE_SETTINGS, "PRAGMA") if sqlite else (POSTGRESQL_SETTINGS, "SHOW")
    with connection.cursor() as cursor:
        found = {}
        for name in names:
            cursor.execute(f"{ask} {name}")
            found[name] = str(cursor.fetchone()[0])
    return found


def _database_skew() -> dict[str, float]:
    """How far the clock of a database on another machine is from ours; SQLite has ours."""
    if connection.vendor == "sqlite":
        return {}
    return _skew("PostgreSQL", _database_clock)


def _database_clock() -> float:
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchone()[0])
    return time.time()


def _skew(name: str, ask: Callable[[], float]) -> dict[str, float]:
    before = time.time()
    there = ask()
    return {name: round(there - (before + time.time()) / 2, 3)}


def _past_skew() -> dict[str, float]:
    """Rows from the future tell of a clock that was set back."""
    newest = Sample.objects.newest()
    ahead = (newest.at - timezone.now()).total_seconds() if newest else 0.0
    return {"figures": round(ahead, 3)} if ahead > 0 else {}


def _redis() -> tuple[str, str, dict[str, float]]:
    """Return Redis's version, or why it does not answer, and how far its clock is from ours."""
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=ANSWER_SECONDS, socket_connect_timeout=ANSWER_SECONDS
    )
    try:
        version = str(client.info("server")["redis_version"])  # type: ignore[index]  # typed for async clients too
        return version, "", _skew("Redis", lambda: _redis_clock(client))
    except (redis.RedisError, OSError) as error:
        return "", type(error).__name__, {}
    finally:
        client.close()


def _redis_clock(client: redis.Redis) -> float:
    seconds, microseconds = client.time()  # type: ignore[misc]  # likewise
    return float(seconds) + float(microseconds) / 1_000_000


def _worker_names() -> list[str] | None:
    try:
        answers = current_app.control.ping(timeout=ANSWER_SECONDS)
    except Exception:  # whatever the broker's client raises; the line about Redis says what is wrong
        return None
    return [name for answer in answers or [] for name in answer]
