"""Put images into the library: from a public registry where one is named and answers, else built here."""

from dataclasses import dataclass, replace
from pathlib import Path

from tools.docker import BASE_IMAGE, BUILD_SECONDS, PROXIES, Docker
from tools.mirror import health, places
from tools.mirror.library import FIRST, Recipe
from tools.mirror.staging import staging_folder
from tools.shell import CommandFailed
from tools.workspace import Workspace

# A tag that nobody pulls: it says from which recipe the image of the others was made.
MARK = "muelle-"
OK = 200


@dataclass(frozen=True)
class Filler:
    """Fills the library of one machine."""

    workspace: Workspace
    docker: Docker
    # The image that has skopeo and the registry's program.
    tools: str
    # The image that all others are made on, as read from its folder; its arguments have the key of the packages.
    first: Recipe
    # `docker.io`, say; empty where all is built here.
    source: str = ""

    def fill(self, recipe: Recipe) -> bool:
        """Have a recipe's image in the library as it is now. Returns whether that took work. Raises CommandFailed."""
        mark = MARK + self._digest(recipe)
        if health.has_manifest(recipe.name, mark):
            return False
        with staging_folder("image") as folder:
            source = (self._fetch(recipe, folder) if self.source else None) or self._save(recipe, folder)
            # The mark goes last: what was cut short is done again.
            self._in_container(folder, "none", "/usr/local/lib/muelle/fill", source, recipe.name, *recipe.tags, mark)
        return True

    def image(self, recipe: Recipe) -> str:
        """The tag of a recipe's image in the engine, built when that lacks it. Raises CommandFailed."""
        image = f"muelle/library-{recipe.name}:{self._digest(recipe)}"
        if self.docker.image_id(image) is None:
            base = BASE_IMAGE if recipe.name == FIRST else self.image(self.first)
            self.workspace.say(f"builds {recipe.name}:{recipe.tags[0]}")
            self.docker.build(recipe.folder, image, **recipe.arguments, BASE=base)
        return image

    def _digest(self, recipe: Recipe) -> str:
        base = (self.docker.image_id(BASE_IMAGE) or "") if recipe.name == FIRST else self._digest(self.first)
        return recipe.digest(base, self.source)

    def _save(self, recipe: Recipe, folder: Path) -> str:
        archive = folder / "image.tar"
        self.docker.call("save", "--output", archive, self.image(recipe), timeout=BUILD_SECONDS)
        archive.chmod(0o644)
        return "docker-archive:/image/image.tar"

    def _fetch(self, recipe: Recipe, folder: Path) -> str | None:
        wanted = f"docker://{self.source}/library/{recipe.name}:{recipe.tags[0]}"
        self.workspace.say(f"fetches {wanted}")
        try:
            self._in_container(
                folder, "host", "skopeo", "copy", "--quiet", "--insecure-policy", wanted, "dir:/image/public"
            )
        except CommandFailed as failure:
            self.workspace.say(f"builds it here instead, since: {failure.detail or failure.sentence}")
            return None
        return "dir:/image/public"

    def _in_container(self, folder: Path, network: str, *command: str) -> None:
        passed = [word for name in PROXIES for word in ("--env", name)]
        self.docker.call(
            "run", "--rm", "--network", network, "--cap-drop", "ALL", *passed,
            "--volume", f"{places.LIBRARY_VOLUME}:/library", "--volume", f"{folder}:/image",
            self.tools, *command, timeout=BUILD_SECONDS, log=self.workspace.log,
        )  # fmt: skip


def with_key(recipe: Recipe, key: str) -> Recipe:
    """The recipe that all others are made on, told the key of the mirror's packages."""
    return replace(recipe, arguments={**recipe.arguments, "ARCHIVE_KEY": key})
