"""What abuse tests attack: sandboxes exactly as the platform makes them, and weakened ones for the positive controls.

A control runs the same probe where one protection is missing, and must succeed there: a probe that is broken, or that
finds nothing because it cannot, would otherwise look like a protection.
"""

from __future__ import annotations

import hashlib
import io
import secrets
import subprocess
import tarfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
from django.conf import settings
from docker import errors

from sandboxes.agent_client import AgentClient, Bootstrap, ProcessResult
from sandboxes.limits import MIB, Limits
from sandboxes.runtimes.base import RequestRefused, SandboxRequest
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.docker import DockerRuntime
from sandboxes.runtimes.host import Host
from sandboxes.runtimes.invariants import check_body
from sandboxes.runtimes.place import INSTANCE_LABEL, Place
from sandboxes.runtimes.walls import ReportedWalls

PROBES = Path(__file__).parent / "probes"
# Small enough that an attack on memory ends soon, large enough for the agent and its tools.
LIMITS = Limits(memory_bytes=64 * MIB, cpus=1.0, pids=64, disk_bytes=4 * MIB)
# By what their command lines begin with, so that it does not find itself.
END = """
for process in /proc/[0-9]*; do
    case $(tr '\\0' ' ' < $process/cmdline 2>/dev/null) in "$1"*) kill -9 ${process#/proc/} ;; esac
done
"""
DIRECTORIES = ("dev", "etc", "home", "home/learner", "proc", "run", "sys", "var", "empty")


@dataclass(frozen=True)
class Subject:
    """A container under attack."""

    name: str
    handle: str
    agent: AgentClient
    probes: str = "/probes"
    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": "/.muelle/bin"})

    def run(self, *argv: str, cwd: str = "/", timeout: float = 20) -> ProcessResult:
        """Run a program in it, as whoever its agent is."""
        return self.agent.run(argv, env=self.environment, cwd=cwd, timeout=timeout)

    def probe(self, name: str, *arguments: str, timeout: float = 20) -> dict[str, str]:
        """Run a probe and read its lines: what was tried, and how it went."""
        result = self.run(f"{self.probes}/{name}", *arguments, timeout=timeout)
        assert result.exit_code == 0, result
        return dict(line.split(" ", 1) for line in result.stdout.decode().splitlines())

    def end(self, probe: str) -> None:
        """Kill a probe that runs in the background, and all of its children."""
        self.run("/.muelle/bin/sh", "-c", END, "end", f"{self.probes}/{probe} ")

    def read(self, path: str) -> str:
        """A file of it."""
        return self.run("/.muelle/bin/cat", path).stdout.decode()


Weaken = Callable[[dict[str, Any], dict[str, Any]], object]
"""Changes a body, given as itself and its HostConfig."""


def as_root_with_everything(body: dict[str, Any], host: dict[str, Any]) -> None:
    """The weakest container there is, short of `Privileged`, which hosts without CAP_SYS_RESOURCE cannot start."""
    body["User"] = "0:0"
    host.update(CapAdd=["ALL"], CapDrop=["SYS_RESOURCE"], SecurityOpt=["seccomp=unconfined", "apparmor=unconfined"])
    host.update(MaskedPaths=[], ReadonlyPaths=[])


@dataclass
class Range:
    """A firing range: an instance of its own on the engine, with an image that holds the probes."""

    client: docker.APIClient
    place: Place
    engine_url: str
    image: str = ""
    probes: Mapping[str, bytes] = field(default_factory=dict)
    """The compiled probes, by name."""
    runtime: DockerRuntime = field(init=False)

    def __post_init__(self) -> None:
        # That its limits hold is what is tried here.
        able = Host(disk_limits=True, tunnels=True, networks=settings.MUELLE_LAB_NETWORKS)
        walls = ReportedWalls(Path(settings.MUELLE_WALLS_REPORT))
        self.runtime = DockerRuntime(engine_url=self.engine_url, place=self.place, host=able, walls=walls)

    @contextmanager
    def sandbox(self, limits: Limits = LIMITS, *, profile: str = "standard", image: str = "") -> Iterator[Subject]:
        """A sandbox as the platform makes it."""
        request = self._request(limits, profile, image)
        try:
            handle = self.runtime.create(request)
            self.runtime.start(handle)
            yield Subject(request.name, handle, AgentClient(self.place.agent_socket(request.name)))
        finally:
            self.runtime.destroy(request.name)

    @contextmanager
    def weakened(
        self,
        weaken: Weaken,
        limits: Limits = LIMITS,
        *,
        profile: str = "standard",
        image: str = "",
        refused: bool = True,
    ) -> Iterator[Subject]:
        """The same but for one weakness, which the invariants must refuse, or for a change that they allow."""
        request = self._request(limits, profile, image)
        bootstrap = Bootstrap(self.place.boot_directory(request.name), self.place.agent_socket(request.name))
        try:
            handle = self._create_weakened(request, weaken, refused=refused)
            bootstrap.prepare()
            self.client.start(handle)
            bootstrap.hand_over(timeout=10)
            yield Subject(request.name, handle, AgentClient(self.place.agent_socket(request.name)))
        finally:
            self._remove(request.name)
            bootstrap.remove()

    @contextmanager
    def bare(self, argv: list[str], weaken: Weaken) -> Iterator[str]:
        """The handle of a container that runs `argv` in place of the agent, as nothing of ours ever does."""
        request = self._request(LIMITS)

        def replace_agent(body: dict[str, Any], host: dict[str, Any]) -> None:
            body["Entrypoint"] = argv
            weaken(body, host)

        try:
            handle = self._create_weakened(request, replace_agent)
            self.client.start(handle)
            yield handle
        finally:
            self._remove(request.name)
            Bootstrap(self.place.boot_directory(request.name), self.place.agent_socket(request.name)).remove()

    @contextmanager
    def created(self, weaken: Weaken, *, image: str) -> Iterator[str]:
        """The handle of a container of another image that was made past the runtime, and never started."""
        request = self._request(LIMITS, image=image)
        body = container_body(request, self.place)
        weaken(body, body["HostConfig"])
        self.place.prepare_boot_directory(request.name)
        try:
            made = self.client.create_container_from_config(body, name=request.name)  # type: ignore[no-untyped-call]
            yield str(made["Id"])
        finally:
            self._remove(request.name)
            Bootstrap(self.place.boot_directory(request.name), self.place.agent_socket(request.name)).remove()

    def _request(self, limits: Limits, profile: str = "standard", image: str = "") -> SandboxRequest:
        identity = uuid.uuid4()
        name = self.place.sandbox_name(identity.hex)
        return SandboxRequest(
            name=name, sandbox_id=str(identity), image=image or self.image, profile=profile, limits=limits
        )

    def _create_weakened(self, request: SandboxRequest, weaken: Weaken, *, refused: bool = True) -> str:
        body = container_body(request, self.place)
        weaken(body, body["HostConfig"])
        with pytest.raises(RequestRefused) if refused else nullcontext():
            check_body(request.name, request.profile, body, self.place)
        if body["HostConfig"]["NetworkMode"] == request.name:  # its network is not what is weakened, and not made here
            body["HostConfig"].update(NetworkMode="none", Dns=[], ExtraHosts=[])
        self.place.prepare_boot_directory(request.name)
        made = self.client.create_container_from_config(body, name=request.name)  # type: ignore[no-untyped-call]
        return str(made["Id"])

    def _remove(self, name: str) -> None:
        with suppress(errors.NotFound):
            self.client.remove_container(name, force=True, v=True)


@contextmanager
def firing_range(run_directory: Path, *, engine_url: str, agent_volume: str) -> Iterator[Range]:
    """Everything is removed at the end, the image too."""
    instance = secrets.token_hex(4)
    place = Place(instance=instance, run_directory=run_directory / instance, agent_volume=agent_volume)
    client = docker.APIClient(base_url=engine_url, version="auto", timeout=60)
    made = Range(client, place, engine_url)
    made.probes = _compile_probes(run_directory / "probes")
    made.image = import_image(client, image_of(made.probes))
    try:
        yield made
    finally:
        for left in client.containers(all=True, filters={"label": f"{INSTANCE_LABEL}={instance}"}):
            with suppress(errors.APIError):
                client.remove_container(left["Id"], force=True, v=True)
        with suppress(errors.APIError):
            client.remove_image(made.image)
        made.runtime.close()
        client.close()


def _compile_probes(target: Path) -> dict[str, bytes]:
    target.mkdir(parents=True, exist_ok=True)
    flags = ["-std=gnu11", "-D_GNU_SOURCE", "-static", "-O1", "-Wall", "-Wextra", "-Werror"]
    probes = {}
    for source in sorted(PROBES.glob("*.c")):
        program = target / source.stem
        subprocess.run(["cc", *flags, "-o", program, source], check=True, timeout=120)
        probes[source.stem] = program.read_bytes()
    return probes


def image_of(probes: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in (*DIRECTORIES, "probes", "tmp", "var/tmp"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o1777 if name.endswith("tmp") else 0o755
            archive.addfile(folder)
        for name, content in probes.items():
            _add(archive, f"probes/{name}", content, 0o755)
        _add(archive, "probes/trap", b"#!/proc/self/exe\n", 0o755)  # the trap of case A10
        # The trap of case A04: owned by root, with the setuid bit.
        _add(archive, "probes/identity-setuid", probes["identity"], 0o4755)
    return buffer.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def import_image(client: docker.APIClient, content: bytes, *changes: str) -> str:
    """Make an image of a tar, with lines of a Dockerfile; return its name."""
    digest = hashlib.sha256(content + "\n".join(changes).encode()).hexdigest()[:12]
    client.import_image_from_data(content, repository="muelle/abuse", tag=digest, changes=list(changes))
    return f"muelle/abuse:{digest}"
