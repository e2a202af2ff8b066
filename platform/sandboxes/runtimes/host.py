"""What this machine can enforce, as set-up proved it, and which profiles run here because of it."""

from __future__ import annotations

from dataclasses import dataclass

from sandboxes.runtimes.base import NoDiskLimits, NoNetworks, NoTunnels
from sandboxes.runtimes.profiles import Profile


@dataclass(frozen=True, kw_only=True)
class Host:
    """Nothing is taken for granted: what was not proved is not there."""

    disk_limits: bool = False
    """Whether the engine stops a container that writes more than its `size`."""
    disk_limits_count_image: bool = False
    """Whether that limit also counts what the image holds."""
    tunnels: bool = False
    """Whether a container of uid 1000 can open /dev/net/tun."""
    networks: str = ""
    """The range that networks of sandboxes are taken from; empty where no firewall could be put around them."""

    def check_profile(self, profile: Profile) -> None:
        """Raises NoDiskLimits, NoTunnels or NoNetworks where this machine cannot hold such a sandbox within bounds."""
        if profile.writable_root and not self.disk_limits:
            raise NoDiskLimits(f"profile {profile.name} needs an engine that enforces `--storage-opt size=`")
        if profile.devices and not self.tunnels:
            raise NoTunnels(f"profile {profile.name} needs {', '.join(profile.devices)}, open to uid 1000")
        if profile.private_network and not self.networks:
            raise NoNetworks(f"profile {profile.name} needs a network with walls around it (MUELLE_LAB_NETWORKS)")


NOTHING_PROVED = Host()
