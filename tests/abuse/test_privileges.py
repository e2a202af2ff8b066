"""A02, A03, A04: no capability, no dangerous system call, no way to another uid."""

from __future__ import annotations

from typing import Any

import pytest

from tests.abuse.harness import Range, Subject, as_root_with_everything

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

DENIED = {"EPERM", "ENOSYS"}
CAPABILITY_SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")


def status_of(subject: Subject, process: str) -> dict[str, str]:
    lines = subject.read(f"/proc/{process}/status").splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def test_a02_no_process_has_or_can_get_a_capability(range_: Range, sandbox: Subject) -> None:
    for process in ("1", "self"):
        status = status_of(sandbox, process)
        assert {name: int(status[name], 16) for name in CAPABILITY_SETS} == dict.fromkeys(CAPABILITY_SETS, 0)

    with range_.weakened(lambda body, host: host.update(CapDrop=[])) as control:
        assert int(status_of(control, "self")["CapBnd"], 16) != 0


def test_a03_dangerous_calls_do_not_reach_the_kernel(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.probe("syscalls")

    assert len(outcomes) >= 55
    assert {call: outcome for call, outcome in outcomes.items() if outcome not in DENIED} == {}
    assert status_of(sandbox, "self")["Seccomp"] == "2"

    with range_.weakened(as_root_with_everything) as control:
        open_to_root = control.probe("syscalls")
    # What even root cannot call here (a kernel built without it) proves nothing; nearly all the rest must get through.
    reached = {call for call, outcome in open_to_root.items() if outcome not in DENIED}
    assert open_to_root.keys() == outcomes.keys()
    assert len(reached) >= 45, sorted(open_to_root.keys() - reached)


def test_a03_only_four_socket_families_exist(range_: Range, sandbox: Subject) -> None:
    outcomes = sandbox.probe("sockets")

    others = {name: outcome for name, outcome in outcomes.items() if outcome != "EPERM"}
    # Raw sockets of the same families need a capability, not a filter; these are the stream and datagram ones.
    assert others == {"family-1": "ok", "family-2": "ok", "family-10": "ok", "family-16": "ok", "pair-unix": "ok"}

    with range_.weakened(as_root_with_everything) as control:
        open_to_root = control.probe("sockets")
    assert open_to_root["family-17"] == "ok"  # packets
    assert list(open_to_root.values()).count("EPERM") == 0


def test_a03_the_door_for_32_bit_calls_is_shut(range_: Range, sandbox: Subject) -> None:
    result = sandbox.run("/probes/foreign")

    assert result.stdout == b"before\n"
    assert result.signal == 31  # SIGSYS

    with range_.weakened(
        lambda body, host: host.update(SecurityOpt=["no-new-privileges=true", "seccomp=unconfined"])
    ) as control:
        assert b"after" in control.run("/probes/foreign").stdout


def test_a04_a_setuid_program_gains_nothing(range_: Range, sandbox: Subject) -> None:
    assert sandbox.run("/probes/identity-setuid").stdout == b"1000 1000\n"
    assert status_of(sandbox, "self")["NoNewPrivs"] == "1"

    def allow_new_privileges(body: dict[str, Any], host: dict[str, Any]) -> None:
        host["SecurityOpt"] = [option for option in host["SecurityOpt"] if option.startswith("seccomp=")]

    with range_.weakened(allow_new_privileges) as control:
        assert control.run("/probes/identity-setuid").stdout == b"1000 0\n"
