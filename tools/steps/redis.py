"""Redis, the broker and notice board: the one that answers, else one of this clone's own, started with the site."""

from tools.problems import Problem
from tools.redis import find_redis, is_own, own_redis_url
from tools.workspace import Workspace


def run(workspace: Workspace) -> str:
    """Decide, and write the address down. A Redis of our own is started by the supervisor, not here."""
    given = workspace.environ.get("REDIS_URL")
    found = find_redis(workspace)
    if given and not found:
        raise Problem(
            "No Redis that may be used answers at REDIS_URL.",
            "Start it (version 6 or later, maxmemory-policy noeviction), or unset REDIS_URL to get one of our own.",
        )
    url = found or own_redis_url(workspace)
    if not given:
        workspace.remember(REDIS_URL=url)
    return "one of this clone's own, which runs with the site" if is_own(url) else "the one that answers"
