"""What a copy of this machine must lose to be a server on which nobody has installed Muelle yet."""

import shutil
import subprocess
from pathlib import Path

# An admin's shell on a server.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What set-up brings itself.
PURGED = ("docker.io", "containerd", "redis-server", "nftables", "postgresql-common")
# What Muelle has here, and what keeps packages in containers from starting their services.
REMOVED = ("var/lib/muelle", "var/log/journal", "usr/sbin/policy-rc.d")
# They would fetch, and hold apt's lock meanwhile; and the console is a file.
MASKED = ("apt-daily.timer", "apt-daily-upgrade.timer", "console-getty.service")
# In a tree of processes of its own, so that no package's script finds the services of this machine.
APART = ("unshare", "--mount", "--pid", "--fork", "--net", "--ipc")


def make_bare(root: Path, name: str, log: Path) -> None:
    """Take it away below `root`, and give the copy a name of its own. Raises CalledProcessError."""
    purge = f"mount -t proc proc /proc; apt-get -q -y purge {' '.join(PURGED)}"
    environment = {"PATH": PATH, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as said:
        command = [*APART, "chroot", str(root), "sh", "-c", purge]
        subprocess.run(command, check=True, stdout=said, stderr=said, env=environment)
    for place in (root / removed for removed in REMOVED):
        if place.is_dir():
            shutil.rmtree(place)
        else:
            place.unlink(missing_ok=True)
    units = root / "etc/systemd/system"
    for unit in units.glob("muelle*"):
        unit.unlink()
    for masked in MASKED:
        (units / masked).unlink(missing_ok=True)
        (units / masked).symlink_to("/dev/null")
    (root / "etc/machine-id").write_text("")
    (root / "etc/hostname").write_text(f"{name}\n")
