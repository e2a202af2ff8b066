"""E10: what somebody writes into a request is text, and no field of a row, no template and no SQL."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.models import User
from api.actions import create_token
from api.scopes import Scope
from cohorts.models import Enrolment
from grading.models import Submission
from lab_sessions.models import LabSession
from tests.abuse.anybodys_actions import PLATFORM
from tests.abuse.syntax import called
from tests.rights.conftest import cast
from tests.rights.people import Cast
from tests.rights.test_api import BODIES, DOCUMENT, OPERATIONS, known
from tests.rights.test_pages import paths
from tests.web.conftest import _one_image, browser_of, woken, world

__all__ = ["_one_image", "cast", "known", "paths", "woken", "world"]

pytestmark = [pytest.mark.abuse, pytest.mark.django_db]

# Modules with statements of their own, none of which has a text from a request in it.
STATEMENTS = {
    "audit/permanence.py", "operations/doctor/gathering.py", "privacy/traces.py", "web/monitoring/readiness.py",
    "web/views/health.py",
}  # fmt: skip
# What decides who somebody is and what they earned.
SPOILS: dict[str, Any] = {
    "role": "instructor", "is_staff": "1", "is_superuser": "1", "is_active": "0", "user": "1", "id": "1", "pk": "1",
    "verdict": "pass", "state": "done", "earned": "99", "judged_by": "1", "late": "0", "owner": "x", "learner": "1",
    "cohort": "1", "digest": "x", "groups": "1", "user_permissions": "1", "generation": "9", "expires_at": "2099-01-01",
}  # fmt: skip
TEMPLATES = ("{{7*7}}", "{{ 7|add:42 }}", "{% debug %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{ settings.SECRET_KEY }}")


def spoils() -> dict[str, set[tuple[Any, ...]]]:
    """What a field that is taken over would change."""
    return {
        "people": set(User.objects.values_list("pk", "username", "is_staff", "is_superuser", "is_active")),
        "places": set(Enrolment.objects.values_list("pk", "user", "cohort", "role")),
        "results": set(Submission.objects.exclude(verdict="").values_list("pk", "learner", "verdict", "points")),
        "labs": set(LabSession.objects.values_list("pk", "learner", "generation")),
    }


@pytest.mark.parametrize("person", ["learner", "classmate", "assistant"])
def test_e10_no_form_takes_a_field_that_is_not_its_own(cast: Cast, paths: dict[str, str], person: str) -> None:
    before = spoils()
    plain = {"text": "x", "choice": "0", "language": "es", "theme": "dark", "name": "x", "scopes": "me", "days": "30"}
    for name, path in paths.items():
        with transaction.atomic():
            browser_of(cast.by_name[person], raise_request_exception=False).post(path, {**SPOILS, "points": 9, **plain})
            after = spoils()
            transaction.set_rollback(True)
        after["labs"] &= before["labs"]  # one may start a lab
        assert {key: after[key] for key in before if key != "labs"} == {
            key: before[key] for key in before if key != "labs"
        }, name


@pytest.mark.parametrize("person", ["learner", "instructor"])
def test_e10_the_api_refuses_fields_that_it_does_not_have(cast: Cast, known: dict[str, object], person: str) -> None:
    _token, secret = create_token(by=cast.by_name[person], name="x", scopes=Scope)
    program = Client(headers={"Authorization": f"Bearer {secret}"}, raise_request_exception=False)
    before = spoils()
    plain: set[int] = set()

    for path, method in OPERATIONS:
        if (body := BODIES.get(path)) is None or method not in ("post", "put", "patch"):
            continue
        for name in sorted(set(SPOILS) - _fields_of(path, method)):
            answer = _ask(program, method, path.format(**known), {**body, name: SPOILS[name]})
            assert (answer, name) == (422, name), path
        with transaction.atomic():
            plain.add(_ask(program, method, path.format(**known), body))
            transaction.set_rollback(True)

    assert spoils() == before
    assert plain & {200, 201}, "The control: without such fields it is done."


def _fields_of(path: str, method: str) -> set[str]:
    schema = DOCUMENT["paths"][path][method]["requestBody"]["content"]["application/json"]["schema"]
    return set(DOCUMENT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]["properties"])


def _ask(program: Client, method: str, path: str, body: dict[str, Any]) -> int:
    return int(getattr(program, method)(path, data=body, content_type="application/json").status_code)


@pytest.mark.parametrize("template", TEMPLATES)
def test_e10_a_template_stays_text(cast: Cast, template: str) -> None:
    alice, ivy = cast.alice, cast.by_name["instructor"]
    User.objects.filter(pk=alice.pk).update(first_name=template)
    cast.world.cohort.name = template
    cast.world.cohort.save()

    pages = [
        browser_of(alice).get("/progress/"),
        browser_of(ivy).get("/cohorts/"),
        browser_of(ivy).get(f"/cohorts/{cast.world.cohort.pk}/"),
        browser_of(ivy).get(f"/cohorts/{cast.world.cohort.pk}/grades/"),
        browser_of(None).post("/sign-in/", {"username": template, "password": "x"}),
    ]

    shown = [page.content.decode() for page in pages]
    literal = template.replace("<", "&lt;").replace(">", "&gt;")
    assert all(literal in text for text in shown[2:]), "The control: it is shown, as it was written."
    for text in shown:
        assert settings.SECRET_KEY not in text
        assert ">49<" not in text


@pytest.mark.parametrize("name", ["' OR 1=1 --", "alice' --", "'; DROP TABLE accounts_user; --", 'a" OR ""="', "%"])
def test_e10_no_sql_is_made_of_what_is_typed(cast: Cast, name: str) -> None:
    browser = browser_of(None)
    browser.post("/sign-in/", {"username": name, "password": name})
    browser.post("/sign-in/class/", {"code": name, "pin": name})

    assert "_auth_user_id" not in browser.session
    # The control: a right name and password do sign in.
    browser.post("/sign-in/", {"username": "classmate", "password": "classmate-password"})
    assert browser.session["_auth_user_id"] == str(cast.by_name["classmate"].pk)


def test_e10_no_code_writes_sql_or_trusts_text() -> None:
    """`mark_safe` where HTML was sanitised or is ours; SQL of our own where the database is asked for its health."""
    trusted, sql = set(), set()
    for path in PLATFORM.rglob("*.py"):
        if "migrations" in path.parts:
            continue
        name, calls = str(path.relative_to(PLATFORM)), set(called(ast.parse(path.read_text(encoding="utf-8"))))
        trusted |= {name} if calls & {"mark_safe", "SafeString"} else set()
        sql |= {name} if calls & {"raw", "extra", "RawSQL", "cursor", "execute"} else set()

    assert trusted == {"web/blocks.py", "web/templatetags/muelle.py", "web/texts.py"}
    assert sql <= STATEMENTS
