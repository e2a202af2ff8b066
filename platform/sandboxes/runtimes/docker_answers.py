"""What a Docker Engine's answers mean, in words of the contract. Asks nothing itself."""

from __future__ import annotations

from typing import Any

from sandboxes.runtimes.base import ContainerState, EngineFacts, SandboxStats

_STATES = {
    "created": ContainerState.CREATED,
    "running": ContainerState.RUNNING,
    "paused": ContainerState.RUNNING,
    "restarting": ContainerState.RUNNING,
}
_LIMITS = {"memory": "MemoryLimit", "swap": "SwapLimit", "cpu": "CpuCfsQuota", "pids": "PidsLimit"}


def state_of(listed: dict[str, Any]) -> ContainerState:
    """How a container is that `/containers/json` lists."""
    return _STATES.get(listed["State"], ContainerState.EXITED)


def stats_of(found: dict[str, Any]) -> SandboxStats:
    """What a container takes, of one measurement."""
    memory = found["memory_stats"]
    details = memory.get("stats", {})
    # The key of cgroup v1, then that of v2.
    droppable = details.get("total_inactive_file", details.get("inactive_file", 0))
    return SandboxStats(
        memory_bytes=max(memory.get("usage", 0) - droppable, 0),
        memory_limit_bytes=memory.get("limit", 0),
        cpu_seconds=found["cpu_stats"]["cpu_usage"]["total_usage"] / 1_000_000_000,
        pids=found["pids_stats"].get("current", 0),
    )


def facts_of(found: dict[str, Any]) -> EngineFacts:
    """What `/info` says of an engine."""
    # "name=seccomp,profile=default", or before 1.13 just "seccomp".
    security = [str(option).split(",")[0].removeprefix("name=") for option in found.get("SecurityOptions") or ()]
    return EngineFacts(
        version=str(found.get("ServerVersion") or ""),
        runc=str((found.get("RuncCommit") or {}).get("ID") or ""),
        kernel=str(found.get("KernelVersion") or ""),
        cgroup_version=str(found.get("CgroupVersion") or ""),
        cgroup_driver=str(found.get("CgroupDriver") or ""),
        storage_driver=str(found.get("Driver") or ""),
        root=str(found.get("DockerRootDir") or ""),
        security=tuple(security),
        limits=tuple(kind for kind, key in _LIMITS.items() if found.get(key)),
        live_restore=bool(found.get("LiveRestoreEnabled")),
        containers=int(found.get("Containers") or 0),
    )
