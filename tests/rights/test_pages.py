"""Every page and form, asked for by everybody (D02, H01 of the security blueprint)."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from api.actions import create_token
from api.scopes import Scope
from classroom.actions import ask_to_assist, raise_hand
from classroom.for_all import announce, warm_up
from classroom.models import Assistance
from gradebook.models import GradeOverride
from grading.models import CheckResult, Submission
from lab_sessions.models import LabSession
from tests.rights.golden import Line, cell_of, hold_against
from tests.rights.people import PEOPLE, Cast
from tests.web.conftest import browser_of
from tests.web.routes import Route, all_routes, path_of

METHODS = ("get", "post")


def routes() -> list[Route]:
    """Every address but those of the API, which has a table of its own."""
    return [route for route in all_routes() if not route.name.startswith("api:")]


def ask(person: User | None, method: str, path: str) -> str:
    """Ask for a page, undo what that did, and return the cell of the table."""
    with transaction.atomic():
        client = browser_of(person, raise_request_exception=False)
        response = getattr(client, method)(path)
        transaction.set_rollback(True)
    assert response.status_code < 500, f"{method} {path} broke for {person}"
    return cell_of(response.status_code, response.headers.get("Location", ""))


def class_at_work(cast: Cast, session: LabSession) -> dict[str, Any]:
    """Return rows of Alice's class at work: her hand, who asks to watch her, a hint, a warm-up."""
    world, teacher = cast.world, cast.by_name["instructor"]
    assert teacher is not None
    soon = timezone.now() + timedelta(minutes=45)
    lab = {"lesson_key": world.lab.key, "starts_at": timezone.now(), "ends_at": soon}
    return {
        "hand": raise_hand(by=cast.alice, lesson_key=world.lesson.key).pk,
        "assistance": ask_to_assist(by=teacher, session=session, mode=Assistance.Mode.WATCH).pk,
        "announcement": announce(by=teacher, cohort=world.cohort, text="x", until=soon).pk,
        "wish": warm_up(by=teacher, cohort=world.cohort, sandboxes=2, **lab).pk,
    }


@pytest.fixture
def paths(cast: Cast) -> dict[str, str]:
    """The path of each route, with rows of Alice behind it."""
    session = cast.world.session(cast.alice)
    submission = cast.world.submission(cast.alice, cast.world.answered, "fail", lab_session=session)
    override = GradeOverride.objects.create(
        cohort=cast.world.cohort, learner=cast.alice, exercise_key=cast.world.task.key, points=1, reason="x"
    )
    known: dict[str, Any] = {
        "session": session.pk,
        "submission": submission.pk,
        "learner": cast.alice.pk,
        "person": cast.alice.pk,
        "override": override.pk,
        **class_at_work(cast, session),
        "token": create_token(by=cast.alice, name="table", scopes=Scope)[0].pk,
    }
    return {route.name: path_of(route, cast.world, **known) for route in routes()}


@pytest.mark.abuse
@pytest.mark.slow
def test_everybody_gets_what_the_table_says(cast, paths):
    lines: list[Line] = []
    for name, path in paths.items():
        for method in METHODS:
            cells = tuple(ask(cast.by_name[each], method, path) for each in PEOPLE)
            if set(cells) != {"-"}:
                lines.append((name, method, *cells))

    hold_against("pages", lines)


@pytest.mark.abuse
def test_the_walk_undoes_what_it_did(cast, paths):
    """The control: with a walk that leaves traces, the cells of later people would mean nothing."""
    before = Submission.objects.count(), CheckResult.objects.count()

    assert ask(cast.alice, "post", cast.world.submit_path(cast.world.quiz)) in ("yes", "wrong", "moved")
    assert ask(cast.alice, "post", reverse("accounts:sign_out")) in ("sign in", "moved")

    assert (Submission.objects.count(), CheckResult.objects.count()) == before
    assert ask(cast.alice, "get", reverse("progress:mine")) == "yes"
