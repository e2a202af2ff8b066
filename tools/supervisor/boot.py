"""`python3 -m tools serve`: the site as a service. What a machine lost with its power is made again, without a network.

Unlike `make run` it ends without ending labs: sandboxes live in the engine, and the next start finds them. Engine,
walls and mirror have keepers of their own, since they serve the whole machine.
"""

from tools.runner import Step
from tools.steps import database, redis, secrets, shared_limits

# /run is empty after a boot, and the kernel has its own small limits again; the database may have been restored; a
# Redis of our own may have lost its port.
BOOT = (
    Step("secrets", "instance id and folder of the sockets", secrets.run),
    Step("shared limits", "what the kernel counts over all labs", shared_limits.run),
    Step("redis", "broker for wake-ups and notices", redis.run),
    Step("database", "tables", database.run),
)
KEEPERS = frozenset({"engine", "walls", "mirror"})
