"""The closed list of profiles, and how far their limits go."""

from __future__ import annotations

import dataclasses

import pytest

from sandboxes.limits import MIB, Limits
from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.profiles import ENGINE, STANDARD, ProfileName, profile_named


def test_every_name_has_a_profile() -> None:
    assert [profile_named(name).name for name in ProfileName] == list(ProfileName)


@pytest.mark.parametrize("name", ["", "vm", "Standard", "standard ", "Engine"])
def test_other_names_are_refused_with_the_list(name: str) -> None:
    with pytest.raises(RequestRefused, match="there are: standard, engine"):
        profile_named(name)


@pytest.mark.parametrize("name", ProfileName)
def test_the_limits_at_both_ends_and_the_usual_ones_fit(name: str) -> None:
    profile = profile_named(name)

    for limits in (profile.least, profile.default, profile.most):
        profile.check_limits(limits)


def test_a_lab_names_some_limits_and_its_profile_the_others() -> None:
    assert ENGINE.limits({"pids": 512}) == dataclasses.replace(ENGINE.default, pids=512)
    assert STANDARD.limits({}) == Limits()
    with pytest.raises(TypeError):
        ENGINE.limits({"gpus": 1})


def test_a_disk_that_is_no_memory_may_be_larger_than_it() -> None:
    ENGINE.check_limits(dataclasses.replace(ENGINE.default, disk_bytes=ENGINE.default.memory_bytes * 2))


def test_clients_inside_find_the_engine_that_is_started_for_them() -> None:
    engine = ENGINE.inner_engine

    assert engine
    assert ENGINE.environment["DOCKER_HOST"] == f"unix://{engine.socket}"
    assert STANDARD.inner_engine is None
    assert STANDARD.environment == {}


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
