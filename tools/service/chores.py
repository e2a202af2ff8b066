"""`make install` and `make uninstall`."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tools.envfile import read_env, write_private
from tools.ports import is_free
from tools.problems import Problem
from tools.service.units import ALL, MARK, SITE, TIMER, render
from tools.shell import CommandFailed, find_program, run
from tools.supervisor.start import one_site
from tools.workspace import SITE_SETTINGS, Workspace

UNITS = Path("/etc/systemd/system")
# There where systemd is what runs this machine (sd_booted(3)).
BOOTED = Path("/run/systemd/system")
# A unit is ready when the site answers, which takes as long as its template allows.
START_SECONDS = 300.0
RELOAD_SECONDS = 60.0
# What a unit is in while nothing of it runs. One that waits to be started again is not: it may run any moment.
STILL = ("", "inactive", "failed")
# What of the command line of `make install` is written down for good.
KEPT = (
    "HOST", "PORT", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "MUELLE_HTTPS", "LAB_DOMAIN", "DATABASE_URL",
    "REDIS_URL", "MUELLE_METRICS_TOKEN", "LOG_FORMAT", "TIME_ZONE",
)  # fmt: skip
TEMPLATE = """\
# Settings of the installed site, one NAME=value a line: README.md lists them.
# Yours to edit; they count after `systemctl restart muelle`.
"""
DEFAULTS = {"HOST": "127.0.0.1", "PORT": "8000", "MUELLE_DEMO": "0"}


def check_can_install(workspace: Workspace, folder: Path = UNITS) -> None:
    """Raises Problem where it cannot be done, before anything is."""
    if os.geteuid() != 0:
        raise Problem("Only root may install units.", "`sudo make install`.")
    if find_program("systemctl") is None:
        raise Problem("There is no systemd on this machine.", "Start `python3 -m tools serve` by your own init system.")
    for name in ALL:
        owner = _owner(folder / name)
        if owner is not None and owner != str(workspace.root):
            raise Problem(
                f"{folder / name} belongs to {owner or 'somebody else'}; a machine runs one site by systemd.",
                f"`make uninstall` in {owner}, and run again." if owner else "Move it away, and run again.",
            )
    if _state(SITE) in STILL:
        with one_site(workspace):  # a `make run` in some window would keep the unit from starting
            pass
        _check_port(workspace)


def install(workspace: Workspace, folder: Path = UNITS) -> int:
    """Write the units, enable them at boot, and start them. Set-up has to be done. Raises Problem. Idempotent."""
    site = not (workspace.root / ".env").is_file()
    if site:
        write_settings(workspace.state / SITE_SETTINGS, workspace.environ)
        workspace.manage("demo_accounts", "--close")
    units = render(workspace, site=site)
    write_units(units, folder)
    for name in set(ALL) - set(units):  # needed by an earlier installation
        _remove_unit(folder / name)
    _enable(units)
    # The kernel writes within half a minute or so: units cut short by a power cut before that start nothing.
    os.sync()
    _tell(workspace, units, site=site)
    return 0


def uninstall(workspace: Workspace, folder: Path = UNITS) -> int:
    """End and remove the units of this clone; database, settings and sandboxes stay. Raises Problem."""
    if os.geteuid() != 0:
        raise Problem("Only root may remove units.", "`sudo make uninstall`.")
    ours = [name for name in ALL if _owner(folder / name) == str(workspace.root)]
    for name in ours:
        _remove_unit(folder / name)
    if BOOTED.exists():
        run(["systemctl", "daemon-reload"], timeout=RELOAD_SECONDS)
    kept = f"The database and its backups stay in {workspace.state}."
    print(f"Removed {', '.join(ours)}. {kept}" if ours else "No unit of this clone is installed.")
    return 0


def write_units(units: Mapping[str, str], folder: Path) -> None:
    """Write units; systemd finds each as it was or as it will be."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in units.items():
        path = folder / name
        draft = path.with_name(f".{name}.{os.getpid()}")
        draft.write_text(text, encoding="utf-8")
        draft.chmod(0o644)
        draft.replace(path)


def write_settings(path: Path, environ: Mapping[str, str]) -> None:
    """Write down what was given to `make install`; what a person wrote there stays."""
    before = read_env(path)
    given = {name: environ[name] for name in KEPT if environ.get(name)}
    wanted = {**DEFAULTS, **before, **given}
    if wanted == before:
        return
    text = path.read_text(encoding="utf-8") if path.is_file() else TEMPLATE
    kept = [line for line in text.splitlines() if line.partition("=")[0] not in wanted]
    write_private(path, "\n".join([*kept, *(f"{name}={value}" for name, value in wanted.items())]) + "\n")


def _state(name: str) -> str:
    """What systemd says of a unit; empty where it does not run this machine."""
    try:
        return run(["systemctl", "show", "--property=ActiveState", "--value", name]).strip()
    except CommandFailed:
        return ""


def _check_port(workspace: Workspace) -> None:
    """Raises Problem where the site could not listen: better now than after set-up, and again and again."""
    found = {**DEFAULTS, **read_env(workspace.state / SITE_SETTINGS), **workspace.environ}
    host, port = found["HOST"], found["PORT"]
    if not (workspace.root / ".env").is_file() and port.isdigit() and not is_free(int(port), host):
        raise Problem(
            f"Port {port} of {host} is in use.", f"`ss -ltnp 'sport = {port}'` names by whom; or give another."
        )


def _owner(path: Path) -> str | None:
    """The clone that wrote a unit; None where there is no unit, empty where somebody else wrote it.

    A file without a byte is what a power cut leaves of one, or somebody's mask: nobody's work is in it.
    """
    if not path.is_file() or not path.stat().st_size:
        return None
    first = path.read_text(encoding="utf-8", errors="replace").partition("\n")[0]
    return first.removeprefix(MARK) if first.startswith(MARK) else ""


def _enable(units: Iterable[str]) -> None:
    at_boot = [name for name in units if name == TIMER or not name.startswith("muelle-backup")]
    run(["systemctl", "enable", "--quiet", *at_boot], timeout=RELOAD_SECONDS)
    if not BOOTED.exists():
        return
    run(["systemctl", "daemon-reload"], timeout=RELOAD_SECONDS)
    # The site last, and anew: what has changed is to count.
    for name in sorted(at_boot, key=lambda name: name == SITE):
        try:
            run(["systemctl", "restart", name], timeout=START_SECONDS)
        except CommandFailed as failure:
            raise Problem(f"{name} does not start.", f"`journalctl --unit {name} --lines 50` says why.") from failure


def _remove_unit(path: Path) -> None:
    if _owner(path) in (None, ""):
        return
    if BOOTED.exists():
        run(["systemctl", "disable", "--now", "--quiet", path.name], timeout=START_SECONDS)
    else:
        run(["systemctl", "disable", "--quiet", path.name], timeout=RELOAD_SECONDS)
    path.unlink(missing_ok=True)


def _tell(workspace: Workspace, units: Iterable[str], *, site: bool) -> None:
    print(f"Installed {', '.join(units)}.")
    if not BOOTED.exists():
        print("Systemd does not run this machine now; they start when it does.")
    if not site:
        print("There is an .env here, so the site itself is started by Docker (`docker compose up --detach`).")
        return
    found = read_env(workspace.state / SITE_SETTINGS)
    host = "localhost" if found["HOST"] in ("0.0.0.0", "::") else found["HOST"]
    print(f"The site is at http://{host}:{found['PORT']}/.")
    print(f"Its settings are in {workspace.state / SITE_SETTINGS}.")
    print("An admin: .venv/bin/python manage.py add_account ada --role admin --draw")
