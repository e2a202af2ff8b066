"""The API against its own OpenAPI document, by generated requests that obey it and that do not."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from factories import EnrolmentFactory
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import booleans
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from api.actions import create_token
from api.scopes import Scope
from api.urls import api
from cohorts.models import Role

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

EXAMPLES = 12  # of each operation; what was found at first was found in the first ten
# A row that is not there, or that forbids it, is a right answer to a right request; and a request whose path is set to
# a row that exists, or to what Django takes for another address, is not wrong any more.
load_all_checks()
EXCLUDED = [CHECKS.get_one(name) for name in ("positive_data_acceptance", "negative_data_rejection")]

DOCUMENT = api.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods]
METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(autouse=True)
def _one_connection():
    """Keep the test's connection open between requests, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def document():
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


@pytest.fixture
def rows(world, root, alice) -> dict[str, object]:
    """Something behind every address: requests for rows that do not exist get no further than that."""
    enrolment = EnrolmentFactory(cohort=world.cohort, user=alice)
    EnrolmentFactory(cohort=world.cohort, user=root, role=Role.INSTRUCTOR)
    return {
        "cohort": world.cohort.pk,
        "learner": alice.pk,
        "enrolment": enrolment.pk,
        "course": "course",
        "session": str(world.session(root).pk),
        "submission": str(world.submission(root, world.quiz, "pass").pk),
    }


@pytest.fixture
def headers(root) -> dict[str, str]:
    """An admin's, with every scope."""
    _token, text = create_token(by=root, name="schemathesis", scopes=Scope)
    return {"Authorization": f"Bearer {text}", "Accept-Encoding": "identity"}


@pytest.mark.parametrize("mode", GenerationMode)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_request_breaks_it(document, path, method, mode, rows, headers):
    operation = document[path][method]
    if mode == GenerationMode.NEGATIVE and not (operation.body or operation.path_parameters or operation.query):
        return  # nothing can be wrong with a request that says nothing

    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode), reaches=booleans())
    def ask(case, reaches):
        for name in set(case.path_parameters or {}) & set(rows) if reaches else ():
            case.path_parameters[name] = rows[name]
        case.call_and_validate(headers=headers, excluded_checks=EXCLUDED)

    ask()


def test_every_operation_is_asked():
    assert len(OPERATIONS) >= 28
    assert {method for _path, method in OPERATIONS} == METHODS
