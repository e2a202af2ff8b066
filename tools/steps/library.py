"""The library: the images of `labs/library`, which every engine inside a lab can pull, stored once for all of them."""

from tools.docker import Docker
from tools.locks import machine_lock
from tools.mirror.container import image_of
from tools.mirror.filling import Filler, with_key
from tools.mirror.key import public_key
from tools.mirror.library import Recipe, read_recipes
from tools.steps.mirror import is_needed
from tools.workspace import Workspace

# Names a public registry (`docker.io`) that images come from; what it does not have is built here all the same.
SOURCE = "MUELLE_LIBRARY_FROM"


def run(workspace: Workspace) -> str:
    """Put in what is missing or outdated, in the order of need."""
    if not is_needed(workspace):
        return "not needed"
    with machine_lock("library", waiting=workspace.say):
        filler, recipes = open_library(workspace, Docker(workspace))
        added = [f"{recipe.name}:{recipe.tags[0]}" for recipe in recipes if filler.fill(recipe)]
    return f"added {', '.join(added)}" if added else f"all {len(recipes)} there"


def open_library(workspace: Workspace, docker: Docker) -> tuple[Filler, list[Recipe]]:
    """What fills the library, and all its recipes; the lock `library` is held meanwhile. Raises Problem."""
    tools = image_of(workspace, docker)
    key = public_key(docker, tools)
    first, *others = read_recipes(workspace.root)
    first = with_key(first, key)
    return Filler(workspace, docker, tools, first, workspace.setting(SOURCE)), [first, *others]
