"""The sites that pages are measured against, running on this machine with a person signed in."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import peer_installs
import requests
from load import Page, session
from running_site import MORTAL, STOP_TIMEOUT, free_port, wait_for

NAME, PASSWORD = "maria", "a-good-password"
START_TIMEOUT = 60.0  # seconds until a peer answers
TIMEOUT = 20.0  # seconds for one request
HOST = "127.0.0.1"


@contextlib.contextmanager
def jupyterhub() -> Iterator[Page]:
    """Run a hub behind its proxy, as its documentation has it, and yield what a person sees at home there."""
    folder = peer_installs.jupyterhub()
    public, hub, routes = free_port(), free_port(), free_port()
    address = f"http://{HOST}:{public}"
    environment = {"CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(32)}
    proxy = [folder / "node_modules" / ".bin" / "configurable-http-proxy", "--ip", HOST, "--port", public]
    proxy += ["--api-ip", HOST, "--api-port", routes, "--error-target", f"http://{HOST}:{hub}/hub/error"]
    settings = {
        "JupyterHub.bind_url": address,
        "JupyterHub.hub_bind_url": f"http://{HOST}:{hub}",
        "JupyterHub.authenticator_class": "dummy",
        "Authenticator.allow_all": True,
        "JupyterHub.spawner_class": "simple",  # never asked for a server
        "JupyterHub.redirect_to_server": False,
        "ConfigurableHTTPProxy.should_start": False,  # a process of its own, as in a cluster
        "ConfigurableHTTPProxy.api_url": f"http://{HOST}:{routes}",
    }
    command = [folder / "venv" / "bin" / "jupyterhub", *(f"--{name}={value}" for name, value in settings.items())]
    with contextlib.ExitStack() as stack:
        state = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="muelle-bench-")))
        stack.enter_context(_running(proxy, environment, state))
        stack.enter_context(_running(command, environment, state))
        _wait_for_answer(f"{address}/hub/login")
        name = f"JupyterHub {peer_installs.version('jupyterhub/requirements.txt', 'jupyterhub')} `/hub/home`"
        yield Page(name, f"{address}/hub/home", _sign_in_to_jupyterhub(address), "/hub/logout")


def _sign_in_to_jupyterhub(address: str) -> requests.Session:
    http = session()
    http.get(f"{address}/hub/login", timeout=TIMEOUT).raise_for_status()
    form = {"_xsrf": http.cookies.get("_xsrf", ""), "username": NAME, "password": PASSWORD}
    http.post(f"{address}/hub/login", data=form, timeout=TIMEOUT).raise_for_status()
    return http


@contextlib.contextmanager
def ctfd() -> Iterator[Page]:
    """Run CTFd as its Dockerfile does, on the database that it has by default; yield a player's challenges."""
    folder = peer_installs.ctfd()
    port = free_port()
    address = f"http://{HOST}:{port}"
    with tempfile.TemporaryDirectory(prefix="muelle-bench-") as state:
        logs = ["--access-logfile", Path(state) / "access.log", "--error-logfile", Path(state) / "error.log"]
        server = [folder / "venv" / "bin" / "gunicorn", "--bind", f"{HOST}:{port}", "-w", "1", "CTFd:create_app()"]
        environment = {"DATABASE_URL": f"sqlite:///{state}/ctfd.db", "SECRET_KEY": secrets.token_hex(32)}
        environment["HOME"] = state  # where gunicorn puts a socket of its own
        with _running([*server, *logs], environment, folder / peer_installs.CTFD_RELEASE):
            _wait_for_answer(f"{address}/setup")
            _set_up_ctfd(address)
            player = session()
            _fill_in(player, f"{address}/register", name=NAME, email=f"{NAME}@example.org", password=PASSWORD)
            yield Page("CTFd 1.0.3 `/challenges`", f"{address}/challenges", player, "/logout")


def _set_up_ctfd(address: str) -> None:
    """Do what its administrator does first, and add a challenge."""
    admin = session()
    _fill_in(admin, f"{address}/setup", ctf_name="Muelle", name="admin", email="admin@example.org", password=PASSWORD)
    challenge = {"name": "Namespaces", "desc": "What does **unshare** do?", "value": "10", "category": "Containers"}
    key = {"chaltype": "0", "key": "namespaces", "key_type[0]": "0"}
    _fill_in(admin, f"{address}/admin/chal/new", **challenge, **key)


def _fill_in(http: requests.Session, address: str, **fields: str) -> None:
    """Send a form of CTFd's, with the word that it hides in its pages. Raises RuntimeError where it is shown again."""
    shown = http.get(address, timeout=TIMEOUT).text
    nonce = re.search(r'nonce(?:" value)? ?= ?"(\w+)"', shown)
    if nonce is None:
        raise RuntimeError(f"CTFd shows no form at {address}.")
    answer = http.post(address, data={**fields, "nonce": nonce[1]}, timeout=TIMEOUT)
    answer.raise_for_status()
    if answer.url == address:
        raise RuntimeError(f"CTFd did not take what was filled in at {address}.")


@contextlib.contextmanager
def _running(command: Sequence[object], environment: Mapping[str, str], directory: Path) -> Iterator[None]:
    """Run a server in a directory, and end it with its children. What it says is in the error where it fails."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*MORTAL, *map(str, command)], cwd=directory, env={**inherited, **environment},
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            yield
        except Exception as error:
            log.seek(0)
            error.add_note(log.read()[-3000:].decode(errors="replace"))
            raise
        finally:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_TIMEOUT)


def _wait_for_answer(address: str) -> None:
    def answers() -> bool:
        with contextlib.suppress(requests.RequestException):
            return session().get(address, timeout=TIMEOUT).ok
        return False

    wait_for(answers, seconds=START_TIMEOUT, what=f"An answer of {address}")
