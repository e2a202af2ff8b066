"""Small curves, drawn on the server: an SVG path needs neither a script nor a style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT = 240.0, 48.0  # of the drawing, in its own units
ROOM = 2.0  # above the highest and below the lowest value, so that the line is not cut in half


@dataclass(frozen=True)
class Chart:
    """One curve, with the words that say the same to who does not see it."""

    title: str
    now: str
    highest: str
    line: str
    area: str

    @property
    def empty(self) -> bool:
        return not self.line


def draw_curve(values: Sequence[float | None], top: float) -> tuple[str, str]:
    """Return the paths of the line through `values` and of the area below it; `top` is the value at the upper edge.

    Where a value is None the line has a gap. A value alone is a short dash.
    """
    step = WIDTH / max(1, len(values))
    line, area = [], []
    for known, group in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if not known:
            continue
        points = [(index * step, _height(value or 0.0, top)) for index, value in group]
        points.append((points[-1][0] + step, points[-1][1]))
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        line.append(f"M{path}")
        area.append(f"M{points[0][0]:.1f} {HEIGHT:.0f}L{path}L{points[-1][0]:.1f} {HEIGHT:.0f}Z")
    return "".join(line), "".join(area)


def _height(value: float, top: float) -> float:
    share = min(1.0, max(0.0, value / top if top else 0.0))
    return HEIGHT - ROOM - share * (HEIGHT - 2 * ROOM)
