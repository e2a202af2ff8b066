import os
from datetime import UTC, datetime, timedelta

import pytest

from operations.doctor import labs, site
from operations.doctor.base import State
from sandboxes.runtimes.host import Host

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
DOORS = {"hosts": ["muelle.example.org"], "https": True, "debug": False, "demo": False, "secret": "x" * 50}


def doors(**changes) -> dict[str, State]:
    return {finding.key: finding.state for finding in site.judge_doors(**{**DOORS, **changes})}


@pytest.mark.parametrize(
    ("change", "key", "state"),
    [
        ({}, "https", State.GOOD),
        ({"https": False}, "https", State.WARN),
        ({"https": False, "hosts": ["localhost", "127.0.0.1"]}, "https", State.GOOD),
        ({"debug": True}, "debug", State.BAD),
        ({"demo": True}, "demo", State.BAD),
        ({"demo": True, "hosts": ["localhost"]}, "demo", State.GOOD),
        ({"secret": "short"}, "secret", State.BAD),
    ],
)
def test_doors(change, key, state):
    assert doors(**change)[key] == state
    assert "short" not in str([finding.found for finding in site.judge_doors(**{**DOORS, "secret": "short"})])


@pytest.mark.parametrize(
    ("vendor", "values", "state"),
    [
        ("sqlite", {"journal_mode": "wal", "synchronous": "2"}, State.GOOD),
        ("sqlite", {"journal_mode": "wal", "synchronous": "1"}, State.BAD),
        ("sqlite", {"journal_mode": "memory", "synchronous": "2"}, State.BAD),
        ("postgresql", {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}, State.GOOD),
        ("postgresql", {"fsync": "off", "full_page_writes": "on", "synchronous_commit": "on"}, State.BAD),
    ],
)
def test_a_power_cut(vendor, values, state):
    assert site.judge_database(vendor, values).state == state


@pytest.mark.parametrize(
    ("age", "state"),
    [(30, State.GOOD), (72, State.WARN), (216, State.BAD)],
)
def test_backups(age, state):
    assert site.judge_backups(NOW - timedelta(hours=age), NOW).state == state


def test_without_backups():
    assert site.judge_backups(None, NOW).state == State.WARN


def test_the_newest_backup(tmp_path):
    assert site.newest_file(tmp_path) is None
    assert site.newest_file(tmp_path / "missing") is None
    for name, at, text in (("a.dump", 100, "x"), ("b.dump", 200, "x"), ("empty.dump", 300, "")):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (at, at))

    assert site.newest_file(tmp_path) == 200


def test_what_must_run():
    assert site.judge_redis("7.0.15").state == State.GOOD
    assert site.judge_redis("", silence="ConnectionError").found == "ConnectionError"
    assert site.judge_redis("").state == State.BAD
    assert site.judge_workers(["celery@a"]).state == State.GOOD
    assert site.judge_workers([]).state == State.BAD
    assert site.judge_workers(None).state == State.WARN
    assert site.judge_reconciler("host:1:ab", NOW + timedelta(seconds=5), NOW).found == "host"
    assert site.judge_reconciler("host:1:ab", NOW - timedelta(seconds=5), NOW).state == State.BAD
    assert site.judge_reconciler("", None, NOW).state == State.BAD


def test_what_labs_need():
    proved = {finding.key: finding.state for finding in labs.judge_proofs(Host(disk_limits=True))}

    assert proved == {"quota": State.GOOD, "tunnels": State.WARN}
    assert labs.judge_walls("", down="").state == State.WARN
    assert labs.judge_walls("10.0.0.0/8", down="").state == State.GOOD
    assert labs.judge_walls("10.0.0.0/8", down="the table is missing").state == State.BAD
    assert [labs.judge_mirror("10.212.0.1", answer).state for answer in ("yes", "no", "unreachable")] == [
        State.GOOD,
        State.BAD,
        State.WARN,
    ]
    assert labs.judge_mirror("", "").state == State.WARN
    assert labs.judge_images({"standard": "x"}, "volume").state == State.GOOD
    assert labs.judge_images({}, "volume").state == State.BAD
    assert labs.judge_images({"standard": "x"}, "").state == State.BAD
