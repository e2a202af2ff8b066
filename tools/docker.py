"""The docker command line against the chosen engine: images, volumes and short-lived containers of set-up."""

import json
from pathlib import Path

from tools.problems import Problem
from tools.shell import QUESTION_SECONDS, CommandFailed, run, succeeds
from tools.workspace import Workspace

# A Dockerfile that installs packages over a slow line.
BUILD_SECONDS = 1800.0
# A base image over a slow line.
PULL_SECONDS = 600.0
# Creating, running or removing one small container on a busy machine.
CONTAINER_SECONDS = 60.0
# What all images of labs and of the library start from.
SUITE = "trixie"
BASE_IMAGE = f"debian:{SUITE}-slim"
# Debian's ordinary names, so that `apt-get install` in an image works wherever a Dockerfile is built.
SOURCES = (
    f"deb http://deb.debian.org/debian {SUITE} main",
    f"deb http://deb.debian.org/debian {SUITE}-updates main",
    f"deb http://deb.debian.org/debian-security {SUITE}-security main",
)
PROXIES = ("http_proxy", "https_proxy", "no_proxy")


class Docker:
    """The engine that set-up chose, through the docker CLI."""

    def __init__(self, workspace: Workspace) -> None:
        url = workspace.setting("MUELLE_ENGINE_URL")
        if not url:
            raise Problem("No engine has been chosen yet.", "Run `make setup`.")
        self._workspace = workspace
        self._docker = ["docker", "--host", url]

    def call(self, *arguments: str | Path, timeout: float = QUESTION_SECONDS, log: Path | None = None) -> str:
        """Run the docker CLI with these arguments and return what it printed. Raises CommandFailed."""
        return run([*self._docker, *arguments], timeout=timeout, log=log)

    def image_id(self, name: str) -> str | None:
        """The id of an image, or None when the engine does not have it."""
        try:
            return run([*self._docker, "image", "inspect", "--format", "{{.Id}}", name]).strip()
        except CommandFailed as error:
            if "No such image" in error.detail or "not found" in error.detail:
                return None
            raise

    def image_size(self, name: str) -> int:
        """The size of an image in bytes."""
        return int(run([*self._docker, "image", "inspect", "--format", "{{.Size}}", name]))

    def pull(self, name: str) -> bool:
        """Fetch an image from its registry. Returns whether that worked."""
        return succeeds([*self._docker, "pull", "--quiet", name], timeout=PULL_SECONDS)

    def build(self, folder: Path, tag: str, **arguments: str) -> None:
        """Build a folder's Dockerfile; the build sees the outside through the engine's bridge. Raises CommandFailed."""
        proxies = {name: self._workspace.environ[name] for name in PROXIES if self._workspace.environ.get(name)}
        pairs = [word for pair in {**proxies, **arguments}.items() for word in ("--build-arg", "=".join(pair))]
        run(
            [*self._docker, "build", "--tag", tag, *pairs, folder],
            timeout=BUILD_SECONDS,
            log=self._workspace.log,
            mend=f"Read the log, mend {folder}/Dockerfile, and run again; builds need a way to the package mirror.",
        )

    def import_image(self, archive: Path, tag: str) -> None:
        """Make an image of one layer from a tar file of a root file system."""
        run(
            [*self._docker, "import", "--change", 'CMD ["bash"]', archive, tag],
            timeout=PULL_SECONDS,
            log=self._workspace.log,
        )

    def run_container(self, *arguments: str) -> str:
        """Run a container to its end and remove it. Raises CommandFailed."""
        return run([*self._docker, "run", "--rm", "--network", "none", *arguments], timeout=CONTAINER_SECONDS)

    def fill_volume(self, volume: str, target: str, image: str) -> None:
        """Make a volume that holds what the image has at `target`: the engine copies it when it creates a container."""
        argv = [*self._docker, "create", "--network", "none", "--volume", f"{volume}:{target}", image, "true"]
        container = run(argv, timeout=CONTAINER_SECONDS, log=self._workspace.log).strip().splitlines()[-1]
        run([*self._docker, "rm", "--force", container], timeout=CONTAINER_SECONDS)

    def has_volume(self, name: str) -> bool:
        """Whether there is a volume of this name."""
        return succeeds([*self._docker, "volume", "inspect", name])

    def remove_volume(self, name: str) -> None:
        """Remove a volume that no container uses."""
        run([*self._docker, "volume", "rm", "--force", name])

    def remove_containers(self, label: str) -> None:
        """Remove all containers that carry a label, running or not, and their networks. Raises CommandFailed."""
        listed = run([*self._docker, "ps", "--all", "--quiet", "--filter", f"label={label}"]).split()
        if listed:
            run([*self._docker, "rm", "--force", "--volumes", *listed], timeout=CONTAINER_SECONDS)
        networks = run([*self._docker, "network", "ls", "--quiet", "--filter", f"label={label}"]).split()
        if networks:
            run([*self._docker, "network", "rm", *networks], timeout=CONTAINER_SECONDS)

    def engine_id(self) -> str:
        """What tells this engine from another one, and from itself after its data was deleted."""
        facts = json.loads(run([*self._docker, "info", "--format", "{{json .}}"]))
        return f"{facts['ID']} {facts['Driver']} {facts['ServerVersion']}"
