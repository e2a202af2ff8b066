"""Bring up the lab engine of our own, or find the one that another clone brought up."""

from collections.abc import Callable

from tools.engine import daemon, devices, disk, network, places, quota
from tools.engine.client import answers
from tools.locks import machine_lock


def ensure(say: Callable[[str], None] = lambda _: None) -> bool:
    """Have our engine answer at places.URL. Idempotent and safe from several clones at once; needs root.

    Returns whether it had to be started. Raises Problem.
    """
    with machine_lock("engine", waiting=say):
        for folder in (places.RUN, places.STATE):
            # Others may pass through to what is theirs, and see nothing on the way.
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o711)
        # Also with an engine that answers: a firewall reload of the host may have taken our rules away.
        network.prepare_network()
        devices.prepare_tun()
        if answers(places.URL):
            return False
        disk.mount_disk()
        daemon.start()
        return True


def tidy() -> None:
    """Keep the disk limits true and quick, also over weeks. Harmless at any time."""
    quota.keep_full_quota_true(places.DATA_ROOT)
    quota.remove_stale_records(places.DATA_ROOT)
    daemon.turn_log()
