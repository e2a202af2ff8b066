"""The runtime of this installation, from the settings. Only the worker and the reconciler have one."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from sandboxes.runtimes.base import EngineUnavailable, Runtime
from sandboxes.runtimes.fake import FakeRuntime
from sandboxes.runtimes.host import Host
from sandboxes.runtimes.place import Place
from sandboxes.runtimes.walls import ReportedWalls


def place() -> Place:
    """Where sockets and the agent are. Any process may ask; reaching an agent needs no engine."""
    return Place(
        instance=settings.MUELLE_INSTANCE,
        run_directory=Path(settings.MUELLE_RUN_DIR),
        agent_volume=settings.MUELLE_AGENT_VOLUME,
    )


def host() -> Host:
    """What set-up proved of this machine. Any process may ask."""
    return Host(
        disk_limits=settings.MUELLE_ENGINE_QUOTA,
        disk_limits_count_image=settings.MUELLE_ENGINE_QUOTA_COUNTS_IMAGE,
        tunnels=settings.MUELLE_ENGINE_TUN,
        networks=settings.MUELLE_LAB_NETWORKS,
    )


def walls() -> ReportedWalls:
    """The firewall around labs with a network, as its keeper reports it."""
    return ReportedWalls(Path(settings.MUELLE_WALLS_REPORT))


def runtime() -> Runtime:
    """The one runtime of this process. Raises EngineUnavailable where the process was given no engine."""
    return _runtime(settings.MUELLE_RUNTIME, settings.MUELLE_ENGINE_URL, place(), host(), walls())


@cache
def _runtime(kind: str, engine_url: str, where: Place, machine: Host, around: ReportedWalls) -> Runtime:
    if kind == "fake":
        return FakeRuntime(place=where, host=machine)
    if kind != "docker":
        raise ImproperlyConfigured(f"MUELLE_RUNTIME is {kind!r}; it can be docker or fake.")
    if not engine_url:
        raise EngineUnavailable(
            "this process has no MUELLE_ENGINE_URL: only workers and the reconciler reach the engine"
        )
    from sandboxes.runtimes.docker import DockerRuntime  # not needed, nor imported, in the web process

    return DockerRuntime(engine_url=engine_url, place=where, host=machine, walls=around)


# A forked child must not speak on its parent's connection to the engine.
os.register_at_fork(after_in_child=_runtime.cache_clear)
