"""The images of an inner engine, as plain facts."""

from __future__ import annotations

from typing import Any

from grading.expects.errors import CouldNotLook
from grading.expects.inside import references
from grading.expects.inside.engine import TOO_MUCH, InnerEngine
from grading.expects.inside.fields import number, rows, table, text, texts, words
from grading.expects.inside.moments import moment

Facts = dict[str, Any]

MAX_IMAGES = 200  # more would not be told apart by a learner either


def all_images(engine: InnerEngine) -> list[Facts]:
    """Return id, references, labels and size in bytes of every image. Raises CouldNotLook."""
    listed = rows(engine.read("images", "json"))
    if len(listed) > MAX_IMAGES:
        raise CouldNotLook(TOO_MUCH, f"{len(listed)} images")
    return [
        {
            "id": text(item, "Id"),
            "references": [name for name in (*words(item, "RepoTags"), *words(item, "RepoDigests")) if _is_name(name)],
            "labels": texts(item, "Labels"),
            "size": number(item, "Size"),
        }
        for item in listed
    ]


def named(images: list[Facts], name: str) -> list[tuple[str, Facts]]:
    """Return the tags (or digests) that `name` means with their images, `latest` first."""
    found = [
        (reference, image)
        for image in images
        for reference in image["references"]
        if references.same(name, reference) and ("@" in name or "@" not in reference)
    ]
    return sorted(found, key=lambda pair: (not pair[0].endswith(":latest"), pair[0]))


def details(engine: InnerEngine, image_id: str) -> Facts | None:
    """Return what one image is made of; None where it is gone meanwhile. Raises CouldNotLook."""
    found = engine.read("images", image_id, "json")
    if found is None:
        return None
    user = text(found, "Config", "User")
    return {
        "layers": len(rows(found, "RootFS", "Layers")),
        "user": user or "root",
        "root": is_root(user),
        "exposed": sorted(table(found, "Config", "ExposedPorts")),
        "command": " ".join(words(found, "Config", "Cmd")),
        "entrypoint": " ".join(words(found, "Config", "Entrypoint")),
        "workdir": text(found, "Config", "WorkingDir") or "/",
        "env": environment(words(found, "Config", "Env")),
        "healthcheck": " ".join(words(found, "Config", "Healthcheck", "Test")),
        "created": moment(text(found, "Created")),
    }


def history(engine: InnerEngine, image_id: str) -> str:
    """Return the lines that made an image, the first one first. Raises CouldNotLook."""
    lines = [text(step, "CreatedBy") for step in rows(engine.read("images", image_id, "history"))]
    return "\n".join(reversed(lines))


def environment(pairs: list[str]) -> dict[str, str]:
    """Return `NAME=value` pairs as a mapping."""
    return {name: value for name, _sign, value in (pair.partition("=") for pair in pairs)}


def is_root(user: str) -> bool:
    """Whether that is uid 0, as USER and `--user` write it."""
    return user.partition(":")[0] in ("", "0", "root")


def _is_name(name: str) -> bool:
    return not name.startswith("<none>")
