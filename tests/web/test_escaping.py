"""Whatever a learner can write, shown on every page that shows it, stays text."""

from collections.abc import Callable

from grading.models import Verdict
from tests.web.html import Structure
from tests.web.payloads import PAYLOADS

HARMLESS = "harmless"


def what_escapes(show: Callable[[str], list[str]]) -> list[str]:
    """Return the payloads with which pages have other elements or attributes than with a harmless text.

    `show` puts a text where it belongs and returns the pages that show it.
    """
    expected = [Structure(html).outline for html in show(HARMLESS)]
    return [payload for payload in PAYLOADS if [Structure(html).outline for html in show(payload)] != expected]


def test_what_a_check_found_stays_text(htmx, world, alice):
    submission = world.submission(alice, world.task, Verdict.FAIL)
    check = world.failed_check(submission, expected=HARMLESS, found=HARMLESS, hint=HARMLESS)

    def show(text: str) -> list[str]:
        stored = text.replace("\0", " ")  # grading cleans what it stores, and PostgreSQL holds no NUL
        check.expected = check.found = check.hint = {"es": stored, "en": stored}
        check.save()
        return [htmx.get(f"/submissions/{submission.pk}/").content.decode()]

    assert what_escapes(show) == []
    assert "window.__xss" in show(PAYLOADS[0])[0]


def test_an_answer_stays_in_its_field(htmx, world, alice):
    submission = world.submission(alice, world.answered)
    world.session(alice)

    def show(text: str) -> list[str]:
        stored = text.replace("\0", " ")  # as `clean_text` stores it
        submission.answer = {"text": stored}
        submission.save()
        html = htmx.get(world.path).content.decode()
        assert Structure(html).one("input", form="form-find-word")["value"] == stored
        return [html, htmx.get(f"/submissions/{submission.pk}/").content.decode()]

    assert what_escapes(show) == []


def test_a_name_stays_text_on_every_page(htmx, world, alice):
    def show(text: str) -> list[str]:
        alice.first_name = text.replace("\0", "")[:150]
        alice.save()
        pages = ["/courses/course/", "/progress/", world.path, "/nothing/"]
        return [htmx.get(page).content.decode() for page in pages]

    assert what_escapes(show) == []


def test_an_address_stays_text(htmx, world):
    def show(text: str) -> list[str]:
        return [htmx.get("/nothing/", {"q": text}).content.decode()]

    assert what_escapes(show) == []


def test_what_the_sign_in_form_is_sent_stays_text(db, client):
    def show(text: str) -> list[str]:
        fields = {"username": text.replace("\0", ""), "password": "x", "next": text}
        return [client.post("/sign-in/", fields).content.decode()]

    assert what_escapes(show) == []
