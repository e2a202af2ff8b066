"""Where the lab engine of our own lives on this machine, and the few names it takes. One engine serves all clones."""

from pathlib import Path

RUN = Path("/run/muelle")
SOCKET = RUN / "engine.sock"
URL = f"unix://{SOCKET}"
PID_FILE = RUN / "engine.pid"
# dockerd puts the sockets of its containers here, and those paths have to stay short.
EXEC_ROOT = RUN / "exec"

STATE = Path("/var/lib/muelle")
DISK_IMAGE = STATE / "engine.btrfs"
DATA_ROOT = STATE / "engine"
CONFIGURATION = STATE / "engine.json"
LOG = STATE / "engine.log"

# The bridge carries image builds only: sandboxes have no network or one of their session's own.
BRIDGE = "muelle0"
# The bridges of sandboxes' own networks begin like this, and nothing else does.
SANDBOX_BRIDGES = "mul"
# Tried in turn; the first that touches no route of this machine is taken. All are private (RFC 1918). The network
# before the first is the mirror's (tools/mirror/places.py).
BRIDGE_NETWORKS = ("10.212.1.0/24", "172.30.212.0/24", "192.168.212.0/24")
# Per-session networks: 4096 of them with 13 addresses each, beside the bridge's own range.
SESSION_POOLS = ("10.213.0.0/16", "172.29.0.0/16", "192.168.128.0/18")
SESSION_PREFIX = 28
