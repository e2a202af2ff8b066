"""The closed list of profiles: what a sandbox of each kind may do. An instructor names one; nobody adds flags to it.

What is written here is checked a second time, independently, by `invariants`: two mistakes must agree to do harm.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from sandboxes.limits import MIB, Limits
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
    least: Limits
    """Below these the agent itself would not start reliably."""
    most: Limits
    """Up to here an instructor may raise the limits of a lab."""

    def check_limits(self, limits: Limits) -> None:
        """Raises RequestRefused, naming every limit that is outside what this profile allows."""
        wrong = [
            f"{name} is {asked}, allowed is {lowest} to {highest}"
            for (name, asked), lowest, highest in zip(
                limits.to_json().items(), self.least.to_json().values(), self.most.to_json().values(), strict=True
            )
            if not lowest <= asked <= highest
        ]
        if limits.disk_bytes > limits.memory_bytes // 2:
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
    least=Limits(memory_bytes=64 * MIB, cpus=0.1, pids=16, disk_bytes=1 * MIB),
    most=Limits(memory_bytes=2048 * MIB, cpus=2.0, pids=1024, disk_bytes=512 * MIB),
)

_PROFILES = {profile.name: profile for profile in (STANDARD,)}


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
