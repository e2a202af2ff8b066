"""The containers of an inner engine, as plain facts."""

from __future__ import annotations

from typing import Any

from grading.expects.errors import CouldNotLook
from grading.expects.inside.engine import TOO_MUCH, InnerEngine
from grading.expects.inside.fields import flag, number, rows, table, text, texts, words
from grading.expects.inside.images import all_images, environment, is_root
from grading.expects.inside.references import all_spellings

Facts = dict[str, Any]

MAX_CONTAINERS = 200  # of which a list says the little that it says
MAX_INSPECTED = 40  # of which everything is read, for one check

_ENDED = ("exited", "dead")
_CHANGES = {0: "changed", 1: "added", 2: "deleted"}
_BILLION = 1_000_000_000


def all_containers(engine: InnerEngine) -> list[Facts]:
    """Return id, name, image, labels and volumes of every container, the stopped ones too. Raises CouldNotLook."""
    listed = rows(engine.read("containers", "json", all="1"))
    if len(listed) > MAX_CONTAINERS:
        raise CouldNotLook(TOO_MUCH, f"{len(listed)} containers")
    return [
        {
            "id": text(item, "Id"),
            "name": next((name.removeprefix("/") for name in words(item, "Names") if name.count("/") == 1), ""),
            "image": text(item, "Image"),
            "image_id": text(item, "ImageID"),
            "labels": texts(item, "Labels"),
            "volumes": [text(mount, "Name") for mount in rows(item, "Mounts") if text(mount, "Type") == "volume"],
        }
        for item in listed
    ]


def one_container(engine: InnerEngine, container_id: str) -> Facts | None:
    """Return everything about a container; None where it is gone meanwhile. Raises CouldNotLook."""
    found = engine.read("containers", container_id, "json")
    if found is None:
        return None
    state, user = text(found, "State", "Status"), text(found, "Config", "User")
    policy, retries = (
        text(found, "HostConfig", "RestartPolicy", "Name"),
        number(found, "HostConfig", "RestartPolicy", "MaximumRetryCount"),
    )
    return {
        "name": text(found, "Name").removeprefix("/"),
        "image": image_names(engine, text(found, "Config", "Image"), text(found, "Image")),
        "state": state,
        "running": flag(found, "State", "Running"),
        "exit_code": number(found, "State", "ExitCode") if state in _ENDED else None,
        "health": text(found, "State", "Health", "Status") or None,
        "ports": _ports(found),
        "env": environment(words(found, "Config", "Env")),
        "labels": texts(found, "Config", "Labels"),
        "mounts": _mounts(found),
        "networks": sorted(table(found, "NetworkSettings", "Networks")),
        "command": " ".join([text(found, "Path"), *words(found, "Args")]),
        "restart": [policy or "no", f"{policy}:{retries}"] if retries else [policy or "no"],
        "restarts": number(found, "RestartCount"),
        "user": user or "root",
        "root": is_root(user),
        "memory": number(found, "HostConfig", "Memory") or None,
        "cpus": number(found, "HostConfig", "NanoCpus") / _BILLION or None,
        "read_only": flag(found, "HostConfig", "ReadonlyRootfs"),
    }


def changes(engine: InnerEngine, container_id: str) -> dict[str, str]:
    """Return what a container's own layer has: paths that were added, changed or deleted. Raises CouldNotLook."""
    listed = rows(engine.read("containers", container_id, "changes"))
    return {text(item, "Path"): _CHANGES.get(number(item, "Kind"), "changed") for item in listed}


def image_names(engine: InnerEngine, called: str, image_id: str) -> list[str]:
    """Return what a container's image was called when it was made, and what it is called now, spelled in every way."""
    names = [name for image in all_images(engine) if image["id"] == image_id for name in image["references"]]
    return all_spellings(filter(None, [called, *names]))


def _ports(found: Any) -> dict[str, list[str]]:
    """Return which ports of the container each port of the lab leads to: `{"8080/tcp": ["80/tcp"]}`.

    A container that does not run has none, whatever it was made with: nothing leads there.
    """
    led: dict[str, list[str]] = {}
    for inner, bindings in table(found, "NetworkSettings", "Ports").items():
        protocol = inner.partition("/")[2] or "tcp"
        for binding in rows({"bindings": bindings}, "bindings"):
            outer = led.setdefault(f"{text(binding, 'HostPort')}/{protocol}", [])
            if inner not in outer:  # once for each of IPv4 and IPv6
                outer.append(inner)
    return led


def _mounts(found: Any) -> dict[str, dict[str, Any]]:
    mounts = {
        text(mount, "Destination"): {
            "type": text(mount, "Type"),
            "source": text(mount, "Name") or text(mount, "Source") or None,
            "read_only": not flag(mount, "RW"),
        }
        for mount in rows(found, "Mounts")
    }
    for place in table(found, "HostConfig", "Tmpfs"):
        mounts.setdefault(place, {"type": "tmpfs", "source": None, "read_only": False})
    return mounts
