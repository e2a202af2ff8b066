"""What the figures were measured on, since they mean little without it, and whether it can be measured at all."""

import os
import platform
import subprocess
from pathlib import Path

import docker
import requests
from running_site import CLONE_STATE

PING_TIMEOUT = 10  # seconds; an engine that answers later is no engine to measure on


def not_ready() -> str:
    """Return why nothing can be measured here, in a sentence; empty where everything is there."""
    path = CLONE_STATE / "env"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    written = dict(line.split("=", 1) for line in lines if "=" in line)
    url = os.environ.get("MUELLE_ENGINE_URL") or written.get("MUELLE_ENGINE_URL", "").strip("'\"")
    if not url:
        return "No lab engine is set up here, so there is nothing to measure: run `make setup` first."
    try:
        docker.APIClient(base_url=url, version="auto", timeout=PING_TIMEOUT).ping()
    except (docker.errors.DockerException, requests.RequestException):
        return f"The lab engine at {url} does not answer, so there is nothing to measure: run `make setup` first."
    if not (CLONE_STATE / "images.json").is_file():
        return "The images of the labs are not built, so there is nothing to measure: run `make setup` first."
    return ""


def describe(engine_url: str) -> str:
    """Return one line on processor, memory, kernel and engine."""
    memory = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemTotal"))
    engine = subprocess.run(
        ["docker", "--host", engine_url, "version", "--format", "{{.Server.Version}}"],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    ).stdout.strip()
    gib = int(memory.split()[1]) / 1024 / 1024
    return f"{os.cpu_count()} cores, {gib:.0f} GiB, Linux {platform.release()}, Docker Engine {engine}"


def steal() -> tuple[int, int]:
    """Return (stolen, all) processor ticks since boot; the difference of two calls says how noisy the machine was."""
    ticks = [int(field) for field in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return ticks[7], sum(ticks)


def steal_share(before: tuple[int, int], after: tuple[int, int]) -> float:
    """Return the share of time that the hypervisor took away between two calls of `steal`, 0 to 1."""
    return (after[0] - before[0]) / max(1, after[1] - before[1])
