"""G12: what idle sandboxes cost in memory: with a Docker of their own, without one, and bare containers."""

import contextlib
import itertools
import time
from pathlib import Path

import docker
from lab import ENGINE_LESSON, Lab
from measure import Row, percentile

from sandboxes.runtimes.place import INSTANCE_LABEL

COUNT = 20  # of each kind
STANDARD_TARGET = 0.5  # MB more than a bare container, all in
SETTLE_SECONDS = 5.0  # between two looks at what the host has left
SETTLED = 4e6  # bytes that two such looks may differ by: 0.2 MB for each of twenty
MOST_LOOKS = 12  # a minute; a host with other work on it never settles, and its figures say so
MAKE_TIMEOUT = 300.0  # seconds
MB = 1e6
# Makes sandboxes as workers do, and holds them for longer than this measurement takes.
MAKE = """
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from courses.models import Lab
from content.values import draw
from lab_sessions.environments import document_of, environment_of
from sandboxes.lifecycle import make_sandbox
lab = next(lab for lab in Lab.objects.current() if lab.key.startswith({course!r}))
environment = environment_of(lab)
def make(_number):
    seed = secrets.token_hex(16)
    make_sandbox(environment, seed=seed, values=draw(seed, document_of(lab).values), hold=timedelta(minutes=20))
with ThreadPoolExecutor(2) as threads:
    list(threads.map(make, range({count})))
"""


def measure(lab: Lab, _rounds: int) -> list[Row]:
    """Start twenty bare containers, twenty standard sandboxes and twenty with Docker; note the memory of each kind."""
    lab.set_pools(standard=0, engine=0)
    client = docker.APIClient(base_url=lab.engine_url, version="auto", timeout=60)
    bare: list[str] = []
    try:
        client.remove_container(_start_bare(client, lab.image), force=True, v=True)  # the first finds all caches cold
        free = [_settled()]
        bare += [_start_bare(client, lab.image) for _each in range(COUNT)]
        free.append(_settled())
        standard = _make(lab, client, "contenedores/")
        free.append(_settled())
        engine = _make(lab, client, ENGINE_LESSON.partition("/")[0])
        free.append(_settled())
        groups = [_median(client, handles) for handles in (bare, standard, engine)]
        shims = [_shims(handles) / len(handles) for handles in (bare, standard, engine)]
    finally:
        for handle in bare:
            client.remove_container(handle, force=True, v=True)
        client.close()
        lab.set_pools()  # which drains
    host = [(before - after) / COUNT for before, after in itertools.pairwise(free)]
    return _rows(groups, shims, host)


def _rows(groups: list[float], shims: list[float], host: list[float]) -> list[Row]:
    """Say what the kernel charges to each, what its containerd-shim takes, and what the host has less of with each."""
    bare, standard, engine = (
        f"{own / MB:.1f} MB, shim {shim / MB:.1f} MB, host {all_in / MB:.1f} MB"
        for own, shim, all_in in zip(groups, shims, host, strict=True)
    )
    more = (host[1] - host[0]) / MB
    return [
        Row(
            "G12",
            f"{COUNT} idle standard sandboxes, each",
            standard,
            f"`docker run sleep` {bare}",
            f"{more:+.1f} MB",
            "≤ +0.5 MB",
            more <= STANDARD_TARGET,
        ),
        Row(
            "G12",
            f"{COUNT} idle sandboxes with Docker, each",
            engine,
            f"standard {standard}",
            f"{groups[2] / groups[1]:.0f}, host {host[2] / max(host[1], MB):.1f}",
            "none",
            None,
        ),
    ]


def _start_bare(client: docker.APIClient, image: str) -> str:
    host = client.create_host_config(network_mode="none")
    made = client.create_container(image, ["sleep", "infinity"], host_config=host)["Id"]
    client.start(made)
    return str(made)


def _make(lab: Lab, client: docker.APIClient, course: str) -> list[str]:
    """Make twenty sandboxes of a course's lab; return their handles."""
    before = _handles(lab, client)
    command = MAKE.format(course=course, count=COUNT)
    lab.site.manage("shell", "--verbosity", "0", "--command", command, timeout=MAKE_TIMEOUT)
    return sorted(_handles(lab, client) - before)


def _handles(lab: Lab, client: docker.APIClient) -> set[str]:
    found = client.containers(filters={"label": f"{INSTANCE_LABEL}={lab.site.instance}"})
    return {item["Id"] for item in found}


def _median(client: docker.APIClient, handles: list[str]) -> float:
    return percentile([_own_memory(client, handle) for handle in handles], 0.5)


def _own_memory(client: docker.APIClient, handle: str) -> float:
    """Return the bytes that the kernel charges to a container, less the files that it could drop at any time."""
    memory = client.stats(handle, stream=False, one_shot=True)["memory_stats"]
    details = memory["stats"]
    cached = details.get("total_cache", details.get("file", 0))
    in_memory = details.get("total_shmem", details.get("shmem", 0))  # tmpfs counts as cache, and is none
    return float(memory["usage"] - cached + in_memory)


def _shims(handles: list[str]) -> float:
    """Return the bytes of the processes outside of containers that hold them; shared pages count in part."""
    return sum(
        _proportional(process)
        for process in Path("/proc").glob("[0-9]*")
        if any(handle in _command_line(process) for handle in handles)
    )


def _command_line(process: Path) -> str:
    with contextlib.suppress(OSError):  # it ended meanwhile
        return (process / "cmdline").read_text(errors="replace")
    return ""


def _proportional(process: Path) -> float:
    with contextlib.suppress(OSError):
        lines = (process / "smaps_rollup").read_text().splitlines()
        return sum(float(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return 0.0


def _settled() -> int:
    """Return what the host has left, once that has stopped moving: what was drained before gives its memory late."""
    before = _available()
    for _look in range(MOST_LOOKS):
        time.sleep(SETTLE_SECONDS)
        now = _available()
        if abs(now - before) <= SETTLED:
            return now
        before = now
    return before


def _available() -> int:
    """Return the bytes that programs of this host could still have, by the kernel's own estimate."""
    fields = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    return int(fields["MemAvailable"].split()[0]) * 1024
