"""One clone: where it keeps what it makes, the settings that set-up found out, and how its own programs are run."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tools.envfile import read_env, update_env
from tools.shell import run

ROOT = Path(__file__).resolve().parent.parent
# Starting Django takes a second; a migration or a sync of a large course may take a minute on a slow disk.
MANAGE_SECONDS = 300.0
# What an admin set for the installed site, in the state directory.
SITE_SETTINGS = "site.env"


def _silent(_: str) -> None:
    """Say nothing."""


@dataclass
class Workspace:
    """What every step of set-up is given."""

    root: Path = ROOT
    # Packages and dependencies that only tests need are part of the set-up too.
    for_tests: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    # Tells the person in front of the screen something in one sentence.
    say: Callable[[str], None] = _silent
    # What set-up wants said once more when the site is up.
    notes: list[str] = field(default_factory=list)

    @property
    def state(self) -> Path:
        """The directory for everything that this clone makes and git ignores."""
        return Path(self.environ.get("MUELLE_STATE") or self.root / ".muelle")

    @property
    def log(self) -> Path:
        """The log of the programs that set-up runs."""
        return self.state / "logs" / "setup.log"

    @property
    def venv(self) -> Path:
        """The virtual environment of this clone."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The interpreter of the virtual environment."""
        return self.venv / "bin" / "python"

    def setting(self, name: str, default: str = "") -> str:
        """A setting: the real environment wins over what `make install` was told, and that over what set-up found."""
        given = self.environ.get(name) or read_env(self.state / SITE_SETTINGS).get(name)
        return given or read_env(self.state / "env").get(name, default)

    def remember(self, **settings: str) -> None:
        """Write settings down for Django and for the next run; an empty value removes one."""
        update_env(self.state / "env", settings)

    @property
    def instance(self) -> str:
        """Eight hexadecimal digits that tell this clone's containers and queues from others'. Empty before set-up."""
        path = self.state / "instance"
        return path.read_text(encoding="utf-8").strip() if path.is_file() else ""

    @property
    def run_dir(self) -> Path:
        """The directory of this clone's sockets: short, since a unix socket's path has at most 107 bytes."""
        recorded = self.setting("MUELLE_RUN_DIR")
        if recorded:
            return Path(recorded)
        if os.geteuid() == 0:
            return Path("/run/muelle") / self.instance
        return Path(self.environ.get("XDG_RUNTIME_DIR") or f"/tmp/muelle-{os.getuid()}") / "muelle" / self.instance

    def manage(self, *arguments: str, timeout: float = MANAGE_SECONDS, mend: str = "Read the lines above.") -> str:
        """Run `manage.py` with these arguments and return what it printed. Raises CommandFailed."""
        argv: list[str | Path] = [self.python, self.root / "manage.py", *arguments]
        return run(argv, timeout=timeout, log=self.log, cwd=self.root, env=self.child_environment(), mend=mend)

    def child_environment(self, **more: str) -> dict[str, str]:
        """The environment of this clone's own programs. Public demo accounts are for loopback only."""
        environment = {**self.environ, "MUELLE_STATE": str(self.state), "MUELLE_RUN_DIR": str(self.run_dir)}
        environment.setdefault("MUELLE_DEMO", self.setting("MUELLE_DEMO") or ("1" if self.is_local else "0"))
        return {**environment, **more}

    @property
    def host(self) -> str:
        """The address that the site listens on."""
        return self.environ.get("HOST") or ("0.0.0.0" if self.lan else "127.0.0.1")

    @property
    def lan(self) -> bool:
        """Whether the site is for the phones and laptops of a room (`make run LAN=1`)."""
        return self.environ.get("LAN", "") not in {"", "0"}

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the site."""
        return self.host in {"127.0.0.1", "::1", "localhost"}
