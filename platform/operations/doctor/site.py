"""The site: how it is reached, what it stores in, what must run beside it."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from operations.doctor.base import Finding, State, good_if

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})
SHORTEST_SECRET = 40  # characters; set-up draws more
# Backups are made each night; one night may fail.
BACKUP_LATE, BACKUP_LOST = timedelta(hours=50), timedelta(days=8)
FULL = "2"  # SQLite's number for synchronous=FULL


def judge_doors(*, hosts: Collection[str], https: bool, debug: bool, demo: bool, secret: str) -> Iterator[Finding]:
    """Judge how people reach the site, and what strangers could do with its settings."""
    alone = set(hosts) <= LOOPBACK
    yield Finding("https", good_if(https or alone, otherwise=State.WARN), ", ".join(sorted(hosts)))
    yield Finding("debug", good_if(not debug))
    yield Finding("demo", good_if(not demo or alone))
    yield Finding("secret", good_if(len(secret) >= SHORTEST_SECRET), str(len(secret)))


def judge_database(vendor: str, settings: Mapping[str, str]) -> Finding:
    """Judge whether what was acknowledged survives a power cut."""
    found = ", ".join([vendor, *(f"{name}={value}" for name, value in sorted(settings.items()))])
    if vendor == "sqlite":
        safe = settings.get("journal_mode") == "wal" and settings.get("synchronous") == FULL
    else:
        safe = all(settings.get(name) == "on" for name in ("fsync", "full_page_writes", "synchronous_commit"))
    return Finding("database", good_if(safe), found)


def judge_backups(newest: datetime | None, now: datetime) -> Finding:
    """Judge the age of the newest backup; None: there is none."""
    if newest is None:
        return Finding("backups", State.WARN)
    age = now - newest
    state = State.BAD if age > BACKUP_LOST else State.WARN if age > BACKUP_LATE else State.GOOD
    return Finding("backups", state, f"{newest:%Y-%m-%d %H:%M} UTC")


def newest_file(folder: Path) -> float | None:
    """Return when the newest file of a folder was written; None where there is none or nobody may look."""
    try:
        times = [each.stat().st_mtime for each in folder.iterdir() if each.is_file() and each.stat().st_size]
    except OSError:
        return None
    return max(times, default=None)


def judge_redis(version: str, *, silence: str = "") -> Finding:
    """Judge the broker; without it everything goes on, seconds later."""
    return Finding("redis", good_if(bool(version)), version or silence)


def judge_workers(names: Collection[str] | None) -> Finding:
    """Judge whether somebody makes sandboxes and looks at submissions; None where nobody could be asked."""
    if names is None:
        return Finding("workers", State.WARN)
    return Finding("workers", good_if(bool(names)), str(len(names)))


def judge_reconciler(holder: str, until: datetime | None, now: datetime) -> Finding:
    """Judge the lease of the process that keeps deadlines and mends what breaks."""
    return Finding("reconciler", good_if(until is not None and until > now), holder.partition(":")[0])
