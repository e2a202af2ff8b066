"""Rare commands: lock the dependencies, remove what a clone made, look after the lab engine."""

import shutil
import sys
from pathlib import Path

from tools.docker import CONTAINER_SECONDS, Docker
from tools.engine import daemon, keeper, network, own, places
from tools.engine.client import answers, information
from tools.mirror import places as mirror_places
from tools.mirror.interface import remove_interface
from tools.problems import Problem
from tools.shell import CommandFailed, find_program, run, succeeds
from tools.steps import shared_limits
from tools.supervisor.leftovers import end_leftovers
from tools.walls import keeper as walls_keeper
from tools.workspace import Workspace

# Resolving some eighty packages and fetching their hashes over a slow line.
LOCK_SECONDS = 900.0
PYTHON_VERSION = "3.11"
CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis", "htmlcov", ".venv")


def lock(workspace: Workspace) -> int:
    """Resolve the ranges of pyproject.toml into tools/requirements/*.txt, with hashes, for all platforms' wheels."""
    tool = workspace.state / "uv"
    if not (tool / "bin" / "uv").exists():
        run([sys.executable, "-m", "venv", "--clear", tool], timeout=LOCK_SECONDS, log=workspace.log)
        run([tool / "bin" / "pip", "install", "--quiet", "uv"], timeout=LOCK_SECONDS, log=workspace.log)
    compile_command: list[str | Path] = [
        tool / "bin" / "uv", "pip", "compile", "--quiet", "--upgrade", "--python-version", PYTHON_VERSION,
        "--generate-hashes", "--no-emit-index-url", "--no-annotate", "--no-header",
        # Or pip takes the newest release for `coverage[toml]`, which the lock of `coverage` does not cover.
        "--no-strip-extras",
    ]  # fmt: skip
    project = workspace.root / "pyproject.toml"
    for name, groups in (("run", []), ("dev", ["--group", f"{project}:dev"])):
        target = workspace.root / "tools" / "requirements" / f"{name}.txt"
        run([*compile_command, *groups, "--output-file", target, project], timeout=LOCK_SECONDS, log=workspace.log)
        print(f"locked {target.relative_to(workspace.root)}")
    return 0


def clean(workspace: Workspace, *, ask: bool) -> int:
    """Remove everything that this clone made: its containers, state with database, virtual environment and caches."""
    if ask:
        print(
            f"This removes the database in {workspace.state} with all accounts and progress. Type yes to go on: ",
            end="",
            flush=True,
        )
        if sys.stdin.readline().strip() != "yes":
            print("Nothing was removed.")
            return 1
    end_leftovers(workspace.state)
    _remove_containers(workspace)
    if workspace.instance:
        shutil.rmtree(workspace.run_dir, ignore_errors=True)
    for path in [workspace.state, *(workspace.root / name for name in CACHES)]:
        shutil.rmtree(path, ignore_errors=True)
    print("Removed. The lab engine and its images serve other clones and stay (`make engine-remove`).")
    return 0


def _remove_containers(workspace: Workspace) -> None:
    if not workspace.instance or not workspace.setting("MUELLE_ENGINE_URL"):
        return
    try:
        Docker(workspace).remove_containers(f"muelle.instance={workspace.instance}")
    except CommandFailed as failure:
        print(f"Containers of this clone may be left: {failure}", file=sys.stderr)


def engine(action: str, workspace: Workspace) -> int:
    """Look after our own engine. Raises Problem."""
    if action == "keep":
        # Where Docker runs the site, this is all of ours that a boot starts.
        print(f"limits that labs share: {shared_limits.run(workspace)}", flush=True)
        keeper.keep()
    elif action == "up":
        print("started" if own.ensure(print) else "answers already")
    elif action == "stop":
        print("ended; its sandboxes live on until it is back" if daemon.stop() else "there is none")
    elif action == "remove":
        _remove_engine()
    return _status()


def _status() -> int:
    if not answers(places.URL):
        print(f"no engine of our own answers at {places.URL}")
        return 0
    facts = information(places.URL)
    print(
        f"{places.URL}: {facts['ServerVersion']}, {facts['Driver']}, "
        f"{facts['ContainersRunning']} containers running, {facts['Images']} images"
    )
    return 0


def _remove_engine() -> None:
    if answers(places.URL):
        docker = ["docker", "--host", places.URL]
        running = run([*docker, "ps", "--format", "{{.Names}}"]).split()
        # The mirror serves the others only, and lives on this engine's disk.
        if set(running) - {mirror_places.CONTAINER}:
            raise Problem(
                "Containers still run in the lab engine.",
                "End the sites that use it (Ctrl-C, or `make clean`) and run again.",
            )
        run([*docker, "rm", "--force", mirror_places.CONTAINER], timeout=CONTAINER_SECONDS)
    remove_interface()
    if find_program("nft"):
        walls_keeper.take_down()
    shutil.rmtree(mirror_places.STATE, ignore_errors=True)
    daemon.stop()
    if succeeds(["mountpoint", "--quiet", places.DATA_ROOT]):
        run(["umount", places.DATA_ROOT], mend="Something still uses it: `fuser -m` names it.")
    network.remove_network()
    for path in (places.DISK_IMAGE, places.CONFIGURATION, places.LOG, places.LOG.with_suffix(".log.1")):
        Path(path).unlink(missing_ok=True)
