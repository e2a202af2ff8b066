"""The closed list of profiles: what a sandbox of each kind may do. An instructor names one; nobody adds flags to it.

What is written here is checked a second time, independently, by `invariants`: two mistakes must agree to do harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from sandboxes.limits import GIB, MIB, Limits
from sandboxes.runtimes.base import RequestRefused

SECCOMP_DIRECTORY = Path(__file__).parent / "seccomp"

# Files of /proc and /sys that tell of the host or of other sandboxes. Sent explicitly: an engine's own list depends on
# its age, and 20.10 has neither /proc/interrupts nor powercap (a processor's power draw leaks its neighbours' keys).
MASKED_PATHS = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/interrupts",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
)

# Files through which the kernel is configured for everybody.
READONLY_PATHS = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")


class ProfileName(StrEnum):
    STANDARD = "standard"  # a shell as an ordinary user, without network; nothing on the host's disk
    ENGINE = "engine"  # a real, rootless Docker of the learner's own, and podman; a writable disk of a fixed size


@dataclass(frozen=True, kw_only=True)
class InnerEngine:
    """The container engine that a sandbox of some profiles has of its own."""

    program: str
    """Starts it and keeps it running; root's, in the image."""
    socket: str
    """Where it answers, inside."""
    log: str
    """What it said last, inside."""


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a kind of sandbox may do; `container_body` says it to the engine."""

    name: ProfileName
    user: str
    """Numeric uid:gid, since names would be looked up in the image's own files."""
    capabilities: tuple[str, ...]
    no_new_privileges: bool
    seccomp: str
    """Name of the file in `seccomp/`."""
    masked_paths: tuple[str, ...]
    readonly_paths: tuple[str, ...]
    devices: tuple[str, ...] = ()
    """Devices of the host that it may open, all harmless ones."""
    writable_root: bool = False
    """Whether its files, home too, lie on the host's disk within a hard limit; else what can be written is memory."""
    private_network: bool = False
    """Whether it has a network of its own, on which it reaches the mirror and nothing else; else it has none."""
    open_files: int
    """Of each process; with the number of processes this bounds the host's open files."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """What every shell, set-up script and check sees besides the usual."""
    inner_engine: InnerEngine | None = None
    least: Limits
    """Below these it would not start reliably."""
    default: Limits
    """What a lab has that says nothing."""
    most: Limits
    """Up to here an instructor may raise the limits of a lab."""

    def limits(self, named: Mapping[str, Any]) -> Limits:
        """Limits of a lab that names some and leaves the others to its profile. Raises TypeError for unknown ones."""
        return Limits(**{**self.default.to_json(), **named})

    def check_limits(self, limits: Limits) -> None:
        """Raises RequestRefused, naming every limit that is outside what this profile allows."""
        wrong = [
            f"{name} is {asked}, allowed is {lowest} to {highest}"
            for (name, asked), lowest, highest in zip(
                limits.to_json().items(), self.least.to_json().values(), self.most.to_json().values(), strict=True
            )
            if not lowest <= asked <= highest
        ]
        if not self.writable_root and limits.disk_bytes > limits.memory_bytes // 2:
            # Home is a tmpfs: a full one must leave memory for programs, or the kernel kills the sandbox.
            wrong.append(f"disk_bytes is {limits.disk_bytes}, allowed is half of memory_bytes ({limits.memory_bytes})")
        if wrong:
            raise RequestRefused(f"profile {self.name}: " + "; ".join(wrong))


STANDARD = Profile(
    name=ProfileName.STANDARD,
    user="1000:1000",
    capabilities=(),
    no_new_privileges=True,
    seccomp="standard.json",
    masked_paths=MASKED_PATHS,
    readonly_paths=READONLY_PATHS,
    open_files=4096,
    least=Limits(memory_bytes=64 * MIB, cpus=0.1, pids=16, disk_bytes=1 * MIB),
    default=Limits(),
    most=Limits(memory_bytes=2048 * MIB, cpus=2.0, pids=1024, disk_bytes=512 * MIB),
)

RUNTIME_DIRECTORY = "/run/user/1000"

ENGINE = Profile(
    name=ProfileName.ENGINE,
    # Never uid 0: what follows takes the masks off /proc, and uid 0 could then reconfigure the host's kernel.
    user="1000:1000",
    # In the bounding set only, for newuidmap and newgidmap, which carry them as file capabilities and hand out the
    # range of /etc/subuid; uid 1000 itself holds none. No file of the image is setuid.
    capabilities=("SETUID", "SETGID"),
    # With it the kernel would ignore those two file capabilities, and no container could have more than one user.
    no_new_privileges=False,
    seccomp="engine.json",
    # The kernel lets a user namespace mount a /proc of its own only where nothing of the outer one is covered.
    masked_paths=(),
    readonly_paths=(),
    # The network of the inner containers ends in user space (slirp4netns), which needs a tun device of its own
    # network namespace.
    devices=("/dev/net/tun",),
    writable_root=True,  # images and containers need a real file system: overlay works neither on overlay nor in memory
    private_network=True,  # for the images and packages of the mirror
    open_files=16_384,  # not more: an engine without CAP_SYS_RESOURCE cannot raise it beyond its own
    environment={"XDG_RUNTIME_DIR": RUNTIME_DIRECTORY, "DOCKER_HOST": f"unix://{RUNTIME_DIRECTORY}/docker.sock"},
    inner_engine=InnerEngine(
        program="/usr/local/lib/muelle/engine",
        socket=f"{RUNTIME_DIRECTORY}/docker.sock",
        log=f"{RUNTIME_DIRECTORY}/engine.log",
    ),
    # The inner engine alone takes 200 MiB and eighty threads; an image of a web server takes 200 MB of disk.
    least=Limits(memory_bytes=768 * MIB, cpus=0.5, pids=256, disk_bytes=1 * GIB),
    default=Limits(memory_bytes=2 * GIB, cpus=2.0, pids=1024, disk_bytes=2 * GIB),
    most=Limits(memory_bytes=4 * GIB, cpus=4.0, pids=2048, disk_bytes=8 * GIB),
)

_PROFILES = {profile.name: profile for profile in (STANDARD, ENGINE)}


def profile_named(name: str) -> Profile:
    """Raises RequestRefused for a name that is not in the list."""
    try:
        return _PROFILES[ProfileName(name)]
    except ValueError:
        known = ", ".join(ProfileName)
        raise RequestRefused(f"there is no profile {name!r}; there are: {known}") from None


@cache
def seccomp_text(file_name: str) -> str:
    """The filter as the engine wants it: its content, since the engine cannot read our files."""
    return (SECCOMP_DIRECTORY / file_name).read_text(encoding="utf-8")
