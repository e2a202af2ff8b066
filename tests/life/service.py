"""A site as systemd runs it: started by what its unit says, and a machine whose power can be cut."""

from __future__ import annotations

import configparser
import contextlib
import os
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from engine_facts import Engine
from running_site import DATABASE_TIMEOUT, PREPARE, ROOT, STOP_TIMEOUT, RunningSite

from tools.envfile import read_env, update_env
from tools.service.units import SITE, render
from tools.supervisor.leftovers import find_leftovers
from tools.workspace import SITE_SETTINGS, Workspace

READY = b"READY=1"
# What a file may hold whose writing the power cut short.
TORN = b"\x00\xff\x01half of a"


class ServedSite(RunningSite):
    """One site, of which only the main process is started by hand: everything else is the supervisor's."""

    def __init__(self, directory: Path, **settings: str) -> None:
        super().__init__(directory, **settings)
        redis = f"redis://:{secrets.token_urlsafe(8)}@127.0.0.1:{self.redis_port}/0"
        update_env(directory / "env", {"REDIS_URL": redis})
        lines = {"HOST": "127.0.0.1", "PORT": str(self.port), "ALLOWED_HOSTS": "muelle.example.org", **self.settings}
        (directory / SITE_SETTINGS).write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        self.main: subprocess.Popen[bytes] | None = None

    @property
    def unit(self) -> configparser.RawConfigParser:
        """The unit of the site, as `make install` writes it."""
        workspace = Workspace(environ={"MUELLE_STATE": str(self.directory)})
        parser = configparser.RawConfigParser(delimiters=["="], comment_prefixes=["#"])
        parser.optionxform = str  # type: ignore[assignment,method-assign]
        parser.read_string(render(workspace)[SITE])
        return parser

    def power_on(self) -> float:
        """Do what systemd does at boot; return after how many seconds the site said that it was ready."""
        service = self.unit["Service"]
        environment = dict(pair.split("=", 1) for pair in shlex.split(service["Environment"]))
        environment |= read_env(Path(service["EnvironmentFile"].removeprefix("-")))
        address = f"\0muelle-life-{secrets.token_hex(4)}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(address)
            listener.settimeout(float(service["TimeoutStartSec"]))
            started = time.monotonic()
            with (self.directory / "main.log").open("ab") as log:
                self.main = subprocess.Popen(
                    shlex.split(service["ExecStart"]),
                    cwd=service["WorkingDirectory"],
                    env={**environment, "NOTIFY_SOCKET": f"@{address[1:]}"},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
            assert listener.recv(1024) == READY, self.main_log()
            return time.monotonic() - started

    def stop(self) -> None:
        """Do what `systemctl stop` does."""
        if self.main is not None and self.main.poll() is None:
            self.main.send_signal(signal.SIGTERM)
            self.main.wait(float(self.unit["Service"]["TimeoutStopSec"]))

    def kill_everything(self) -> int:
        """End every process of the site in the same moment, as the power does; return how many there were."""
        assert self.main is not None
        self.main.send_signal(signal.SIGSTOP)  # it must not start anew what dies before it
        pids = find_leftovers(self.directory)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.main.kill()
        self.main.wait(STOP_TIMEOUT)
        end = time.monotonic() + STOP_TIMEOUT
        while find_leftovers(self.directory):
            assert time.monotonic() < end, "a process outlived SIGKILL"
            time.sleep(0.05)
        return len(pids) + 1

    def cut_power(self, engine: Engine) -> None:
        """End everything at once, the learners' machines too; leave of files what a boot finds."""
        self.kill_everything()
        for name, state in engine.containers().items():
            if state == "running":
                engine.client.kill(name)
        shutil.rmtree(self.run_dir)  # /run is empty after a boot
        self.tear_files()

    def tear_files(self) -> None:
        """Cut short what may have been written in that moment, and leave what claims that somebody is at work."""
        run = self.directory / "run"
        for path in [*run.glob("beat-schedule*"), run / "beat-schedule", run / "address", run / "site.lock"]:
            path.write_bytes(TORN)
        (self.directory / "redis" / "redis.conf").write_bytes(b"")
        (self.directory / ".env.4711").write_bytes(TORN)
        (self.directory / "redis" / "dump.rdb").write_bytes(TORN)

    def main_log(self) -> str:
        """What the supervisor has said."""
        return (self.directory / "main.log").read_text(errors="replace")

    def up(self) -> None:
        """Set up, and start."""
        self.manage("shell", "--verbosity", "0", "--command", PREPARE, timeout=DATABASE_TIMEOUT * 30)
        self.power_on()

    def down(self) -> None:
        """End it, and everything it made."""
        try:
            self.stop()
            if self.main is not None and self.main.poll() is None:
                self.kill_everything()
            self.manage("drain")
        finally:
            shutil.rmtree(self.run_dir, ignore_errors=True)

    def environment(self, *, engine: bool) -> dict[str, str]:
        """Of commands by hand: what an admin has in a shell, and the place of the state."""
        found = super().environment(engine=engine)
        del found["REDIS_URL"], found["DATABASE_URL"]
        return {**found, "PYTHONPATH": str(ROOT / "platform")}
