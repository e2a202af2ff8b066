"""Every operation of the API, asked for by everybody with a token for everything (D02, H01)."""

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from api.actions import create_token
from api.scopes import Scope
from api.urls import api
from cohorts.models import Enrolment
from gradebook.models import GradeOverride
from tests.rights.golden import Line, cell_of, hold_against
from tests.rights.people import PEOPLE, Cast

DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
LESSON = "course/one/lesson"
# A body that makes sense, so that what refuses it is the right and not the shape.
BODIES = {
    "/api/v1/cohorts": {"name": "New"},
    "/api/v1/cohorts/{cohort}": {"late_percent": 10},
    "/api/v1/cohorts/{cohort}/enrolments": {"username": "stranger-to-all"},
    "/api/v1/cohorts/{cohort}/lessons": {"lesson": LESSON, "door": "open"},
    "/api/v1/cohorts/{cohort}/grades/{learner}/overrides": {
        "exercise": f"{LESSON}/make-file",
        "points": "1",
        "reason": "x",
    },
    "/api/v1/enrolments/{enrolment}": {"role": "learner"},
    "/api/v1/join": {"code": "NOPE99"},
    "/api/v1/lab-sessions": {"lesson": LESSON},
    "/api/v1/submissions": {"exercise": f"{LESSON}/layers", "answer": {"choices": [1]}},
}


@pytest.fixture
def known(cast: Cast) -> dict[str, object]:
    """Rows of Alice and her class."""
    User.objects.create_user("stranger-to-all")
    override = GradeOverride.objects.create(
        cohort=cast.world.cohort, learner=cast.alice, exercise_key=f"{LESSON}/make-file", points=1, reason="x"
    )
    return {
        "cohort": cast.world.cohort.pk,
        "learner": cast.alice.pk,
        "enrolment": Enrolment.objects.get(user=cast.alice).pk,
        "override": override.pk,
        "course": "course",
        "session": cast.world.session(cast.alice).pk,
        "submission": cast.world.submission(cast.alice, cast.world.quiz, "pass").pk,
    }


def ask(person: User | None, method: str, path: str, body: object) -> str:
    """Ask with that person's token, undo what it did, and return the cell of the table."""
    with transaction.atomic():
        text = create_token(by=person, name="table", scopes=Scope)[1] if person else "muelle_none"
        client = Client(headers={"Authorization": f"Bearer {text}"}, raise_request_exception=False)
        response = getattr(client, method)(path, data=body, content_type="application/json")
        transaction.set_rollback(True)
    assert response.status_code < 500, f"{method} {path} broke for {person}"
    return cell_of(response.status_code)


@pytest.mark.abuse
@pytest.mark.slow
def test_everybody_gets_what_the_table_says(cast, known):
    lines: list[Line] = []
    for path, method in OPERATIONS:
        body = {"to": known["cohort"]} if path.endswith("/move") else BODIES.get(path, {})
        asked = path.format(**known)
        lines.append((path, method, *(ask(cast.by_name[each], method, asked, body) for each in PEOPLE)))

    hold_against("api", lines)
