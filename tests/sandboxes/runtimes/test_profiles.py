"""The closed list of profiles, and how far their limits go."""

from __future__ import annotations

import pytest

from sandboxes.limits import MIB, Limits
from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.profiles import STANDARD, ProfileName, profile_named


def test_every_name_has_a_profile() -> None:
    assert [profile_named(name).name for name in ProfileName] == list(ProfileName)


@pytest.mark.parametrize("name", ["", "engine", "Standard", "standard "])
def test_other_names_are_refused_with_the_list(name: str) -> None:
    with pytest.raises(RequestRefused, match="there are: standard"):
        profile_named(name)


def test_default_limits_fit() -> None:
    STANDARD.check_limits(Limits())


@pytest.mark.parametrize(
    "limits",
    [
        Limits(memory_bytes=63 * MIB, disk_bytes=1 * MIB),
        Limits(memory_bytes=2049 * MIB),
        Limits(cpus=0.05),
        Limits(cpus=2.5),
        Limits(cpus=float("nan")),
        Limits(pids=15),
        Limits(pids=1025),
        Limits(pids=-1),
        Limits(disk_bytes=0),
        Limits(disk_bytes=513 * MIB, memory_bytes=2048 * MIB),
        Limits(disk_bytes=257 * MIB, memory_bytes=512 * MIB),
    ],
    ids=str,
)
def test_limits_outside_the_profile_are_refused(limits: Limits) -> None:
    with pytest.raises(RequestRefused, match="allowed is"):
        STANDARD.check_limits(limits)


def test_every_wrong_limit_is_named_at_once() -> None:
    with pytest.raises(RequestRefused) as refusal:
        STANDARD.check_limits(Limits(cpus=9, pids=0))

    assert "cpus is 9" in refusal.value.detail
    assert "pids is 0" in refusal.value.detail
