from datetime import timedelta

import pytest
from django.utils import timezone, translation

from audit.models import Entry
from lab_sessions.models import Drain, LabSession
from lab_sessions.timing import MAX_EXTENSIONS
from lab_sessions.transitions import State
from operations.models import SandboxUse
from tests.operations.test_queries import sample
from tests.web.conftest import browser_of

ROOM = "/operations/"


@pytest.fixture
def admin(root):
    return browser_of(root)


def ask(browser, path: str, **data):
    return browser.post(path, data, headers={"HX-Request": "true"})


def test_an_empty_server_says_so(admin, world):
    page = admin.get(ROOM).content.decode()

    assert "Nobody has a lab running." in page
    assert "There are no figures yet" in page
    assert "Lesson one" in page  # its pool
    assert "A shell, without network" in page


def test_figures_are_drawn_and_said(admin, world):
    sample(at=timezone.now() - timedelta(minutes=2), cpu=0.8, memory_used=1 << 30, memory_total=4 << 30)
    sample(at=timezone.now(), cpu=0.25, memory_used=1 << 30, memory_total=4 << 30)

    page = admin.get(ROOM).content.decode()

    assert 'aria-label="Processors: 25 % now, 80 % at most"' in page
    assert "1.0 GiB / 4.0 GiB" in page
    assert "There are no figures" not in page
    assert '<path class="curve" d="M' in page
    assert "The last day" in admin.get(f"{ROOM}?span=day").content.decode()
    assert "The last hour" in admin.get(f"{ROOM}?span=century").content.decode()


def test_old_figures_are_said_to_be(admin, world):
    sample(at=timezone.now() - timedelta(minutes=10))

    assert "10\xa0minutes old: the reconciler does not run" in admin.get(ROOM).content.decode()


def test_who_works_in_what(admin, world, alice):
    session = world.session(alice)
    SandboxUse.objects.create(
        sandbox=session.sandbox, at=timezone.now(), memory_bytes=64 << 20, memory_peak_bytes=64 << 20,
        memory_limit_bytes=512 << 20, cpu_seconds=1.0, cpus=0.4, pids=3,
    )  # fmt: skip

    part = admin.get(f"{ROOM}live/").content.decode()

    assert "<html" not in part
    assert "alice" in part
    assert "64 MiB" in part
    assert "40 %" in part
    assert 'width="12.5%"' in part
    assert "1 of 60 places" in part


def test_the_queue_is_counted(admin, world, alice, bob):
    world.session(alice, State.QUEUED)
    world.session(bob, State.QUEUED)

    assert "2 wait in the queue" in admin.get(ROOM).content.decode()


@pytest.mark.parametrize(
    ("phase", "words"), [("setup", "starts · Setting the exercises up"), ("engine", "starts · Waiting for the engine")]
)
def test_what_a_start_is_doing_is_said_in_words(admin, world, alice, phase, words):
    world.session(alice, State.STARTING, phase=phase)

    assert words in admin.get(ROOM).content.decode()


def test_a_session_is_ended(admin, world, alice, root):
    session = world.session(alice)

    part = ask(admin, f"{ROOM}lab-sessions/{session.pk}/end/").content.decode()

    session.refresh_from_db()
    assert (session.state, session.ended_reason) == (State.ENDING, "staff")
    assert 'id="live"' in part
    assert Entry.objects.filter(actor=root, action="end_lab_session", subject_id=session.pk).exists()


def test_without_scripts_it_is_ended_too(admin, world, alice):
    session = world.session(alice)

    answer = admin.post(f"{ROOM}lab-sessions/{session.pk}/end/")

    assert (answer.status_code, answer["Location"]) == (302, ROOM)
    assert not LabSession.objects.live().exists()


def test_a_session_is_extended_and_not_for_ever(admin, world, alice, root):
    session = world.session(alice, extensions=MAX_EXTENSIONS - 1)
    before = session.expires_at
    path = f"{ROOM}lab-sessions/{session.pk}/extend/"

    ask(admin, path)
    refused = ask(admin, path).content.decode()

    session.refresh_from_db()
    assert session.expires_at == before + timedelta(minutes=15)
    assert "cannot be given more time" in refused
    assert Entry.objects.filter(actor=root, action="extend_lab_session").count() == 1


def test_all_of_a_lesson_end(admin, world, alice, bob):
    world.session(alice)
    world.session(bob)
    assert "End all" in admin.get(ROOM).content.decode()

    ask(admin, f"{ROOM}labs/end/", lab=world.lab.key)

    assert not LabSession.objects.live().exists()


def test_a_session_that_never_was(admin):
    assert admin.post(f"{ROOM}lab-sessions/00000000-0000-4000-8000-000000000000/end/").status_code == 404


def test_drain_and_resume(admin, world, alice):
    admin.post(f"{ROOM}drain/", {"sentence": "Back at 10:00."})

    page = admin.get(ROOM).content.decode()
    assert "Drained since" in page
    assert "Back at 10:00." in page
    refused = browser_of(alice).post(f"{world.path}lab/start/", headers={"HX-Request": "true"}).content.decode()
    assert "Back at 10:00." in refused
    assert not LabSession.objects.exists()

    admin.post(f"{ROOM}resume/")
    assert not Drain.objects.on().exists()
    assert "Drained since" not in admin.get(ROOM).content.decode()


def test_words_that_are_too_many(admin, world):
    answer = admin.post(f"{ROOM}drain/", {"sentence": "x" * 301})

    assert answer.status_code == 422
    assert not Drain.objects.exists()


def test_spanish(admin, world):
    admin.cookies["language"] = "es"
    with translation.override("es"):
        page = admin.get(ROOM).content.decode()

    assert "<h1>Administración</h1>" in page
