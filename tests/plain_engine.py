"""An ordinary Docker Engine, as a server has it: overlay2, its own bridge and firewall rules, userland proxy.

It lives in a network namespace of its own, so its rules and its docker0 meet neither the machine's nor another
engine's. Its way out is one more port of the lab engine's bridge, as an image build has it; the way in is a cable to
this machine. Needs root. Its data stays between two runs, because images take minutes.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.engine.network import free_network, taken_networks

START_TIMEOUT = 60.0  # seconds; five on an idle machine
STOP_TIMEOUT = 30.0
COMMAND_TIMEOUT = 60.0
LOAD_TIMEOUT = 300.0  # an image with a Docker in it has a gigabyte
# The bridge gives its builds addresses from the low end.
HOST_NUMBER = 250
# Networks for the cable, tried in turn; TEST-NET-2 is nobody's.
CABLES = [f"198.51.100.{number}/30" for number in range(0, 256, 4)]


class PlainEngine:
    """`with plain_engine(folder) as engine`: reached at `engine.url`; what it publishes is at `engine.address`."""

    def __init__(self, data: Path, bridge: str) -> None:
        self.data, self.bridge = data, bridge
        short = hashlib.sha256(str(data).encode()).hexdigest()[:6]
        self.namespace = f"plain-{short}"
        self.run_directory = Path("/run") / self.namespace  # short: dockerd puts sockets below it
        self.url = f"unix://{self.run_directory}/docker.sock"
        network = json.loads(_run("ip", "-json", "-4", "address", "show", "dev", bridge))[0]["addr_info"][0]
        self.gateway, self.prefix = str(network["local"]), int(network["prefixlen"])
        self.outside = f"{self.gateway.rpartition('.')[0]}.{HOST_NUMBER}/{self.prefix}"
        near, far = list(ipaddress.ip_network(free_network(CABLES, taken_networks())).hosts())
        self.near, self.address = f"{near}/30", str(far)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with the end of its log."""
        self._make_network()
        self.run_directory.mkdir(mode=0o711, exist_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        (self.data / "daemon.json").write_text("{}\n")
        command = ["nsenter", f"--net=/run/netns/{self.namespace}", "dockerd", f"--host={self.url}"]
        command += [f"--data-root={self.data}/root", f"--exec-root={self.run_directory}/exec"]
        command += [f"--pidfile={self.run_directory}/docker.pid", f"--config-file={self.data}/daemon.json"]
        command += ["--containerd-namespace=plain", "--log-level=warn", "--live-restore"]
        with (self.data / "dockerd.log").open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True, cwd="/")
        end = time.monotonic() + START_TIMEOUT
        while subprocess.run(["docker", "--host", self.url, "version"], capture_output=True).returncode != 0:
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError((self.data / "dockerd.log").read_text()[-2000:])
            time.sleep(0.1)

    def stop(self) -> None:
        """End it and take its network away."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(STOP_TIMEOUT)
        self._remove_network()
        for line in Path("/proc/self/mounts").read_text().splitlines():
            if (place := line.split()[1]).startswith(f"{self.run_directory}/"):
                subprocess.run(["umount", "--lazy", place], capture_output=True, timeout=COMMAND_TIMEOUT)
        shutil.rmtree(self.run_directory, ignore_errors=True)

    def docker(self, *arguments: str, timeout: float = COMMAND_TIMEOUT) -> str:
        """Run the docker command against it; return what it prints. Raises CalledProcessError."""
        return _run("docker", "--host", self.url, *arguments, timeout=timeout)

    def copy_image(self, name: str, source: str) -> None:
        """Have an image that the engine at `source` has."""
        if not self.docker("images", "--quiet", name):
            with subprocess.Popen(["docker", "--host", source, "save", name], stdout=subprocess.PIPE) as saving:
                subprocess.run(
                    ["docker", "--host", self.url, "load", "--quiet"],
                    stdin=saving.stdout,
                    check=True,
                    capture_output=True,
                    timeout=LOAD_TIMEOUT,
                )

    def _remove_network(self) -> None:
        for kind, name in (("link", f"{self.namespace}o"), ("link", f"{self.namespace}i"), ("netns", self.namespace)):
            subprocess.run(["ip", kind, "delete", name], capture_output=True, timeout=COMMAND_TIMEOUT)

    def _make_network(self) -> None:
        self._remove_network()
        inside = ("ip", "-netns", self.namespace)
        _run("ip", "netns", "add", self.namespace)
        _run(*inside, "link", "set", "lo", "up")
        for near, far, address in (
            (f"{self.namespace}o", "out", self.outside),
            (f"{self.namespace}i", "in", f"{self.address}/30"),
        ):
            _run("ip", "link", "add", near, "type", "veth", "peer", "name", far, "netns", self.namespace)
            _run(*inside, "address", "add", address, "dev", far)
            _run(*inside, "link", "set", far, "up")
        _run("ip", "link", "set", f"{self.namespace}o", "master", self.bridge, "up")
        _run("ip", "address", "add", self.near, "dev", f"{self.namespace}i")
        _run("ip", "link", "set", f"{self.namespace}i", "up")
        _run(*inside, "route", "add", "default", "via", self.gateway)


@contextmanager
def plain_engine(data: Path, bridge: str) -> Iterator[PlainEngine]:
    """Yield an engine that answers; end it whatever happens."""
    engine = PlainEngine(data, bridge)
    try:
        engine.start()
        yield engine
    finally:
        engine.stop()


def _run(*argv: str, timeout: float = COMMAND_TIMEOUT) -> str:
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=timeout, env=dict(os.environ))
    return done.stdout.strip()
