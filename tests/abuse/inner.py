"""Sandboxes with a Docker of their own under attack, and containers in them that may do all that Docker allows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from content.documents import FileDocument
from sandboxes.agent_client import DEFAULT_ENVIRONMENT
from sandboxes.inner_engine import bring_up
from sandboxes.interior import lay_out_home, push_to_home
from sandboxes.limits import GIB, MIB, Limits
from sandboxes.runtimes.profiles import ENGINE
from tests.abuse.harness import Range, Subject, Weaken

HOME = "/home/learner"
PROBES = f"{HOME}/probes"
# The least that the profile allows, so that an attack on it ends soon.
ENGINE_LIMITS = Limits(memory_bytes=768 * MIB, cpus=1.0, pids=512, disk_bytes=1 * GIB)
# An image of the sandbox's own programs: a shell, what attackers use, and the libraries of these.
IMPORT = """
set -eu
mkdir rootfs && cd rootfs && mkdir -p proc sys dev tmp h d
for name in sh cat ls ps id mount mknod nsenter sleep dd grep head find; do
    program=$(command -v $name)
    cp --parents -L "$program" $(ldd "$program" | grep -o '/[^ )]*') .
done
[ -e bin ] || ln -s usr/bin bin
cp -r ~/probes .
tar -c . | docker import - tiny
"""
# More than `--privileged` gives, which does not start in this engine: every capability, nothing masked, no filter,
# everybody's processes, and the whole file system.
EVERYTHING = (
    *("/usr/bin/docker", "run", "--rm", "--cap-add", "ALL"),
    *("--security-opt", "systempaths=unconfined", "--security-opt", "seccomp=unconfined"),
    *("--pid=host", "--ipc=host", "--network=none", "-v", "/:/h"),
)


@dataclass(frozen=True)
class EngineSubject(Subject):
    """A sandbox with a Docker of its own; its probes lie in its home."""

    def shell(self, script: str, *, timeout: float = 30) -> str:
        """Run a script as the learner and return everything it said."""
        result = self.run("/bin/bash", "-c", f"exec 2>&1; {script}", cwd=HOME, timeout=timeout)
        return result.stdout.decode(errors="replace").strip()

    def inner(self, *argv: str, options: tuple[str, ...] = (), timeout: float = 30) -> str:
        """Run a program as root of a container inside that may do everything; return what it said."""
        result = self.run(*EVERYTHING, *options, "tiny", *argv, cwd=HOME, timeout=timeout)
        return (result.stdout + result.stderr).decode(errors="replace").strip()

    def inner_probe(self, name: str, *arguments: str, timeout: float = 60) -> dict[str, str]:
        """The lines of a probe that runs as root of such a container."""
        said = self.inner(f"/probes/{name}", *arguments, timeout=timeout)
        return dict(line.split(" ", 1) for line in said.splitlines())


@contextmanager
def engine_sandbox(
    range_: Range,
    image: str,
    *,
    weaken: Weaken | None = None,
    refused: bool = True,
    docker: bool = True,
    limits: Limits = ENGINE_LIMITS,
) -> Iterator[EngineSubject]:
    """One as the platform makes it, or a weakened one.

    `refused`: the invariants must refuse it. `docker`: with its engine up and the image *tiny* in it.
    """
    made = (
        range_.weakened(weaken, limits, profile="engine", image=image, refused=refused)
        if weaken
        else range_.sandbox(limits, profile="engine", image=image)
    )
    with made as plain:
        environment: Mapping[str, str] = {**DEFAULT_ENVIRONMENT, **ENGINE.environment}
        subject = EngineSubject(plain.name, plain.handle, plain.agent, PROBES, environment)
        lay_out_home(subject.agent)
        for name, data in range_.probes.items():  # one by one: all together they are more than a lab may bring
            push_to_home(subject.agent, [FileDocument(path=f"probes/{name}", mode=0o755, data=data)])
        if docker:
            bring_up(subject.agent, ENGINE)
            said = subject.run("/bin/bash", "-c", IMPORT, cwd=HOME, timeout=60)
            assert said.exit_code == 0, said
        yield subject
