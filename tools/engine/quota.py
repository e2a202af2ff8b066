"""Turn on the accounting behind `--storage-opt size=`, in the flavour that stays true.

btrfs has two. *Simple quotas* (kernel 6.7 and later) charge every extent to the sandbox that wrote it: exact, cheap,
and never out of step. *Full* ones also charge what the image holds, and recent kernels mark them inconsistent when
containers are removed (measured on 6.18: after some thirty removals), from when on no limit holds. So simple ones are
used where the kernel has them; elsewhere the shortcut that breaks the full ones is switched off.
"""

import fcntl
import os
import struct
from pathlib import Path

from tools.shell import run, succeeds

# _IOWR(0x94, 40, struct btrfs_ioctl_quota_ctl_args): two 64-bit numbers, the command and a status. From linux/btrfs.h;
# called directly because btrfs-progs of Debian 12 (6.2) does not know simple quotas, while its kernels may.
QUOTA_CONTROL = 0xC0109428
ENABLE_SIMPLE = 4
DISABLE = 2
SIMPLE_MODE = "squota"
# Subvolumes of any depth are accounted for when they are dropped; 8 is the depth of the deepest tree there can be.
NEVER_SKIP = "8"


def enable_quota(mount_point: Path) -> None:
    """Have quotas on, simple ones where the kernel has them. Idempotent. Raises OSError or CommandFailed."""
    if quota_state(mount_point, "mode") == SIMPLE_MODE:
        return
    if quota_state(mount_point, "enabled") == "1":
        _control(mount_point, DISABLE)
    try:
        _control(mount_point, ENABLE_SIMPLE)
    except OSError:
        # An older kernel does not know the command.
        run(["btrfs", "quota", "enable", mount_point])
        keep_full_quota_true(mount_point)


def keep_full_quota_true(mount_point: Path) -> None:
    """Switch off what makes full quotas inconsistent, and count anew when they are. Does nothing to simple ones."""
    folder = _state_folder(mount_point)
    if folder is None or quota_state(mount_point, "mode") == SIMPLE_MODE:
        return
    threshold = folder / "drop_subtree_threshold"
    if threshold.exists() and threshold.read_text().strip() != NEVER_SKIP:
        threshold.write_text(NEVER_SKIP)
    if quota_state(mount_point, "inconsistent") == "1":
        succeeds(["btrfs", "quota", "rescan", mount_point])


def quota_state(mount_point: Path, name: str) -> str:
    """One of the kernel's facts about quotas (`mode`, `enabled`, `inconsistent`); empty where it does not tell."""
    folder = _state_folder(mount_point)
    path = folder / name if folder else None
    return path.read_text().strip() if path and path.exists() else ""


def remove_stale_records(mount_point: Path) -> None:
    """Remove the records of sandboxes that are gone, which would make every write a little slower in time."""
    succeeds(["btrfs", "qgroup", "clear-stale", mount_point])


def _state_folder(mount_point: Path) -> Path | None:
    device = Path(run(["findmnt", "--noheadings", "--output", "SOURCE", "--mountpoint", mount_point]).strip()).name
    found = [
        folder for folder in Path("/sys/fs/btrfs").glob("*/qgroups") if (folder.parent / "devices" / device).exists()
    ]
    return found[0] if found else None


def _control(mount_point: Path, command: int) -> None:
    descriptor = os.open(mount_point, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.ioctl(descriptor, QUOTA_CONTROL, bytearray(struct.pack("QQ", command, 0)))
    finally:
        os.close(descriptor)
