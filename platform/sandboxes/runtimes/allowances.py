"""How far each profile may go, for the invariants: written down once more, apart from `profiles`, on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sandboxes.limits import MIB


@dataclass(frozen=True, kw_only=True)
class Allowance:
    """How far one profile may go, inside what holds for all."""

    users: frozenset[str]
    capabilities: frozenset[str] = frozenset()
    unmasked: bool = False
    namespaces: bool = False
    """Whether its seccomp filter may allow the calls that make namespaces and mounts."""
    file_capabilities: bool = False
    """Whether a program's file capabilities count, up to `capabilities`."""
    devices: frozenset[str] = frozenset()
    private_network: bool = False
    """Whether it may have a network, which then is its own and nobody else's."""
    most_disk: int = 0
    """Of its writable root, which needs a limit of the file system; 0 for a read-only one."""
    most_memory: int
    most_cpus: float
    most_pids: int
    most_files: int
    """Open ones, of each process."""


ALLOWANCES: Mapping[str, Allowance] = {
    "standard": Allowance(
        users=frozenset({"1000:1000"}), most_memory=2048 * MIB, most_cpus=2.0, most_pids=1024, most_files=4096
    ),
    "engine": Allowance(
        users=frozenset({"1000:1000"}),
        capabilities=frozenset({"SETUID", "SETGID"}),
        unmasked=True,
        namespaces=True,
        file_capabilities=True,
        devices=frozenset({"/dev/net/tun"}),
        private_network=True,
        most_disk=8192 * MIB,
        most_memory=4096 * MIB,
        most_cpus=4.0,
        most_pids=2048,
        most_files=16_384,
    ),
}
