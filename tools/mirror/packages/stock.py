"""One set of packages in the mirror: fetched into a folder, then put in place of the one before."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tools.docker import BUILD_SECONDS, Docker
from tools.mirror import health, places
from tools.mirror.staging import staging_folder
from tools.workspace import Workspace

OK = 200


@dataclass(frozen=True)
class PackageSet:
    """What one package manager finds. name: its folder in the mirror. digest: of all that it is made from."""

    name: str
    title: str
    digest: str
    # Fills an empty folder with the files as they are served. Raises Problem.
    fetch: Callable[[Path], None]


@dataclass(frozen=True)
class Stock:
    """The packages of one machine."""

    workspace: Workspace
    docker: Docker
    # The mirror's image, in which files are put in place.
    tools: str

    def has(self, wanted: PackageSet) -> bool:
        """Whether the mirror serves exactly this set. Raises OSError when no mirror answers."""
        return health.get(places.PACKAGES_PORT, f"/marks/{wanted.name}-{wanted.digest}") == OK

    def fill(self, wanted: PackageSet) -> bool:
        """Have the set as it is now. Returns whether that took work. Raises Problem; then what was there stays."""
        if self.has(wanted):
            return False
        self.workspace.say(f"fetches {wanted.title}")
        with staging_folder(wanted.name) as folder:
            wanted.fetch(folder)
            self.docker.call(
                "run", "--rm", "--network", "none", "--cap-drop", "ALL",
                "--volume", f"{places.PACKAGES_VOLUME}:/packages", "--volume", f"{folder}:/stage:ro",
                self.tools, "/usr/local/lib/muelle/place", wanted.name, wanted.digest,
                timeout=BUILD_SECONDS, log=self.workspace.log,
            )  # fmt: skip
        return True
