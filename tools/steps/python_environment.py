"""The virtual environment and the locked dependencies in it."""

import json
import sys
from pathlib import Path

from tools.digests import digest_files
from tools.envfile import write_private
from tools.shell import run as run_program
from tools.shell import succeeds
from tools.workspace import Workspace

# Seventy wheels over a slow line.
INSTALL_SECONDS = 1800.0
STAMP = "muelle-lock.json"
LOCKS = ("run", "dev")


def run(workspace: Workspace) -> str:
    """Make the environment and install the locks that this set-up needs, each only when it changed."""
    wanted = LOCKS if workspace.for_tests else LOCKS[:1]
    digests = {name: _digest(workspace, name) for name in wanted}
    if all(_installed(workspace).get(name) == digest for name, digest in digests.items()):
        return "locked dependencies match"
    _make_environment(workspace)
    for name, digest in digests.items():
        _install(workspace, name, digest)
    return f"installed {' and '.join(wanted)} dependencies"


def _installed(workspace: Workspace) -> dict[str, str]:
    try:
        stamp = json.loads((workspace.venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) and workspace.python.exists() else {}


def _digest(workspace: Workspace, name: str) -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor} {digest_files([_lock(workspace, name)])}"


def _lock(workspace: Workspace, name: str) -> Path:
    return workspace.root / "tools" / "requirements" / f"{name}.txt"


def _make_environment(workspace: Workspace) -> None:
    if succeeds([workspace.python, "-c", "import pip"]):
        return
    workspace.say("makes a virtual environment in .venv")
    run_program(
        [sys.executable, "-m", "venv", "--clear", workspace.venv],
        timeout=INSTALL_SECONDS,
        log=workspace.log,
        mend="Install the package python3-venv, remove .venv, and run again.",
    )


def _install(workspace: Workspace, name: str, digest: str) -> None:
    if _installed(workspace).get(name) == digest:
        return
    workspace.say(f"installs tools/requirements/{name}.txt")
    run_program(
        [workspace.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
         "--require-hashes", "--only-binary", ":all:", "-r", _lock(workspace, name)],
        timeout=INSTALL_SECONDS,
        log=workspace.log,
        mend="Check that this machine reaches its Python package index (`pip download pip`), and run again.",
    )  # fmt: skip
    write_private(workspace.venv / STAMP, json.dumps({**_installed(workspace), name: digest}))
