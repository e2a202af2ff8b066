import ctypes

import pytest

from operations.doctor import host
from operations.doctor.base import State
from operations.machine import Amount
from tools.steps.shared_limits import WANTED

GIB = 1024**3


def test_settings_of_the_kernel_are_read_where_they_are(tmp_path):
    (tmp_path / "kernel").mkdir()
    (tmp_path / "kernel" / "pid_max").write_text("32768\n")
    (tmp_path / "kernel" / "odd").write_text("a b\n")

    names = {"kernel/pid_max": 1, "kernel/odd": 1, "kernel/missing": 1}
    assert host.read_settings(names, tmp_path) == {"kernel/pid_max": 32768}


def test_small_tables_are_named():
    finding = host.judge_tables({**WANTED, "kernel/pty/max": 4096})

    assert finding.state == State.WARN
    assert finding.found == "kernel.pty.max=4096 (< 65536)"
    assert host.judge_tables(WANTED).state == State.GOOD


def test_a_kernel_without_guards():
    assert host.judge_hardening({"kernel/dmesg_restrict": 0}).state == State.WARN
    assert host.judge_hardening({"kernel/dmesg_restrict": 1, "kernel/kptr_restrict": 2}).state == State.GOOD


@pytest.mark.parametrize(
    ("in_step", "skews", "state"),
    [
        (True, {}, State.GOOD),
        (None, {"Redis": 1.5}, State.GOOD),
        (False, {}, State.WARN),
        (True, {"Redis": -3.0}, State.WARN),
        (True, {"Redis": 0.1, "PostgreSQL": 11.0}, State.BAD),
        (True, {"figures": 3600.0}, State.BAD),
    ],
)
def test_the_clock(in_step, skews, state):
    assert host.judge_clock(in_step=in_step, skews=skews).state == state


def test_a_clock_says_how_far_it_is():
    assert host.judge_clock(in_step=True, skews={"Redis": -0.01, "PostgreSQL": 3}).found == (
        "PostgreSQL +3.0 s, Redis +0.0 s"
    )


@pytest.mark.parametrize(("answer", "in_step"), [(0, True), (5, False), (-1, None)])
def test_the_kernel_tells_whether_its_clock_is_kept(answer, in_step):
    asked = []

    def adjtimex(buffer):
        asked.append(bytes(buffer))
        return answer

    assert host.clock_in_step(adjtimex) is in_step
    assert asked == [bytes(host.TIMEX_BYTES)]  # all zero: it asks, and sets nothing


def test_a_kernel_that_cannot_be_asked(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())

    assert host.clock_in_step() is None


@pytest.mark.parametrize(
    ("free", "total", "state"),
    [(50, 100, State.GOOD), (9, 60, State.WARN), (30, 400, State.WARN), (1, 60, State.BAD), (11, 400, State.BAD)],
)
def test_room_on_the_disk(free, total, state):
    assert host.judge_disk(Amount(used=(total - free) * GIB, total=total * GIB)).state == state


@pytest.mark.parametrize(("free", "state"), [(20, State.GOOD), (9, State.WARN), (2, State.BAD)])
def test_memory(free, state):
    finding = host.judge_memory(Amount(used=(100 - free) * GIB, total=100 * GIB))

    assert finding.state == state
    assert finding.found == f"{free}.0 / 100.0 GiB"
