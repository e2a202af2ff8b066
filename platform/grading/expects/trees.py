"""Places in nested data, written as `spec.containers[0].image` or `metadata.labels["app.kubernetes.io/name"]`."""

from __future__ import annotations

import re
from typing import Any

_STEP = re.compile(r'\.?([^.\[\]"]+)|\[(\d{1,6})\]|\["([^"]+)"\]')


def dig(tree: Any, place: str) -> Any:
    """Return what stands at a place of parsed JSON or YAML; None where there is nothing, or null."""
    position = 0
    while position < len(place):
        step = _STEP.match(place, position)
        if step is None:
            return None
        position = step.end()
        name, index, quoted = step.groups()
        if index is not None:
            tree = tree[int(index)] if isinstance(tree, list) and int(index) < len(tree) else None
        else:
            tree = tree.get(quoted or name) if isinstance(tree, dict) else None
        if tree is None:
            return None
    return tree
