"""Devices of the host that sandboxes open."""

import os
import stat
from contextlib import suppress
from pathlib import Path

from tools.shell import succeeds

TUN = Path("/dev/net/tun")
# What it is everywhere that has udev. Whoever opens it can make interfaces in a network namespace of their own only.
TUN_MODE = 0o666
TUN_NUMBER = os.makedev(10, 200)


def prepare_tun() -> None:
    """Have /dev/net/tun, open to everybody, where the kernel has it at all. Idempotent."""
    succeeds(["modprobe", "tun"])  # built in, or in a container: then it fails and changes nothing
    with suppress(OSError):  # where that is not allowed, a later step of set-up says what it means
        if not TUN.exists():
            TUN.parent.mkdir(exist_ok=True)
            os.mknod(TUN, stat.S_IFCHR | TUN_MODE, TUN_NUMBER)
        if stat.S_IMODE(TUN.stat().st_mode) != TUN_MODE:
            TUN.chmod(TUN_MODE)
