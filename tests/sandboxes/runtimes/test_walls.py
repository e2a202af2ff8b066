"""Who believes that the walls stand, and who does not. Not knowing is no."""

from __future__ import annotations

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from sandboxes.runtimes import walls
from sandboxes.runtimes.base import WallsDown
from sandboxes.runtimes.walls import FRESH, NoWalls, ReportedWalls

RULES = b"table inet muelle_labs {\n}\n"
DIGEST = hashlib.sha256(RULES).hexdigest()
HERE, ELSEWHERE = walls.OWN_NETWORK.stat().st_ino, 1


@pytest.fixture
def report(tmp_path: Path) -> Path:
    return tmp_path / "walls.json"


def say(report: Path, *, age: float = 0.0, **changes: Any) -> ReportedWalls:
    now = time.clock_gettime(time.CLOCK_BOOTTIME)
    said = {"table": "muelle_labs", "digest": DIGEST, "network": ELSEWHERE, "at": now - age}
    report.write_text(json.dumps({**said, **changes}))
    return ReportedWalls(report)


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose `nft` prints what this file has, to its root."""
    rules, program = tmp_path / "rules", tmp_path / "nft"
    rules.write_bytes(RULES)
    program.write_text(f'#!/bin/sh\n[ "$*" = "--stateless --terse list table inet muelle_labs" ] && exec cat {rules}\n')
    program.chmod(0o755)
    monkeypatch.setattr(walls, "SYSTEM_FOLDERS", str(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return rules


def test_nobody_told_is_no() -> None:
    with pytest.raises(WallsDown):
        NoWalls().check()


def test_no_report_is_no(report: Path) -> None:
    with pytest.raises(WallsDown, match="no report"):
        ReportedWalls(report).check()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '"x"', '{"table": "", "digest": "", "network": 0, "at": 0}', "\udcff"]
)
def test_a_report_that_says_nothing_is_no(report: Path, text: str) -> None:
    report.write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(WallsDown, match="no report"):
        ReportedWalls(report).check()


@pytest.mark.parametrize("key", ["table", "digest", "network", "at"])
def test_a_report_with_a_gap_is_no(report: Path, key: str) -> None:
    with pytest.raises(WallsDown, match="no report"):
        say(report, **{key: None}).check()


@pytest.mark.parametrize("age", [0.0, FRESH - 5])
def test_from_elsewhere_the_keepers_word_counts_while_it_is_fresh(report: Path, age: float) -> None:
    say(report, age=age).check()


@pytest.mark.parametrize("age", [FRESH + 1, 3600.0, -60.0])
def test_a_word_that_is_old_or_of_another_boot_is_no(report: Path, age: float) -> None:
    with pytest.raises(WallsDown, match="old"):
        say(report, age=age).check()


def test_who_can_look_looks_and_needs_no_keeper(report: Path, kernel: Path) -> None:
    say(report, network=HERE, age=3600.0).check()


@pytest.mark.parametrize("rules", [b"", b"table inet muelle_labs {\n\tchain x {\n\t}\n}\n"], ids=["empty", "other"])
def test_who_can_look_is_not_deceived_by_a_fresh_word(report: Path, kernel: Path, rules: bytes) -> None:
    kernel.write_bytes(rules)

    with pytest.raises(WallsDown, match="not " + DIGEST):
        say(report, network=HERE).check()


def test_a_kernel_that_cannot_be_asked_is_no(report: Path, kernel: Path) -> None:
    kernel.unlink()
    with pytest.raises(WallsDown, match="missing"):
        say(report, network=HERE).check()

    (kernel.parent / "nft").unlink()
    with pytest.raises(WallsDown, match="missing"):
        say(report, network=HERE).check()


def test_who_is_not_root_cannot_look(report: Path, kernel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    kernel.unlink()

    say(report, network=HERE).check()
    with pytest.raises(WallsDown, match="old"):
        say(report, network=HERE, age=3600.0).check()
