"""What must hold for every address of the site, whoever adds the next one."""

import pytest
from django.apps import apps

from config.sign_in import oidc_providers
from grading.models import CheckResult, Submission
from progress.queries import standings
from tests.web.conftest import browser_of
from tests.web.html import Structure
from tests.web.routes import Route, all_routes, path_of
from web.views import courses

ALWAYS = all_routes()
# Programs show tokens and no cookies; what holds for them stands in tests/api.
ROUTES = [route for route in ALWAYS if not route.name.startswith(("api:", "nothing"))]
# What settings add (MUELLE_TOTP, MUELLE_OIDC_*) must be as good as what is always there.
ASKED_FOR = [route for route in all_routes("tests.web.every_url") if route not in ALWAYS]
OPEN = {
    "healthz", "readyz", "metrics", "accounts:sign_in", "accounts:sign_in_class", "accounts:preferences",
    "devices:trial", "devices:certificate", "devices:certificate_file",
    "account_inactive", "openid_connect_login", "openid_connect_callback", "socialaccount_login_cancelled",
}  # fmt: skip


@pytest.fixture
def path(world, alice, request, settings):
    """The path of the route under test, with rows of Alice behind it."""
    if request.param in ASKED_FOR:
        settings.ROOT_URLCONF, settings.MUELLE_TOTP = "tests.web.every_url", True
        settings.MUELLE_OIDC_SERVER_URL = "https://id.example.org"
        settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(
            server_url="https://id.example.org", client_id="muelle", secret="secret", name="Liceo"
        )
    session = world.session(alice)
    submission = world.submission(alice, world.answered, "fail", lab_session=session)
    return path_of(request.param, world, session=session.pk, submission=submission.pk, person=alice.pk)


def every_route(test, *, but: frozenset[str] = frozenset()):
    chosen = [route for route in ROUTES + ASKED_FOR if route.name not in but]
    return pytest.mark.parametrize("path", chosen, indirect=True, ids=lambda route: route.name)(test)


def every_route_of_people(test):
    return every_route(test, but=frozenset(OPEN))


def all_rows() -> dict[str, list[dict[str, object]]]:
    """Return the whole database."""
    return {model.__name__: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}


def test_the_walker_sees_the_site():
    assert Route("lab_sessions:start", ("course", "chapter", "lesson")) in ROUTES
    assert len(ROUTES) >= 18
    assert Route("mfa_authenticate", ()) in ASKED_FOR
    assert Route("openid_connect_callback", ()) in ASKED_FOR


@every_route
def test_a_post_without_csrf_proof_is_refused(path, alice):
    client = browser_of(alice, enforce_csrf_checks=True)

    before = all_rows()
    response = client.post(path, {"language": "es"})

    assert response.status_code == 403
    assert all_rows() == before


@every_route
def test_a_get_writes_nothing(path, alice):
    client = browser_of(alice)
    before = all_rows()

    for headers in ({}, {"HX-Request": "true"}):
        client.get(path, headers=headers)

    assert all_rows() == before


@every_route_of_people
def test_strangers_learn_nothing(path):
    response = browser_of(None).get(path)

    assert response.status_code in (302, 405)
    assert not response.content


FORGED = {
    "verdict": "pass",
    "points": "100",
    "state": "done",
    "origin": "auto",
    "passed": "true",
    "score": "100",
    "learner": "1",
    "is_staff": "true",
    "is_superuser": "true",
    "generation": "7",
    "results": '[{"verdict": "pass"}]',
    "text": "anything",
    "theme": "dark",
}


@every_route
def test_no_address_accepts_a_verdict(path, world, alice):
    client = browser_of(alice)

    for method in (client.post, client.put, client.patch, client.delete):
        method(path, FORGED)
        method(path, FORGED, content_type="application/json") if method is not client.post else None

    assert not CheckResult.objects.exists()
    assert not Submission.objects.passed().exists()
    assert all(not standing.earned for standing in standings(alice, [world.task, world.answered, world.quiz]).values())
    alice.refresh_from_db()
    assert (alice.is_staff, alice.is_superuser) == (False, False)


def assert_guarded(response):
    """Assert the headers that every answer has, and that nothing in the page needs them loosened."""
    policy = dict(part.strip().split(" ", 1) for part in response.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["X-Frame-Options"] == "DENY"
    page = Structure(response.content.decode())
    for tag, attributes in page.elements:
        assert not any(name == "style" or name.startswith(("on", "hx-on")) for name in attributes), (tag, attributes)
        assert tag not in ("style", "base", "iframe", "object", "embed")
    for script in page.all("script"):
        assert script.get("type") == "application/json" or script["src"].startswith("/static/")


@every_route
def test_every_answer_is_guarded(path, alice):
    assert_guarded(browser_of(alice).get(path))
    assert_guarded(browser_of(None).get(path))


def test_error_pages_are_guarded(alice, world, monkeypatch):
    client = browser_of(alice, raise_request_exception=False)
    monkeypatch.setattr(courses, "courses_for", lambda _user: 1 / 0)

    answers = {
        404: client.get("/nothing/"),
        500: client.get("/"),
        400: client.post("/preferences/", {"theme": "pink"}),
        405: client.get("/sign-out/"),
        403: browser_of(alice, enforce_csrf_checks=True).post("/sign-out/"),
    }

    assert {status: response.status_code for status, response in answers.items()} == {each: each for each in answers}
    for response in answers.values():
        assert_guarded(response)


@every_route
def test_cookies_are_guarded(path, alice):
    response = browser_of(alice).get(path)

    for name, cookie in response.cookies.items():
        assert cookie["samesite"] == "Lax"
        assert cookie["httponly"] or name.startswith("csrftoken")
