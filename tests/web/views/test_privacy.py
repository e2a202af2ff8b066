"""What people can do about their own data."""

import io
import zipfile

from audit.models import Entry
from privacy.models import ErasureRequest


def test_the_page_says_what_is_kept(browser, alice, world):
    world.session(alice)
    world.submission(alice, world.answered, "fail")

    page = browser.get("/my-data/").content.decode()

    assert "<dt>Your lab sessions</dt><dd" in page
    assert "<dt>What you handed in</dt><dd" in page
    assert "Second factors" not in page


def test_the_zip_is_ones_own(browser, alice, bob, world):
    world.submission(bob, world.answered, "fail", answer={"text": "of bob"})

    response = browser.post("/my-data/export/")

    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="muelle-2')
    assert "no-store" in response.headers["Cache-Control"]
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert '"alice"' in archive.read("accounts-user.json").decode()
        assert not [name for name in archive.namelist() if b"of bob" in archive.read(name)]
    assert Entry.objects.get(action="export_person").actor == alice


def test_a_wish_is_noted_shown_and_can_be_taken_back(browser, alice):
    page = browser.post("/my-data/erasure/", follow=True).content.decode()

    assert ErasureRequest.objects.get().person == alice
    assert "Your request is noted." in page
    assert "You asked for it on" in page

    page = browser.post("/my-data/erasure/", {"withdraw": "1"}, follow=True).content.decode()

    assert not ErasureRequest.objects.exists()
    assert "Nothing was erased." in page
    assert "Ask to be erased" in page


def test_asking_erases_nothing_by_itself(browser, alice, world):
    world.submission(alice, world.answered, "fail", answer={"text": "mine"})

    browser.post("/my-data/erasure/")

    alice.refresh_from_db()
    assert alice.is_active
    assert alice.submissions.get().answer == {"text": "mine"}


def test_the_menu_leads_there(browser, world):
    assert 'href="/my-data/"' in browser.get("/progress/").content.decode()
