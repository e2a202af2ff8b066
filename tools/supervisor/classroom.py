"""`make run LAN=1`: the site for the phones and laptops of a room, with http and https, and how they get there."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.ports import free_port
from tools.problems import Problem
from tools.shell import CommandFailed, run
from tools.steps.accounts import ADD_ADMIN
from tools.supervisor.child import Command
from tools.supervisor.site import GRACEFUL_SECONDS, WEBSOCKET_BYTES, mdns_names, own_addresses
from tools.workspace import Workspace

# Ports of labs that one browser has open at a time; each is an origin of its own (platform/web_ports/slots.py).
LAB_PORTS = 8
# How far above the site's port the others are looked for: 8000 makes 8443, 8100... and 8543...
HTTPS_ABOVE = 443
LAB_PORTS_ABOVE = 100
CERTIFICATE_SECONDS = 30.0
_BLACK_ON_WHITE, _PLAIN = "\x1b[30;107m", "\x1b[0m"


@dataclass(frozen=True)
class Classroom:
    """Where everything listens."""

    workspace: Workspace
    port: int
    https_port: int
    lab_ports: tuple[int, ...]
    https_lab_ports: tuple[int, ...]

    @property
    def folder(self) -> Path:
        """The authority and the certificate of this installation."""
        return self.workspace.state / "lan"

    def serve(self, commands: Iterable[Command]) -> list[Command]:
        """Return the commands of a site with the servers of a classroom in the place of its server."""
        return [
            each
            for command in commands
            for each in (self._servers(dict(command.environment)) if command.name == "asgi" else [command])
        ]

    def _servers(self, environment: dict[str, str]) -> list[Command]:
        """Two processes, since the cookies of one are for https only and of the other are not."""
        plain = {**self._settings(environment), "MUELLE_LAB_PORTS": _listed(self.lab_ports)}
        secure = {
            **self._settings(environment),
            "MUELLE_LAB_PORTS": _listed(self.https_lab_ports),
            "MUELLE_HTTPS": "1",
            "SECURE_HSTS_SECONDS": "0",
        }
        tls = ("--certificate", str(self.folder / "site.pem"), "--key", str(self.folder / "site.key"))
        return [
            Command("asgi", self._server(self.port, self.lab_ports), plain, patience=GRACEFUL_SECONDS + 2),
            Command(
                "asgi-https",
                (*self._server(self.https_port, self.https_lab_ports), *tls),
                secure,
                patience=GRACEFUL_SECONDS + 2,
            ),
        ]

    def welcome(self) -> list[str]:
        """Return what the person in front of the screen has to know, with a picture for phones."""
        addresses = own_addresses()
        if not addresses:
            return ["This machine has no address in a network: connect it, then run this again."]
        covered = (self.folder / "names").read_text(encoding="utf-8").split()
        first = f"http://{addresses[0]}:{self.port}/"
        lines = ["", "For the room:"]
        for name in [*addresses, *mdns_names()]:
            secure = f"   https://{name}:{self.https_port}/" if name in covered else ""
            lines.append(f"  http://{name}:{self.port}/{secure}")
        if addresses[0] not in covered:
            lines.append("  No https at addresses that are not private: our authority may not speak for those.")
        return [
            *lines,
            f"  Certificate for https: {first}certificado/   What a phone can do: {first}prueba/",
            *_picture(self.workspace, first),
            "Accounts with public passwords are closed while others can reach the site.",
            *self.workspace.notes,
            f"  {ADD_ADMIN}  makes another admin",
        ]

    def _settings(self, environment: dict[str, str]) -> dict[str, str]:
        return {
            **environment,
            "MUELLE_CA_FILE": str(self.folder / "authority.pem"),
            "MUELLE_HTTPS_PORT": str(self.https_port),
        }

    def _server(self, port: int, lab_ports: Iterable[int]) -> tuple[str, ...]:
        return (
            str(self.workspace.python), "-m", "config.listening",
            "--host", self.workspace.host, "--port", str(port), "--lab-ports", *map(str, lab_ports),
            "--ws-max-size", str(WEBSOCKET_BYTES), "--timeout-graceful-shutdown", str(GRACEFUL_SECONDS),
        )  # fmt: skip


def prepare_classroom(workspace: Workspace, port: int) -> Classroom:
    """Choose the ports, and have a certificate for the names and addresses of today. Raises Problem."""
    host = workspace.host
    https_port = free_port(port + HTTPS_ABOVE, host)
    classroom = Classroom(
        workspace,
        port,
        https_port,
        _free_ports(port + LAB_PORTS_ABOVE, host),
        _free_ports(https_port + LAB_PORTS_ABOVE, host),
    )
    reached = ["localhost", "127.0.0.1", *own_addresses(), *mdns_names()]
    try:
        made = run(
            [workspace.python, "-m", "config.authority", classroom.folder, *reached],
            timeout=CERTIFICATE_SECONDS,
            log=workspace.log,
            cwd=workspace.root,
            env=workspace.child_environment(PYTHONPATH=str(workspace.root / "platform")),
        )
    except CommandFailed as error:
        raise Problem(
            f"No certificate could be made in {classroom.folder}.", "Remove that folder and run again."
        ) from error
    workspace.say(f"certificate for {', '.join(reached)}: {made.strip()}")
    return classroom


def _free_ports(first: int, host: str) -> tuple[int, ...]:
    found: list[int] = []
    while len(found) < LAB_PORTS:
        found.append(free_port(found[-1] + 1 if found else first, host))
    return tuple(found)


def _listed(ports: Iterable[int]) -> str:
    return ",".join(map(str, ports))


def _picture(workspace: Workspace, address: str) -> list[str]:
    """Return the address as a QR code; nothing where it cannot be drawn, since it is written beside it."""
    try:
        drawn = run([workspace.python, "-m", "qrcode.console_scripts", "--ascii", address], timeout=CERTIFICATE_SECONDS)
    except CommandFailed:
        return []
    lines = drawn.strip("\n").splitlines()
    # Black on white whatever the terminal's colours are: not every phone reads it the other way round.
    return [f"{_BLACK_ON_WHITE}{line}{_PLAIN}" for line in lines] if sys.stdout.isatty() else lines
