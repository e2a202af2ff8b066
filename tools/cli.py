"""The commands behind the Makefile."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import chores
from tools.backup.chores import KEEP, backup, restore
from tools.locks import machine_lock
from tools.mirror.chores import mirror
from tools.problems import Problem
from tools.runner import Step, explain, run_steps
from tools.service.chores import check_can_install, install, uninstall
from tools.steps import IMAGES, INSTALLED, PRODUCTION, SETUP
from tools.suites.check import check
from tools.suites.run import run_suites
from tools.supervisor.boot import BOOT
from tools.supervisor.start import one_site, run_site
from tools.walls.chores import walls
from tools.workspace import Workspace

# As a shell reports a program that SIGTERM ended.
TERMINATED = 143


def main(arguments: Sequence[str]) -> int:
    """Run one command. Returns the exit code; a failure that a person can mend is a sentence, not a traceback."""
    options = _parser().parse_args(arguments)
    # A deep umask of root's would make sockets and folders that other parts cannot pass.
    os.umask(0o022)
    # Who ends us politely gets what Ctrl-C gets: what was started for this command is ended too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    workspace = Workspace(for_tests=options.command in ("test", "check", "bench") or getattr(options, "tests", False))
    try:
        return _dispatch(options, workspace)
    except Problem as problem:
        explain(problem, workspace, verbose=options.verbose)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Every step can be repeated: run the same command again.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 -m tools", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="also show tracebacks")
    commands = parser.add_subparsers(dest="command", required=True)
    setup = commands.add_parser("setup", help="everything but starting")
    setup.add_argument("--tests", action="store_true", help="also what tests need")
    commands.add_parser("run", help="set up and start the site")
    commands.add_parser("serve", help="start the site as a service: what systemd runs after `make install`")
    commands.add_parser("install", help="set up, and start the site at every boot of this machine")
    commands.add_parser("uninstall", help="do not start it at boot any more")
    commands.add_parser("images", help="engine, agent and lab images only")
    commands.add_parser("production", help="prepare this machine for docker compose: engine, agent, lab images, .env")
    test = commands.add_parser("test", help="set up and run the test suites")
    test.add_argument("--fast", action="store_true", help="unit tests only, no engine")
    test.add_argument("suites", nargs="*", help="only these suites")
    commands.add_parser("check", help="format, lint, types, imports, migrations, content")
    kept = commands.add_parser("backup", help="write everything that cannot be made again into one file")
    kept.add_argument("--to", type=Path, help="the folder; by default backups/ in this clone's state")
    kept.add_argument("--keep", type=int, default=KEEP, help="how many of this clone's stay there")
    back = commands.add_parser("restore", help="put a backup in the place of what is here")
    back.add_argument("file", type=Path)
    back.add_argument("--yes", action="store_true", help="do not ask")
    commands.add_parser("lock", help="lock the dependencies of pyproject.toml anew")
    clean = commands.add_parser("clean", help="remove what this clone made, the database included")
    clean.add_argument("--yes", action="store_true", help="do not ask")
    engine = commands.add_parser("engine", help="the lab engine of this machine")
    engine.add_argument("action", choices=["up", "stop", "status", "remove", "keep"])
    mirrored = commands.add_parser("mirror", help="the registry and packages of this machine's labs")
    mirrored.add_argument("action", choices=["status", "stop", "remove", "sweep", "keep"])
    walled = commands.add_parser("walls", help="the firewall around this machine's labs")
    walled.add_argument("action", choices=["status", "up", "remove", "keep"])
    return parser


def _dispatch(options: argparse.Namespace, workspace: Workspace) -> int:
    match options.command:
        case "setup":
            return _set_up(options, workspace, SETUP)
        case "images":
            return _set_up(options, workspace, (*SETUP[:3], *IMAGES))
        case "production":
            return _set_up(options, workspace, PRODUCTION)
        case "run":
            with one_site(workspace):
                return _set_up(options, workspace, SETUP) or run_site(workspace)
        case "serve":
            with one_site(workspace):
                return _set_up(options, workspace, BOOT) or run_site(workspace, as_service=True)
        case "test":
            steps = SETUP[:3] if options.fast else SETUP
            return _set_up(options, workspace, steps) or run_suites(workspace, options.suites, fast=options.fast)
        case "check":
            return _set_up(options, workspace, SETUP[:3]) or check(workspace)
        case _:
            return _look_after(options, workspace)


def _look_after(options: argparse.Namespace, workspace: Workspace) -> int:
    """What is done now and then, with a clone or with its machine."""
    match options.command:
        case "backup":
            return backup(workspace, to=options.to, keep=options.keep)
        case "restore":
            return restore(workspace, options.file, ask=not options.yes)
        case "install":
            check_can_install(workspace)
            return _set_up(options, workspace, INSTALLED) or install(workspace)
        case "uninstall":
            return uninstall(workspace)
        case "lock":
            return chores.lock(workspace)
        case "clean":
            return chores.clean(workspace, ask=not options.yes)
        case _:
            return _manage_machine(options, workspace)


def _manage_machine(options: argparse.Namespace, workspace: Workspace) -> int:
    """What is one per machine, however many clones there are."""
    match options.command:
        case "mirror":
            return mirror(options.action, workspace)
        case "walls":
            return walls(options.action)
        case _:
            return chores.engine(options.action, workspace)


def _set_up(options: argparse.Namespace, workspace: Workspace, steps: Sequence[Step]) -> int:
    with machine_lock("setup", folder=workspace.state / "run", waiting=print):
        return 0 if run_steps(steps, workspace, verbose=options.verbose) else 1
