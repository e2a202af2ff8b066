"""The images of `labs/images`, each tagged by a digest of its folder and its base, so that clones share equal ones."""

import json
from pathlib import Path

from tools.digests import digest_folder, digest_of
from tools.docker import Docker
from tools.envfile import write_private
from tools.locks import machine_lock
from tools.steps.base_image import NAME as BASE
from tools.workspace import Workspace

FOLDER = "labs/images"


def run(workspace: Workspace) -> str:
    """Build the images that the engine lacks, and write all tags to `images.json` for Django."""
    docker = Docker(workspace)
    base = docker.image_id(BASE) or ""
    folders = sorted(path.parent for path in (workspace.root / FOLDER).glob("*/Dockerfile"))
    tags = {folder.name: tag_of(folder, base) for folder in folders}
    built = [folder.name for folder in folders if _build(workspace, docker, folder, tags[folder.name])]
    text = json.dumps(tags, indent=2) + "\n"
    path = workspace.state / "images.json"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write_private(path, text)
    return f"built {', '.join(built)}" if built else f"all {len(tags)} there"


def tag_of(folder: Path, base_id: str) -> str:
    """The tag of the image that a folder makes on a base."""
    return f"muelle/{folder.name}:{digest_of(digest_folder(folder), base_id)}"


def _build(workspace: Workspace, docker: Docker, folder: Path, tag: str) -> bool:
    if docker.image_id(tag):
        return False
    with machine_lock(f"image-{folder.name}", waiting=workspace.say):
        if docker.image_id(tag):
            return False
        workspace.say(f"builds {tag}")
        docker.build(folder, tag)
    return True
