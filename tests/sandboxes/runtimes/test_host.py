"""Which profiles run on which machine."""

from __future__ import annotations

import pytest

from sandboxes.runtimes.base import NoDiskLimits, NoNetworks, NoTunnels, PermanentFault
from sandboxes.runtimes.host import NOTHING_PROVED, Host
from sandboxes.runtimes.profiles import ENGINE, STANDARD


def test_a_shell_runs_everywhere() -> None:
    NOTHING_PROVED.check_profile(STANDARD)


def test_an_engine_runs_where_all_was_proved() -> None:
    Host(disk_limits=True, tunnels=True, networks="10.213.0.0/16").check_profile(ENGINE)


@pytest.mark.parametrize(
    ("host", "fault"),
    [
        (NOTHING_PROVED, NoDiskLimits),
        (Host(tunnels=True, networks="10.213.0.0/16"), NoDiskLimits),
        (Host(disk_limits=True, networks="10.213.0.0/16"), NoTunnels),
        (Host(disk_limits=True, tunnels=True), NoNetworks),
    ],
)
def test_elsewhere_a_sentence_says_why_not_and_that_reading_goes_on(host: Host, fault: type[PermanentFault]) -> None:
    with pytest.raises(fault) as raised:
        host.check_profile(ENGINE)

    assert "You can read the lesson" in raised.value.sentence
