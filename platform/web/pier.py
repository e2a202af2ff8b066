"""The picture of somebody's progress: a pier that grows by a plank with every exercise."""

from __future__ import annotations

from dataclasses import dataclass

from progress.queries import CourseProgress

WIDTH = 720.0  # of the drawing, in its own units
GAP = 2.0  # between two planks, where there is room for it
WIDEST = 40.0  # a short course has a short pier, and not planks like doors
SPAN = 86.0  # from one post to the next, about


@dataclass(frozen=True)
class Plank:
    """One exercise."""

    x: float
    width: float
    state: str
    """passed, partial or open"""


@dataclass(frozen=True)
class Pier:
    """The drawing of one course."""

    planks: list[Plank]
    posts: list[float]
    """Where it stands on the ground."""
    bollard: float
    """In the middle of the last plank that is laid; 0 where none is."""


def pier_of(progress: CourseProgress) -> Pier:
    """Lay out the planks of a course from left to right."""
    lessons = [lesson for chapter in progress.chapters for lesson in chapter.lessons if lesson.exercises]
    count = sum(len(lesson.exercises) for lesson in lessons)
    step = min(WIDEST, WIDTH / count) if count else 0.0
    gap = min(GAP, step / 4)
    states = [standing.state for lesson in lessons for _, standing in lesson.exercises]
    planks = [Plank(x=index * step, width=step - gap, state=state) for index, state in enumerate(states)]
    length = count * step - gap
    spans = max(1, round(length / SPAN))
    posts = [length * index / spans for index in range(spans + 1)] if planks else []
    laid = [plank.x + plank.width / 2 for plank in planks if plank.state == "passed"]
    return Pier(planks=planks, posts=posts, bollard=max(laid, default=0.0))
