"""The images of the library: what `labs/library/<image>/image.toml` says, and what each is made of."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tools.digests import digest_folder, digest_of
from tools.problems import Problem

FOLDER = "labs/library"
# Every other image is made on this one.
FIRST = "debian"


@dataclass(frozen=True)
class Recipe:
    """One image under one or more tags. arguments: of its Dockerfile."""

    folder: Path
    tags: tuple[str, ...]
    arguments: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Its name in the library, `nginx` in `docker pull nginx:1.26`."""
        return self.folder.name

    def digest(self, base: str, source: str) -> str:
        """What tells it from what the same recipe made before its files, arguments, base or source changed."""
        pairs = [f"{name}={value}" for name, value in sorted(self.arguments.items())]
        return digest_of(digest_folder(self.folder), base, source, *pairs, *self.tags)


def read_recipes(root: Path) -> list[Recipe]:
    """All recipes of a clone, the one that others build on first. Raises Problem where one is wrong, with its file."""
    files = sorted((root / FOLDER).glob("*/image.toml"), key=lambda path: (path.parent.name != FIRST, path))
    return [recipe for path in files for recipe in _read(path)]


def _read(path: Path) -> Iterator[Recipe]:
    try:
        builds = tomllib.loads(path.read_text(encoding="utf-8"))["build"]
        for build in builds:
            arguments = {str(name): str(value) for name, value in build.get("arguments", {}).items()}
            yield Recipe(path.parent, tuple(map(str, build["tags"])), arguments)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise Problem(
            f"{path} is not a recipe: {error}.", "Write it like the ones beside it, and run again."
        ) from error
