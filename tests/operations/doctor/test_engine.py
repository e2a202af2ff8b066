"""Seeded bad values, and what is said of each (abuse cases A11, A13, A14, I05)."""

from dataclasses import replace

import pytest

from operations.doctor.base import State
from operations.doctor.engine import judge_engine, judge_python
from sandboxes.runtimes.fake import FACTS


def judged(**changes) -> dict[str, State]:
    return {finding.key: finding.state for finding in judge_engine(replace(FACTS, **changes))}


def test_a_current_engine_has_nothing():
    assert set(judged().values()) == {State.GOOD}


@pytest.mark.parametrize(
    ("change", "key", "state"),
    [
        ({"version": "19.03.15"}, "engine", State.BAD),
        ({"version": ""}, "engine", State.BAD),
        ({"version": "20.10.24+dfsg1"}, "engine", State.GOOD),
        ({"version": "29.3.0"}, "engine_flaws", State.WARN),
        ({"version": "29.5.0"}, "engine_flaws", State.WARN),
        ({"version": "29.5.1"}, "engine_flaws", State.GOOD),
        ({"runc": "1.1.11"}, "runc_flaws", State.BAD),
        ({"runc": "1.2.7"}, "runc_flaws", State.BAD),
        ({"runc": "1.1.5+ds1-1+deb12u1"}, "runc_flaws", State.WARN),
        ({"runc": ""}, "runc_flaws", State.WARN),
        ({"runc": "1.3.3"}, "runc_flaws", State.GOOD),
        ({"kernel": "6.12.24"}, "kernel_flaws", State.BAD),
        ({"kernel": "6.1.0-18-amd64"}, "kernel_flaws", State.WARN),
        ({"kernel": "6.18.22"}, "kernel_flaws", State.GOOD),
        ({"limits": ("memory", "pids")}, "cgroup", State.WARN),
        ({"limits": ("swap", "cpu", "pids")}, "cgroup", State.BAD),
        ({"limits": ()}, "cgroup", State.BAD),
        ({"security": ("seccomp",)}, "lsm", State.WARN),
        ({"security": ("seccomp", "selinux")}, "lsm", State.GOOD),
        ({"security": ("apparmor",)}, "lsm", State.BAD),
        ({"live_restore": False}, "live_restore", State.WARN),
    ],
)
def test_a14_seeded_values(change, key, state):
    found = judged(**change)

    assert found[key] == state


def test_a_finding_names_the_flaw():
    [finding] = [each for each in judge_engine(replace(FACTS, runc="1.1.15")) if each.key == "runc_flaws"]

    assert finding.found == "1.1.15: CVE-2025-31133, -52565, -52881 (masked paths)"


def test_an_engine_that_is_silent():
    [finding] = judge_engine(None, silence="connection refused")

    assert (finding.key, finding.state, finding.found) == ("engine", State.BAD, "connection refused")


@pytest.mark.parametrize(
    ("version", "state"),
    [("3.11.2", State.WARN), ("3.11.13", State.GOOD), ("3.13.3", State.WARN), ("3.14.0", State.GOOD)],
)
def test_i05_python(version, state):
    assert judge_python(version).state == state
