"""The body of a container: what is the same for all, what follows the request, and its fingerprint."""

from __future__ import annotations

import dataclasses
import re

import pytest

from sandboxes.limits import MIB, Limits
from sandboxes.runtimes import container_body as module
from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.container_body import fingerprint
from sandboxes.runtimes.profiles import STANDARD
from tests.sandboxes.runtimes.requests import body


def test_limits_reach_the_engine() -> None:
    sent = body(limits=Limits(memory_bytes=256 * MIB, cpus=0.5, pids=64, disk_bytes=16 * MIB))["HostConfig"]

    assert (sent["Memory"], sent["MemorySwap"]) == (256 * MIB, 256 * MIB)
    assert sent["NanoCpus"] == 500_000_000
    assert sent["PidsLimit"] == 64
    assert f"size={16 * MIB}," in sent["Tmpfs"]["/home/learner"]


@pytest.mark.parametrize("memory", [64 * MIB, 512 * MIB, 2048 * MIB])
def test_full_file_systems_leave_memory_for_programs(memory: int) -> None:
    disk = min(memory // 2, STANDARD.most.disk_bytes)

    tmpfs = body(limits=Limits(memory_bytes=memory, disk_bytes=disk))["HostConfig"]["Tmpfs"]

    sizes = [int(size) for options in tmpfs.values() for size in re.findall(r"size=(\d+)", options)]
    assert len(sizes) == len(tmpfs)
    assert sum(sizes) <= memory * 4 // 5


def test_values_and_secrets_are_not_in_the_body() -> None:
    names = {entry.partition("=")[0] for entry in body()["Env"]}

    assert names == {"HOME", "LANG", "TERM"}


def test_limits_that_a_profile_does_not_allow_are_refused() -> None:
    with pytest.raises(RequestRefused):
        body(limits=Limits(pids=100_000))


def test_fingerprint_changes_with_the_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint("standard")
    fingerprint.cache_clear()

    loosened = dataclasses.replace(STANDARD, capabilities=("CHOWN",))
    monkeypatch.setattr(module, "profile_named", lambda _name: loosened)

    after = fingerprint("standard")
    fingerprint.cache_clear()
    assert after != before


def test_an_unknown_profile_has_no_fingerprint() -> None:
    assert fingerprint("submarine") == ""
