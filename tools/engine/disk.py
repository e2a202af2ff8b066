"""A btrfs file system in a sparse file for the engine's data, because there `--storage-opt size=` is a hard limit."""

import os
import shutil
from pathlib import Path

from tools.engine import places, quota
from tools.problems import Problem
from tools.shell import run, succeeds

GIB = 1024**3
# Images and sandboxes of a class fit in the least; the file is sparse, so the most costs nothing until it is used.
LEAST_BYTES = 8 * GIB
MOST_BYTES = 200 * GIB
# What the file may grow to, as a share of what is free now: the host must keep room for its logs and its database.
SHARE_OF_FREE = 0.7


def disk_size(free_bytes: int) -> int:
    """Size for the file on a disk with so much free, in whole GiB. Raises Problem when that is too little."""
    size = min(int(free_bytes * SHARE_OF_FREE), MOST_BYTES) // GIB * GIB
    if size < LEAST_BYTES:
        raise Problem(
            f"The lab engine needs {LEAST_BYTES // GIB} GiB, and {places.STATE} has {free_bytes // GIB} GiB free.",
            "Free some disk space, or mount a larger disk there, and run again.",
        )
    return size


def mount_disk() -> None:
    """Make the file system when there is none, mount it, and have its quotas on. Idempotent."""
    places.DATA_ROOT.mkdir(mode=0o711, parents=True, exist_ok=True)
    if not os.path.ismount(places.DATA_ROOT):
        _mount()
    quota.enable_quota(places.DATA_ROOT)


def _mount() -> None:
    if not _has_file_system(places.DISK_IMAGE):
        _make_file_system(places.DISK_IMAGE)
    # discard gives the blocks of deleted sandboxes back to the host's disk; nobody reads access times.
    run(
        ["mount", "-o", "loop,noatime,discard=async", places.DISK_IMAGE, places.DATA_ROOT],
        mend="The lab engine needs loop devices and btrfs. Where the kernel has none, start a Docker Engine of the "
        "machine itself (`apt-get install docker.io`, then `systemctl start docker`) and run again.",
    )


def _has_file_system(image: Path) -> bool:
    return image.exists() and succeeds(["btrfs", "inspect-internal", "dump-super", image])


def _make_file_system(image: Path) -> None:
    size = disk_size(shutil.disk_usage(image.parent).free)
    # Made under another name first: a file cut short by a power cut must not be taken for a file system.
    draft = image.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with draft.open("wb") as stream:
        stream.truncate(size)
    draft.chmod(0o600)
    run(["mkfs.btrfs", "--quiet", "--label", "muelle", draft], mend="Look at what mkfs.btrfs says above.")
    draft.replace(image)
