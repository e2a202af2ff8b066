"""The packages that `apt-get`, `pip` and `npm` find inside labs: fixed sets, fetched once for this machine."""

from tools.docker import Docker
from tools.locks import machine_lock
from tools.mirror.key import public_key
from tools.mirror.packages.debian import debian_packages
from tools.mirror.packages.node import node_packages
from tools.mirror.packages.python import python_packages
from tools.mirror.packages.stock import PackageSet, Stock
from tools.problems import Problem
from tools.steps.library import open_library
from tools.steps.mirror import is_needed
from tools.workspace import Workspace

# The image of the library that has npm.
NODE = "node"


def run(workspace: Workspace) -> str:
    """Fetch the sets that are missing or outdated. One that cannot be had is left out, and tried again next time."""
    if not is_needed(workspace):
        return "not needed"
    with machine_lock("library", waiting=workspace.say):
        stock, sets = _sets(workspace, Docker(workspace))
        outcomes = {wanted.name: _fill(stock, wanted) for wanted in sets}
    named = {outcome: [name for name, its in outcomes.items() if its == outcome] for outcome in ("added", "left out")}
    said = "; ".join(f"{outcome} {', '.join(names)}" for outcome, names in named.items() if names)
    return said or f"all {len(sets)} sets there"


def _sets(workspace: Workspace, docker: Docker) -> tuple[Stock, list[PackageSet]]:
    filler, recipes = open_library(workspace, docker)
    stock = Stock(workspace, docker, filler.tools)
    with_npm = next(recipe for recipe in recipes if recipe.name == NODE)
    return stock, [
        debian_packages(stock, public_key(docker, filler.tools)),
        python_packages(stock),
        node_packages(stock, lambda: filler.image(with_npm)),
    ]


def _fill(stock: Stock, wanted: PackageSet) -> str:
    try:
        return "added" if stock.fill(wanted) else "there"
    except Problem as problem:
        # A lab without these is worth having, and so is one with those of the last time.
        stock.workspace.say(f"leaves out {wanted.title}: {problem.sentence}")
        return "left out"
