"""The production shape of docker-compose.yml, brought up for a test on an ordinary engine."""

from __future__ import annotations

import json
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from plain_engine import PlainEngine

from tools.compose import compose_command
from tools.envfile import edit_env, read_env
from tools.runner import run_steps
from tools.steps import PRODUCTION
from tools.workspace import Workspace

ROOT = Path(__file__).resolve().parent.parent
NAME = "muelle.example.org"
LABS = "muelle-labs.example.net"  # ports of labs are on names below it, another site than that of the pages
BUILD_TIMEOUT = 900.0  # seconds; the first time packages are fetched
UP_TIMEOUT = 180.0  # seconds; twenty on an idle machine
COMMAND_TIMEOUT = 90.0
FILES = ("docker-compose.yml", "deploy/debian.yml")
BASE = "debian:trixie-slim"


class Stack:
    """The containers of one site, and an installation's folder with nothing in it but what they need."""

    def __init__(self, folder: Path, engine: PlainEngine, lab_engine: str) -> None:
        """`lab_engine`: the engine of the sandboxes, as MUELLE_ENGINE names it."""
        self.folder, self.engine = folder, engine
        self.project = f"muelletest{secrets.token_hex(3)}"
        self.address = f"https://{NAME}"
        command = compose_command()
        assert command is not None, "there is no docker compose"
        self._command = [*command, "--project-name", self.project, "--env-file", str(folder / ".env")]
        self._command += [word for name in FILES for word in ("--file", str(ROOT / name))]
        # A clone in which `make production` writes its .env, beside that of the person who runs the tests.
        for name in ("labs", "platform", "tools"):
            (folder / name).symlink_to(ROOT / name)
        environ = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "MUELLE_ENGINE": lab_engine}
        self.workspace = Workspace(root=folder, environ=environ)

    @property
    def settings(self) -> dict[str, str]:
        """What .env says."""
        return read_env(self.folder / ".env")

    def prepare(self) -> None:
        """Do what an admin does before the first `up`."""
        assert run_steps(PRODUCTION, self.workspace, verbose=True)
        chosen = {
            "SITE_ADDRESS": NAME,
            "ALLOWED_HOSTS": NAME,
            "SITE_TLS": "tls internal",
            "MUELLE_POOL_SIZE": "1",
            "LAB_DOMAIN": LABS,
        }
        edit_env(self.folder / ".env", {**chosen, "TLS_DIRECTORY": str(self.workspace.state / "tls")})

    def compose(self, *arguments: str, timeout: float = COMMAND_TIMEOUT, check: bool = True, stdin: str = "") -> str:
        """Run docker compose and return what it printed, errors included. Raises CalledProcessError if `check`."""
        done = subprocess.run(
            [*self._command, *arguments],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout,
            env={**self.workspace.environ, "DOCKER_HOST": self.engine.url},
        )
        assert done.returncode == 0 or not check, done.stdout[-3000:]
        return done.stdout

    def up(self) -> None:
        """Build what changed, start everything, wait until every container is well."""
        self.compose("build", timeout=BUILD_TIMEOUT)
        self.compose("up", "--detach", timeout=UP_TIMEOUT)
        self.wait(lambda: not self.unwell(), what="A site that is well")

    def containers(self) -> list[dict[str, Any]]:
        """What the engine knows of the containers of the site."""
        found = self.engine.docker(
            "ps", "--all", "--quiet", "--filter", f"label=com.docker.compose.project={self.project}"
        )
        return list(json.loads(self.engine.docker("inspect", *found.split()))) if found else []

    def unwell(self) -> list[str]:
        """The containers that do not run, or say that they are not well, or do not know yet."""
        return [each["Name"] for each in self.containers() if not _is_well(each["State"])]

    def inside(self, service: str, script: str) -> tuple[int, str]:
        """Run a shell script in a container; its exit code and what it printed."""
        said = self.compose("exec", "-T", service, "sh", "-c", f'{{ {script}; }} 2>&1; echo "code=$?"')
        text, _, code = said.rpartition("code=")
        return int(code), text.strip()

    def wait(self, condition: Callable[[], bool], *, what: str, seconds: float = UP_TIMEOUT) -> None:
        """Poll until `condition` holds. Raises AssertionError."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"{what} did not happen within {seconds:.0f} s: {self.unwell()}"
            time.sleep(0.5)

    def drain(self) -> None:
        """End all labs, after what would make new ones."""
        self.compose("stop", "web", "terminal", "worker", "reconciler", "beat")
        self.compose("run", "--rm", "-T", "worker", "python", "manage.py", "drain")

    def down(self) -> None:
        """End the sandboxes, then the site, and take away everything it made."""
        with suppress(AssertionError):
            self.drain()
        self.compose("down", "--volumes", "--timeout", "10", timeout=UP_TIMEOUT, check=False)
        if "MUELLE_RUN_DIR" in self.settings:
            shutil.rmtree(self.settings["MUELLE_RUN_DIR"], ignore_errors=True)

    def authority(self, path: Path) -> Path:
        """Write the certificate of the proxy's own authority to a file."""
        path.write_text(self.compose("exec", "-T", "proxy", "cat", "/data/caddy/pki/authorities/local/root.crt"))
        return path


def _is_well(state: dict[str, Any]) -> bool:
    if state["Status"] == "exited":
        return bool(state["ExitCode"] == 0)
    return bool(state["Running"] and state.get("Health", {}).get("Status", "healthy") == "healthy")


def resolving(address: str) -> Callable[..., Any]:
    """A `getaddrinfo` that knows where the site and its labs are, as the name servers of a real one would."""
    ask = socket.getaddrinfo

    def answer(host: Any, *arguments: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else str(host)
        return ask(address if name == NAME or name.endswith(f".{LABS}") else host, *arguments, **options)

    return answer
