"""Sending a list of people: looked at first, then done."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from factories import EnrolmentFactory

from accounts.models import User
from cohorts.models import Enrolment, Role
from tests.web.conftest import browser_of
from tests.web.payloads import PAYLOADS

TABLE = "nombre;apellidos;usuario\nMaría;García;\nIñaki;de la Peña;\nAlice;;alice\n"


@pytest.fixture
def path(world, ivy) -> str:
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    return f"/cohorts/{world.cohort.pk}/people/list/"


@pytest.fixture
def desk(ivy):
    return browser_of(ivy)


def digest_in(page: str) -> str:
    return re.search(r'name="digest" value="([0-9a-f]{64})"', page)[1]


def counts() -> tuple[int, int]:
    return User.objects.count(), Enrolment.objects.count()


def test_a_list_is_looked_at_and_then_taken_over(desk, path, world, alice):
    before = counts()

    preview = desk.post(path, {"text": TABLE})

    page = preview.content.decode()
    assert preview.status_code == 200
    assert "mgarcia" in page
    assert "2 new accounts" in page
    assert "Add 3 people" in page
    assert counts() == before

    done = desk.post(f"{path}confirm/", {"text": TABLE, "digest": digest_in(page)}, follow=True)
    assert "3 people were added." in done.content.decode()
    assert world.cohort.enrolments.filter(role=Role.LEARNER).count() == 3


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_a_file_is_read_however_it_was_saved(desk, path, alice, encoding):
    upload = SimpleUploadedFile("class.csv", TABLE.encode(encoding), "text/csv")

    page = desk.post(path, {"file": upload}).content.decode()

    assert "Iñaki de la Peña" in page
    assert "ipena" in page


def test_wrong_lines_are_named_and_nothing_can_be_confirmed(desk, path, alice):
    before = counts()

    answer = desk.post(path, {"text": f"{TABLE}Eva;;eva sol\n"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 5" in page
    assert "1 line has to be mended first" in page
    assert "digest" not in page
    assert "eva sol" in page  # in the field, to be mended
    desk.post(f"{path}confirm/", {"text": f"{TABLE}Eva;;eva sol\n", "digest": "0" * 64})
    assert counts() == before


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose a file or paste a list."),
        ({"text": "  "}, "Choose a file or paste a list."),
        ({"text": "no columns"}, "must name the columns"),
        ({"file": SimpleUploadedFile("x.csv", b"nombre\n" + b"a" * 300_000)}, "larger than 256 KiB"),
        ({"file": SimpleUploadedFile("x.xlsx", b"PK\x03\x04\x00\x00")}, "is no text"),
        ({"file": SimpleUploadedFile("x.csv", b"")}, "must name the columns"),
    ],
)
def test_what_is_no_list_gets_a_sentence(desk, path, sent, sentence):
    answer = desk.post(path, sent)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()


def test_what_changed_meanwhile_is_shown_again(desk, path, alice):
    digest = digest_in(desk.post(path, {"text": TABLE}).content.decode())
    User.objects.create(username="mgarcia")
    before = counts()

    answer = desk.post(f"{path}confirm/", {"text": TABLE, "digest": digest})

    page = answer.content.decode()
    assert "Meanwhile something changed" in page
    assert "mgarcia2" in page
    assert counts() == before


def test_nothing_in_a_list_is_a_program(desk, path):
    lines = "".join(f'"{payload.replace(chr(34), chr(34) * 2)}"\n' for payload in PAYLOADS if "\0" not in payload)

    for text in (f"nombre\n{lines}", "nombre;<img src=x onerror=alert(1)>\nAna;x\n"):
        page = desk.post(path, {"text": text}).content.decode()
        assert "<img src=x" not in page
        assert not re.search(r"<script>(?!$)[^<]*__xss", page)
        assert "<svg onload" not in page


def test_a_list_without_anybody_new_has_no_button(desk, path, world, ivy):
    page = desk.post(path, {"text": "usuario\nivy\n"}).content.decode()

    assert "There is nothing to do." in page
    assert "digest" not in page
