"""`make run`, once everything is set up: one supervisor per clone, on a free port."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tools.locks import machine_lock
from tools.ports import free_port
from tools.problems import Problem
from tools.redis import find_redis, is_own
from tools.steps import redis as redis_step
from tools.supervisor.boot import KEEPERS
from tools.supervisor.classroom import prepare_classroom
from tools.supervisor.leftovers import end_leftovers
from tools.supervisor.site import PREFERRED_PORT, commands
from tools.supervisor.supervisor import say, supervise
from tools.workspace import Workspace

# Two sites of one clone would share its database, queues and containers.
ONE_SITE_SECONDS = 1.0
ADDRESS = "address"


@contextmanager
def one_site(workspace: Workspace) -> Iterator[None]:
    """Hold this clone's right to run a site. Raises Problem, with the address, when its site runs already."""
    address = workspace.state / "run" / ADDRESS
    where = f" at {address.read_text(encoding='utf-8', errors='replace')}" if address.is_file() else ""
    held = Problem(f"The site of this clone runs already{where}.", "Use it, or end it with Ctrl-C where it runs.")
    with machine_lock("site", folder=address.parent, timeout=ONE_SITE_SECONDS, otherwise=held):
        yield


def run_site(workspace: Workspace, *, as_service: bool = False) -> int:
    """Run the site of this clone in the foreground until Ctrl-C. Returns the exit code. Raises Problem.

    as_service: engine, walls and mirror have units of their own, and labs outlive the site.
    """
    ended = end_leftovers(workspace.state)
    if ended:
        say(f"ended {ended} processes that an earlier run left behind")
    if is_own(workspace.setting("REDIS_URL")) and find_redis(workspace) is None:
        # Somebody may have taken its port since it was drawn.
        redis_step.run(workspace)
    port = _port(workspace)
    shown = "localhost" if workspace.host in {"127.0.0.1", "::1", "localhost", "0.0.0.0", "::"} else workspace.host
    drain = [] if as_service else [str(workspace.python), str(workspace.root / "manage.py"), "drain"]
    os.chdir(workspace.root)
    address = f"http://{shown}:{port}"
    (workspace.state / "run" / ADDRESS).write_text(address, encoding="utf-8")
    found = [command for command in commands(workspace, port) if not (as_service and command.name in KEEPERS)]
    if not workspace.lan:
        return supervise(workspace, found, address, drain)
    classroom = prepare_classroom(workspace, port)
    return supervise(workspace, classroom.serve(found), address, drain, classroom.welcome)


def _port(workspace: Workspace) -> int:
    wish = workspace.environ.get("PORT", "")
    if not wish:
        return free_port(PREFERRED_PORT, workspace.host)
    if not wish.isdigit() or not 0 < int(wish) < 65536:
        raise Problem(f"PORT={wish} is not a port.", "Give a number from 1 to 65535, or leave PORT out.")
    found = free_port(int(wish), workspace.host)
    if found != int(wish):
        raise Problem(f"Port {wish} is in use.", f"Give another one (PORT={found} is free), or leave PORT out.")
    return found
