"""Reading parsed JSON of somebody who may lie: each field is there in the form it must have, or left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from grading.expects.errors import CouldNotLook
from grading.expects.inside.engine import NOT_AN_ENGINE

T = TypeVar("T")


def text(tree: Any, *place: str) -> str:
    """Return the text at a place; empty where there is none. Raises CouldNotLook for anything else."""
    return _field(tree, place, str) or ""


def number(tree: Any, *place: str) -> int:
    """Return the whole number at a place; 0 where there is none. Raises CouldNotLook for anything else."""
    found = _field(tree, place, int)
    if isinstance(found, bool):
        raise _nonsense(place, found)
    return found or 0


def flag(tree: Any, *place: str) -> bool:
    """Return the truth value at a place; False where there is none. Raises CouldNotLook for anything else."""
    return _field(tree, place, bool) or False


def table(tree: Any, *place: str) -> dict[str, Any]:
    """Return the mapping at a place; an empty one where there is none. Raises CouldNotLook for anything else."""
    return _field(tree, place, dict) or {}


def texts(tree: Any, *place: str) -> dict[str, str]:
    """Return the mapping of texts at a place, as labels are. Raises CouldNotLook for anything else."""
    found = table(tree, *place)
    return {name: text(found, name) for name in found}


def rows(tree: Any, *place: str) -> list[Any]:
    """Return the list at a place; an empty one where there is none. Raises CouldNotLook for anything else."""
    return _field(tree, place, list) or []


def words(tree: Any, *place: str) -> list[str]:
    """Return the list of texts at a place. Raises CouldNotLook for anything else."""
    found = rows(tree, *place)
    for item in found:
        if not isinstance(item, str):
            raise _nonsense(place, item)
    return found


def _field(tree: Any, place: tuple[str, ...], kind: type[T]) -> T | None:
    for step in place:
        if not isinstance(tree, Mapping):
            raise _nonsense(place, tree)
        tree = tree.get(step)
        if tree is None:
            return None
    if not isinstance(tree, kind):
        raise _nonsense(place, tree)
    return tree


def _nonsense(place: tuple[str, ...], found: Any) -> CouldNotLook:
    return CouldNotLook(NOT_AN_ENGINE, f"{'.'.join(place) or 'the answer'} is a {type(found).__name__}")
