"""Raise the limits that the kernel counts over all sandboxes of a machine; docs/limits.md names them."""

from contextlib import suppress
from pathlib import Path

from tools.workspace import Workspace

SETTINGS = Path("/proc/sys")
# What sixty labs need at the same time, each of which may have a Docker with some containers. All of it takes memory
# as well, which each sandbox is charged for, so a high limit costs nothing until it is used.
WANTED = {
    "kernel/pty/max": 65_536,
    "fs/inotify/max_user_instances": 8_192,
    "fs/inotify/max_user_watches": 1_048_576,
    "fs/pipe-user-pages-soft": 262_144,
    # 60 sandboxes of 1,024 processes each are more than the 32,768 that small machines have by default.
    "kernel/pid_max": 4_194_304,
    # An engine takes a key for each container; the first two are uid 1000's, the others root's.
    "kernel/keys/maxkeys": 20_000,
    "kernel/keys/maxbytes": 2_000_000,
    "kernel/keys/root_maxkeys": 1_000_000,
    "kernel/keys/root_maxbytes": 25_000_000,
    "net/ipv4/neigh/default/gc_thresh2": 4_096,
    "net/ipv4/neigh/default/gc_thresh3": 8_192,
    # Each container of a learner takes one of each kind.
    **{f"user/max_{kind}_namespaces": 65_536 for kind in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup")},
}


def run(_workspace: Workspace) -> str:
    """Raise what is lower than wanted; never lower anything. A reboot forgets it, so set-up and boot look again."""
    low = {name: value for name, value in WANTED.items() if _is_lower(name, value)}
    for name, value in low.items():
        # Where this is not allowed, what is said below tells so.
        with suppress(OSError):
            (SETTINGS / name).write_text(str(value))
    left = sorted(name for name, value in low.items() if _is_lower(name, value))
    raised = sorted(set(low) - set(left))
    said = f"raised {_named(raised)}" if raised else "" if left else "high enough"
    if left:
        said += f"{'; ' if said else ''}may not raise {_named(left)}: many labs at once may disturb each other"
    return said


def _is_lower(name: str, value: int) -> bool:
    """Whether a setting is there and lower; older kernels and containers lack some."""
    try:
        return int((SETTINGS / name).read_text()) < value
    except (OSError, ValueError):
        return False


def _named(names: list[str]) -> str:
    return ", ".join(name.replace("/", ".") for name in names)
