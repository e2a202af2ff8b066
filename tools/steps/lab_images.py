"""The images of `labs/images`, each tagged by a digest of its folder and its base, so that clones share equal ones.

An image starts from `debian:trixie-slim` or from another one of these: `ARG STANDARD=muelle/standard`, `FROM
${STANDARD}`, and set-up gives the argument the tag that `standard` has here.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from tools.digests import digest_folder, digest_of
from tools.docker import Docker
from tools.envfile import write_private
from tools.locks import machine_lock
from tools.problems import Problem
from tools.steps.base_image import NAME as BASE
from tools.workspace import Workspace

FOLDER = "labs/images"
PARENT = re.compile(r"^ARG ([A-Z_]+)=muelle/([a-z0-9_-]+)$", re.MULTILINE)


def run(workspace: Workspace) -> str:
    """Build the images that the engine lacks, and write all tags to `images.json` for Django."""
    docker = Docker(workspace)
    base = docker.image_id(BASE) or ""
    folders = _in_order(path.parent for path in (workspace.root / FOLDER).glob("*/Dockerfile"))
    tags: dict[str, str] = {}
    built = []
    for folder in folders:
        arguments = {argument: tags[name] for argument, name in parents_of(folder).items()}
        tags[folder.name] = tag_of(folder, *(arguments.values() or [base]))
        if _build(workspace, docker, folder, tags[folder.name], arguments):
            built.append(folder.name)
    text = json.dumps(tags, indent=2) + "\n"
    path = workspace.state / "images.json"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_private(path, text)
    return f"built {', '.join(built)}" if built else f"all {len(tags)} there"


def tag_of(folder: Path, *bases: str) -> str:
    """The tag of the image that a folder makes on a base: an image id, or tags of others that are here."""
    return f"muelle/{folder.name}:{digest_of(digest_folder(folder), *bases)}"


def parents_of(folder: Path) -> dict[str, str]:
    """The folders of the images that an image starts from, by the build argument that names each."""
    return dict(PARENT.findall((folder / "Dockerfile").read_text(encoding="utf-8")))


def _in_order(folders: Iterable[Path]) -> list[Path]:
    """Parents before children. Raises Problem where that cannot be."""
    waiting = sorted(folders)
    ordered: list[Path] = []
    while waiting:
        known = {folder.name for folder in ordered}
        ready = [folder for folder in waiting if known.issuperset(parents_of(folder).values())]
        if not ready:
            names = ", ".join(folder.name for folder in waiting)
            raise Problem(f"The images {names} start from images that are not there, or from each other.", "Mend ARG.")
        ordered += ready
        waiting = [folder for folder in waiting if folder not in ready]
    return ordered


def _build(workspace: Workspace, docker: Docker, folder: Path, tag: str, arguments: dict[str, str]) -> bool:
    if docker.image_id(tag):
        return False
    with machine_lock(f"image-{folder.name}", waiting=workspace.say):
        if docker.image_id(tag):
            return False
        workspace.say(f"builds {tag}")
        docker.build(folder, tag, **arguments)
    return True
