"""What is on this machine of a site's sandboxes: everything that could be forgotten when one ends."""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import docker
from lab import Lab

from sandboxes.runtimes.place import INSTANCE_LABEL

HANDLE = re.compile(r"[0-9a-f]{64}")
NET = Path("/sys/class/net")
CGROUPS = Path("/sys/fs/cgroup")
CONNECTIONS = Path("/proc/net/nf_conntrack")
ENGINE_PID = Path("/run/muelle/engine.pid")  # of an engine of our own
CALL_TIMEOUT = 60  # seconds


class Census:
    """Looks at the host as its administrator. What belongs to sandboxes that live is no finding."""

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self.client = docker.APIClient(base_url=lab.engine_url, version="auto", timeout=CALL_TIMEOUT)
        self.data = Path(self.client.info()["DockerRootDir"])  # looked into where the engine is on this machine

    def left(self) -> dict[str, set[str]]:
        """Return by kind what is there that no living sandbox stands for."""
        rows = self.lab.site.rows("SELECT name, handle, state FROM sandboxes_sandbox")
        live = {row["name"] for row in rows if row["state"] != "gone"}
        gone = {row["handle"] for row in rows if row["state"] == "gone" and row["handle"]}
        bridges = {f"mul{row['name'].rpartition('-')[2]}" for row in rows if row["state"] == "gone"}
        label = {"label": f"{INSTANCE_LABEL}={self.lab.site.instance}"}
        containers = {item["Names"][0][1:] for item in self.client.containers(all=True, filters=label) if item["Names"]}
        networks = {item["Name"] for item in self.client.networks(filters=label)}
        run = self.lab.site.run_dir
        return {
            "containers": containers - live | self._kept_by_engine(gone),
            "networks": networks - live,
            "interfaces": {path.name for path in NET.iterdir()} & bridges | _loose_cables(),
            "volumes": self._nameless_volumes(),
            "layers": self._orphaned_layers(),
            "sockets": {path.stem for path in (run / "agents").glob("*.sock")} - live,
            "boot directories": {path.name for path in (run / "boot").glob("*")} - live,
            "processes": _processes(gone),
            "mounts": {line for line in Path("/proc/self/mountinfo").read_text().splitlines() if _names(line, gone)},
            "control groups": {str(path) for path in _groups() if _names(path.name, gone)},
        }

    def open_files(self) -> dict[str, int]:
        """Return how many files each long-lived process has open, with its children."""
        return {name: sum(_count_files(pid) for pid in pids) for name, pids in self._long_lived().items()}

    def resident(self) -> dict[str, float]:
        """Return the megabytes that each long-lived process holds, with its children."""
        return {name: sum(_resident(pid) for pid in pids) / 1e6 for name, pids in self._long_lived().items()}

    def connections(self) -> int:
        """Return how many connections of labs' networks the kernel remembers; it forgets each after minutes."""
        lines = (self.lab.site.directory / "env").read_text().splitlines()
        pool = dict(line.split("=", 1) for line in lines if "=" in line).get("MUELLE_LAB_NETWORKS", "")
        if not pool or not CONNECTIONS.exists():
            return 0
        sources = re.findall(r"^.*?src=([0-9.]+)", CONNECTIONS.read_text(), re.MULTILINE)
        return sum(ipaddress.ip_address(source) in ipaddress.ip_network(pool) for source in sources)

    def _long_lived(self) -> dict[str, list[int]]:
        family = _children()
        roots = {name: process.pid for name, process in self.lab.site.processes.items()}
        with suppress(OSError, ValueError):
            roots["dockerd"] = int(ENGINE_PID.read_text())
        # A container's own processes are children of the engine's helpers, not of the engine.
        return {name: [pid, *family.get(pid, [])] if name != "dockerd" else [pid] for name, pid in roots.items()}

    def _kept_by_engine(self, gone: set[str]) -> set[str]:
        places = [self.data / "containers", *(self.data / "image").glob("*/layerdb/mounts")]
        return {handle for handle in gone for place in places if (place / handle).exists()}

    def _nameless_volumes(self) -> set[str]:
        found = self.client.volumes()["Volumes"] or []
        return {item["Name"] for item in found if HANDLE.fullmatch(item["Name"])}

    def _orphaned_layers(self) -> set[str]:
        """Return the file systems of the engine's disk that neither an image nor a container refers to."""
        layers = {path.name for path in self.data.glob("btrfs/subvolumes/*")}
        known: set[str] = set()
        for path in self.data.glob("image/*/layerdb/*/*/*"):
            if path.name in ("mount-id", "init-id", "cache-id", "parent"):
                with suppress(OSError):  # removed since it was listed
                    known.add(path.read_text().strip())
        return layers - known


def _names(text: str, handles: set[str]) -> bool:
    return not handles.isdisjoint(HANDLE.findall(text))


def _loose_cables() -> set[str]:
    """Return the ends of virtual cables that lead to no bridge."""
    return {path.name for path in NET.glob("veth*") if not (path / "master").exists()}


def _groups() -> Iterable[Path]:
    yield from CGROUPS.glob("*/*")
    yield from CGROUPS.glob("*/*/*")


def _processes(gone: set[str]) -> set[str]:
    """Return the processes in a container that is gone, and the engine's helpers for one."""
    found = set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # ended since it was listed
            if _names((process / "cgroup").read_text() + (process / "cmdline").read_text(), gone):
                found.add(process.name)
    return found


def _children() -> dict[int, list[int]]:
    """Return the descendants' process ids by that of each process."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    family: dict[int, list[int]] = {}
    for pid in parents:
        above = parents.get(pid, 0)
        while above > 1:
            family.setdefault(above, []).append(pid)
            above = parents.get(above, 0)
    return family


def _count_files(pid: int) -> int:
    with suppress(OSError):
        return len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return 0


def _resident(pid: int) -> int:
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return 0
