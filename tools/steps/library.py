"""The library: the images of `labs/library`, which every engine inside a lab can pull, stored once for all of them."""

from tools.docker import Docker
from tools.locks import machine_lock
from tools.mirror.container import image_of
from tools.mirror.filling import Filler, with_key
from tools.mirror.key import public_key
from tools.mirror.library import FIRST, Recipe, read_recipes
from tools.steps.mirror import is_needed
from tools.workspace import Workspace

# Names a public registry (`docker.io`) that images come from; what it does not have is built here all the same.
SOURCE = "MUELLE_LIBRARY_FROM"


def run(workspace: Workspace) -> str:
    """Put in what is missing or outdated, in the order of need."""
    if not is_needed(workspace):
        return "not needed"
    docker = Docker(workspace)
    with machine_lock("library", waiting=workspace.say):
        tools = image_of(workspace, docker)
        recipes = [_told(recipe, public_key(docker, tools)) for recipe in read_recipes(workspace.root)]
        filler = Filler(workspace, docker, tools, recipes[0], workspace.setting(SOURCE))
        added = [f"{recipe.name}:{recipe.tags[0]}" for recipe in recipes if filler.fill(recipe)]
    return f"added {', '.join(added)}" if added else f"all {len(recipes)} there"


def _told(recipe: Recipe, key: str) -> Recipe:
    return with_key(recipe, key) if recipe.name == FIRST else recipe
