"""Every address of the site, with something in each that exists."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.web.world import World


@dataclass(frozen=True)
class Route:
    """One address: its full name and the arguments it takes."""

    name: str
    arguments: tuple[str, ...]


def all_routes(urlconf: str | None = None) -> list[Route]:
    """Walk the URL configuration of the site, or another one."""
    return list(_walk(get_resolver(urlconf).url_patterns, ""))


def _walk(patterns: list[URLPattern | URLResolver], prefix: str):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from _walk(pattern.url_patterns, inner)
        else:
            yield Route(f"{prefix}{pattern.name}", tuple(pattern.pattern.converters))


def path_of(route: Route, world: World, *, session: UUID, submission: UUID, **more: object) -> str:
    """Return the path of a route, filled in with rows that exist."""
    course, chapter, lesson = world.lesson.key.split("/")
    known: dict[str, object] = {
        "course": course,
        "chapter": chapter,
        "lesson": lesson,
        "exercise": "make-file",
        "session": session,
        "submission": submission,
        "person": 1,
        "cohort": world.cohort.pk,
        "enrolment": world.enrolment.pk,
        "code": world.cohort.join_code,
        "exercise_id": world.task.pk,
        "learner": 1,
        "number": 1,
        "override": 1,
        "hand": 1,
        "announcement": 1,
        "wish": 1,
        "assistance": session,
        "rest": "v1/nothing",
        "token": 1,
    }
    known |= more
    return reverse(route.name, kwargs={name: known[name] for name in route.arguments})
