"""The few names that the walls take on this machine. One table serves all clones."""

from tools.engine import places as engine_places
from tools.mirror import places as mirror_places

TABLE = "muelle_labs"
# What the platform reads before it starts a lab (sandboxes.runtimes.walls); in memory, so a reboot forgets it.
REPORT = engine_places.RUN / "walls.json"
BRIDGES = engine_places.SANDBOX_BRIDGES

ADDRESS = mirror_places.ADDRESS
TCP_PORTS = (mirror_places.DNS_PORT, mirror_places.REGISTRY_PORT)
# Ports that labs ask at, and those that the mirror has instead: the machine's own site may want the former.
SENT_ON = {
    mirror_places.PACKAGES_PORT_OF_LABS: mirror_places.PACKAGES_PORT,
    mirror_places.HUB_PORT_OF_LABS: mirror_places.HUB_PORT,
}
UDP_PORTS = (mirror_places.DNS_PORT,)

# A class's builds open some tens a second each; a flood opens thousands.
OPENINGS_PER_SECOND = 200
OPENINGS_AT_ONCE = 400
# Sandboxes that are remembered at once for that; forgotten a minute after their last opening.
REMEMBERED = 8192
