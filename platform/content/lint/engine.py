"""Rules for labs with a container engine of their own: what is looked at can be there, what is pulled is held ready."""

from __future__ import annotations

import re
from collections.abc import Iterator

from content.labs import LabSource
from content.problems import Problems

ENGINE_PROFILES = ("engine", "cluster")

# Kinds that read the lab's engine; `compose` does unless it is about the file alone.
_ENGINE_KINDS = frozenset({"container", "image", "network", "volume", "event", "compose"})
_ABOUT_FILE = frozenset({"file", "declares", "yaml"})
_PULL = re.compile(r"\bdocker (?:image )?pull (?:-\S+ )*([^\s;|&]+)")


def look_at_engine(lab: LabSource, problems: Problems) -> None:
    _look_at_profile(lab, problems)
    _look_at_pulls(lab, problems)
    _look_at_image_names(lab, problems)


def _look_at_profile(lab: LabSource, problems: Problems) -> None:
    if lab.document.profile in ENGINE_PROFILES:
        return
    if lab.document.images:
        message = f"Nothing can pull images in the profile `{lab.document.profile}`."
        problems.add(
            lab.located.file, lab.line("images"), "profile", message, "Write `profile: engine`, or delete them."
        )
    for task in lab.document.tasks:
        for index, check in enumerate(task.expect):
            if check.kind in _ENGINE_KINDS and not set(check.arguments) <= _ABOUT_FILE:
                line = lab.line("tasks", task.slug, "expect", index)
                message = f"There is no Docker for `{check.kind}` to look at in the profile `{lab.document.profile}`."
                problems.add(
                    lab.located.file, line, "profile", message, "Write `profile: engine`, or use another kind."
                )


def _look_at_pulls(lab: LabSource, problems: Problems) -> None:
    """What a solution pulls must be held ready, or it works only where there is internet."""
    held = {_with_tag(image) for image in lab.document.images}
    for task in lab.document.tasks:
        for index, step in enumerate(task.solution):
            for image in _PULL.findall(step.run):
                if "$" not in image and _with_tag(image) not in held:
                    line = lab.line("tasks", task.slug, "solution", index)
                    mend = f"Add it: `images: [{image}]`." if ":" not in image else f'Add it: `images: ["{image}"]`.'
                    problems.add(lab.located.file, line, "image", f"`{image}` is not in `images:`.", mend)


def _look_at_image_names(lab: LabSource, problems: Problems) -> None:
    """A name that nothing else in the lab knows is a slip: the check could never pass."""
    known = "\n".join(_texts(lab))
    for path, image in _images_in_checks(lab):
        if "$" not in image and _repository(image) not in known:
            mend = "Write the name that a solution uses, or add it to `images:`."
            problems.add(
                lab.located.file, lab.line(*path), "image", f"Nothing brings or builds the image `{image}`.", mend
            )


def _images_in_checks(lab: LabSource) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for task in lab.document.tasks:
        for index, check in enumerate(task.expect):
            key = {"container": "image", "image": "name"}.get(check.kind)
            image = check.arguments.get(key or "")
            if isinstance(image, str) and not check.arguments.get("absent"):
                yield ("tasks", task.slug, "expect", index, check.kind, str(key)), image


def _texts(lab: LabSource) -> Iterator[str]:
    yield from lab.document.images
    yield lab.document.setup
    yield from (file.data.decode("utf-8", "replace") for file in lab.document.files)
    yield from (step.run for task in lab.document.tasks for step in task.solution)


def _repository(image: str) -> str:
    name = image.partition("@")[0]
    before, colon, tag = name.rpartition(":")
    return before if colon and "/" not in tag else name


def _with_tag(image: str) -> str:
    return image if image != _repository(image) else f"{image}:latest"
