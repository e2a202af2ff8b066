"""A Docker Engine of the experiment's own: btrfs in a sparse file, own socket, own bridge, live-restore. Needs root."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

BRIDGE = "muelle-step0"
BRIDGE_ADDRESS = "10.215.0.1/24"
DISK_SIZE = "20G"
# Five seconds on an idle machine.
START_TIMEOUT = 60.0
# A build installs packages over the network.
COMMAND_TIMEOUT = 900.0


class ThrowawayEngine:
    """`with ThrowawayEngine() as engine: engine.docker("ps")`. Everything it made is gone afterwards."""

    def __init__(self) -> None:
        self._disk = Path(tempfile.mkdtemp(prefix="muelle-step0-", dir="/var/tmp"))
        # Short, because containerd puts unix sockets with long names below it.
        self.run_directory = Path(tempfile.mkdtemp(prefix="mx", dir="/run"))
        self.url = f"unix://{self.run_directory}/engine.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def docker(self, *arguments: str, input_: bytes | None = None) -> str:
        """Run the docker command; its output. Raises CalledProcessError."""
        done = subprocess.run(
            ["docker", "-H", self.url, *arguments],
            input=input_,
            check=True,
            stdout=subprocess.PIPE,
            timeout=COMMAND_TIMEOUT,
            env={**os.environ, "DOCKER_BUILDKIT": "0"},
        )
        return done.stdout.decode().strip()

    def restart(self, how: signal.Signals) -> float:
        """End dockerd and start it again; for how many seconds it did not answer."""
        assert self._process is not None
        began = time.monotonic()
        self._process.send_signal(how)
        self._process.wait(START_TIMEOUT)
        self._await_containerd()
        self._start()
        return time.monotonic() - began

    def _await_containerd(self) -> None:
        """A dockerd that finds its predecessor's containerd still dying takes it for alive, waits 15 s and gives up."""
        pid_file = self.run_directory / "exec" / "containerd" / "containerd.pid"
        deadline = time.monotonic() + START_TIMEOUT
        while pid_file.exists() and Path(f"/proc/{pid_file.read_text()}").exists() and time.monotonic() < deadline:
            time.sleep(0.01)

    def _start(self) -> None:
        data = self._disk / "data"
        command = ["dockerd", f"--host={self.url}", f"--data-root={data}", f"--config-file={self._disk}/engine.json"]
        command += [f"--pidfile={self.run_directory}/engine.pid", f"--exec-root={self.run_directory}/exec"]
        command += ["--storage-driver=btrfs", f"--bridge={BRIDGE}", "--iptables=false", "--ip6tables=false"]
        command += ["--live-restore", "--log-level=warn", "--containerd-namespace=step0"]
        with (self._disk / "dockerd.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + START_TIMEOUT
        while subprocess.run(["docker", "-H", self.url, "version"], capture_output=True).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit((self._disk / "dockerd.log").read_text()[-2000:])
            time.sleep(0.05)

    def __enter__(self) -> Self:
        data = self._disk / "data"
        data.mkdir()
        (self._disk / "engine.json").write_text("{}\n")
        commands: tuple[list[str | Path], ...] = (
            ["truncate", "--size", DISK_SIZE, self._disk / "disk"],
            ["mkfs.btrfs", "--quiet", self._disk / "disk"],
            ["mount", "-o", "loop,noatime", self._disk / "disk", data],
            ["btrfs", "quota", "enable", data],
            ["ip", "link", "add", BRIDGE, "type", "bridge"],
            ["ip", "address", "add", BRIDGE_ADDRESS, "dev", BRIDGE],
        )
        for command in commands:
            subprocess.run(command, check=True, capture_output=True)
        self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            for container in self.docker("ps", "--all", "--quiet").split():
                self.docker("rm", "--force", container)
            self._process.terminate()
            self._process.wait(START_TIMEOUT)
        subprocess.run(["ip", "link", "delete", BRIDGE], check=True)
        for mounted in reversed(Path("/proc/self/mounts").read_text().splitlines()):
            place = mounted.split()[1]
            if place.startswith((f"{self._disk}/", f"{self.run_directory}/")):
                subprocess.run(["umount", "--lazy", place], check=True)
        shutil.rmtree(self._disk, ignore_errors=True)
        shutil.rmtree(self.run_directory, ignore_errors=True)
