"""Figures and how they are put side by side."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie, by the nearest rank.

    Raises ValueError for none.
    """
    if not values:
        raise ValueError("There is nothing to take a percentile of.")
    ordered = sorted(values)
    rank = math.ceil(share * len(ordered) - 1e-9)  # of 20 values, the 19th is the 95th percentile, and not the largest
    return ordered[max(0, rank - 1)]


def summary(seconds: Sequence[float]) -> str:
    """Return median and 95th percentile in milliseconds."""
    return f"{statistics.median(seconds) * 1000:.2f} / {percentile(seconds, 0.95) * 1000:.2f} ms"


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    goal: str
    what: str
    ours: str
    peer: str
    ratio: str
    target: str
    met: bool | None
    """None where no target is set: the figure is there to be known."""

    def cells(self) -> list[str]:
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        return [self.goal, self.what, self.ours, self.peer, self.ratio, self.target, met]


HEADINGS = ["goal", "what", "ours", "peer or baseline", "ratio", "target", "met"]


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a Markdown table."""
    lines = [HEADINGS, ["---"] * len(HEADINGS), *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
