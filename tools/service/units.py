"""The units of a site, from templates: which are needed here, and with what in them."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tools.engine import places
from tools.problems import Problem
from tools.workspace import Workspace

TEMPLATES = Path(__file__).with_name("templates")
SITE, ENGINE, WALLS, MIRROR = "muelle.service", "muelle-engine.service", "muelle-walls.service", "muelle-mirror.service"
BACKUP, TIMER = "muelle-backup.service", "muelle-backup.timer"
ALL = (SITE, ENGINE, WALLS, MIRROR, BACKUP, TIMER)
DOCKER = "docker.service"
# The first line of each unit; by it `make uninstall` knows its own.
MARK = "# Written by `make install` of "
# The way out that the keepers of engine and mirror may need; of the rest of the installer's environment nothing stays.
PASSED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
# Systemd's own default lacks sbin on some distributions.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def needed(workspace: Workspace, *, site: bool = True) -> list[str]:
    """The units of this machine. site: whether systemd runs the site, too, or docker compose does."""
    url = workspace.setting("MUELLE_ENGINE_URL")
    names = [
        (SITE, site),
        (ENGINE, url == places.URL),
        (WALLS, bool(workspace.setting("MUELLE_LAB_NETWORKS"))),
        (MIRROR, bool(workspace.setting("MUELLE_MIRROR"))),
        (BACKUP, site),
        (TIMER, site),
    ]
    return [name for name, wanted in names if wanted]


def render(workspace: Workspace, *, site: bool = True) -> dict[str, str]:
    """The text of each unit that is needed, by its name. Raises Problem for a folder that no unit can name."""
    names = needed(workspace, site=site)
    engine = ENGINE if ENGINE in names else DOCKER
    before = [engine, *(name for name in (WALLS, MIRROR) if name in names)]
    values = {
        "ROOT": _path(workspace.root),
        "URI": workspace.root.as_uri().replace("%", "%%"),
        "STATE": _path(workspace.state),
        "PYTHON": _word(sys.executable),
        "ENGINE": engine,
        "BEFORE": " ".join(before),
        "ENVIRONMENT": _environment(workspace),
    }
    return {name: f"{MARK}{workspace.root}\n{_fill(name, values)}" for name in names}


def _fill(name: str, values: Mapping[str, str]) -> str:
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def _environment(workspace: Workspace) -> str:
    passed = {name: os.environ[name] for name in PASSED_ON if os.environ.get(name)}
    found = {"PATH": PATH, "MUELLE_STATE": str(workspace.state), **passed}
    return " ".join(_word(f"{name}={value}") for name, value in found.items())


def _path(path: Path) -> str:
    """As systemd reads the rest of a line: only % means something."""
    text = str(path)
    if any(character in text for character in "\n\"'\\"):
        raise Problem(f"No unit can name the folder {text!r}.", "Move the clone to one with a plain name.")
    return text.replace("%", "%%")


def _word(text: str) -> str:
    """As one word of a command or a list."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"'
