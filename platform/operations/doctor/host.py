"""The machine: tables of the kernel, clock, memory, disk."""

import ctypes
from collections.abc import Callable, Mapping
from pathlib import Path

from operations.doctor.base import Finding, State, good_if
from operations.machine import Amount
from tools.steps.shared_limits import WANTED

SETTINGS = Path("/proc/sys")
# What makes a flaw of the kernel harder to use; sandboxes are kept from most of it by seccomp as well.
HARDENED = {
    "kernel/dmesg_restrict": 1,
    "kernel/kptr_restrict": 1,
    "kernel/unprivileged_bpf_disabled": 1,
    "fs/protected_hardlinks": 1,
    "fs/protected_symlinks": 1,
}
GIB = 1024**3
LITTLE_DISK, NO_DISK = 10 * GIB, 2 * GIB  # an image is 0.5 GiB, a class with Docker fills ten
LITTLE_SHARE, NO_SHARE = 0.1, 0.03
# Between two clocks of one installation. Leases last 15 s, deadlines minutes.
SKEW, MUCH_SKEW = 2.0, 10.0  # seconds
# From the C header of adjtimex(2): the struct is smaller than this, the kernel's answer TIME_ERROR says "not in step".
TIMEX_BYTES, TIME_ERROR = 512, 5


def read_settings(names: Mapping[str, int], folder: Path = SETTINGS) -> dict[str, int]:
    """Return the settings of the kernel that are there; older kernels and containers lack some."""
    found = {}
    for name in names:
        try:
            found[name] = int((folder / name).read_text())
        except (OSError, ValueError):
            continue
    return found


def judge_tables(found: Mapping[str, int]) -> Finding:
    """Judge the tables that all labs share (docs/limits.md)."""
    return _lower("tables", found, WANTED)


def judge_hardening(found: Mapping[str, int]) -> Finding:
    """Judge settings that keep users of the machine from its kernel."""
    return _lower("hardening", found, HARDENED)


def _lower(key: str, found: Mapping[str, int], wanted: Mapping[str, int]) -> Finding:
    low = [f"{name.replace('/', '.')}={found[name]} (< {wanted[name]})" for name in found if found[name] < wanted[name]]
    return Finding(key, good_if(not low, otherwise=State.WARN), ", ".join(sorted(low)))


def judge_clock(*, in_step: bool | None, skews: Mapping[str, float]) -> Finding:
    """Judge the clock: whether something keeps it in step, and how far it is from others of this installation.

    `skews` are seconds by the name of the other clock; `in_step` is None where the kernel does not tell.
    """
    far = max((abs(skew) for skew in skews.values()), default=0.0)
    found = ", ".join(f"{name} {round(skew, 1) + 0.0:+.1f} s" for name, skew in sorted(skews.items()))
    if far > MUCH_SKEW:
        return Finding("clock", State.BAD, found)
    return Finding("clock", good_if(far <= SKEW and in_step is not False, otherwise=State.WARN), found)


def clock_in_step(call: Callable[..., int] | None = None) -> bool | None:
    """Return whether the kernel thinks that its clock is kept in step (NTP); None where it does not say."""
    try:
        adjtimex = call or ctypes.CDLL(None).adjtimex
        answer = adjtimex(ctypes.create_string_buffer(TIMEX_BYTES))  # mode 0 asks and changes nothing
    except (OSError, AttributeError):
        return None
    return None if answer < 0 else answer != TIME_ERROR


def judge_disk(amount: Amount) -> Finding:
    """Judge the room where the engine keeps its data."""
    found = f"{amount.free / GIB:.1f} / {amount.total / GIB:.1f} GiB"
    if amount.free < NO_DISK or amount.free_share < NO_SHARE:
        return Finding("disk", State.BAD, found)
    return Finding(
        "disk", good_if(amount.free >= LITTLE_DISK and amount.free_share >= LITTLE_SHARE, otherwise=State.WARN), found
    )


def judge_memory(amount: Amount) -> Finding:
    """Judge the memory that programs can still have."""
    found = f"{amount.free / GIB:.1f} / {amount.total / GIB:.1f} GiB"
    if amount.free_share < NO_SHARE:
        return Finding("memory", State.BAD, found)
    return Finding("memory", good_if(amount.free_share >= LITTLE_SHARE, otherwise=State.WARN), found)
