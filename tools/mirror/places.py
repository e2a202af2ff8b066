"""Where the mirror answers on this machine, and the few names it takes. One mirror serves all clones."""

from pathlib import Path

from tools.engine import places as engine_places

# A place on an interface without wires: no packet leaves the machine, and no cable has to be in it.
INTERFACE = "muelle-mirror"
ADDRESS = "10.212.0.1"
REGISTRY_PORT = 5000
# Where the host opens and closes namespaces of the registry: a socket in a folder that only those may enter who may
# speak to the engine. Containers of the site reach it too, while no address of the host is within their reach.
DOOR = engine_places.RUN / "mirror"
NAMES_SOCKET = DOOR / "names.sock"
# The same for sites of earlier versions on this machine; closed to sandboxes.
NAMES_PORT = 5001
# Labs ask at 80 and 443, and the walls send them here. If the mirror had those ports at its one address, no site of
# this machine could have them at all addresses.
PACKAGES_PORT, PACKAGES_PORT_OF_LABS = 5080, 80
# Where it stands in for Docker Hub.
HUB_PORT, HUB_PORT_OF_LABS = 5443, 443
DNS_PORT = 53
REGISTRY = f"{ADDRESS}:{REGISTRY_PORT}"

CONTAINER = "muelle-mirror"
LABEL = "muelle.mirror"
# Named volumes of the lab engine: filled by set-up, read by the mirror.
LIBRARY_VOLUME = "muelle-library"
PACKAGES_VOLUME = "muelle-packages"

# The user of the mirror's image.
USER = 990

# Kept from one set-up to the next, beside the engine's own disk.
STATE = Path("/var/lib/muelle/mirror")

# What learners push is written to the container's own disk, so that the engine's quota is its limit.
PUSHES_BYTES = 8 * 1024**3
# nginx and two registries with a class at work took 120 MB; the rest is room for the files they serve.
MEMORY_BYTES = 512 * 1024**2
PROCESSES = 128


def state_folder() -> Path:
    """The folder of what set-up keeps, which only root may enter; made when it is missing."""
    STATE.mkdir(mode=0o700, parents=True, exist_ok=True)
    return STATE
