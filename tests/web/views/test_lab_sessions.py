"""The lab's half of the page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone
from factories import SandboxFactory

from content.documents import LabDocument, PortDocument
from lab_sessions.models import LabSession
from lab_sessions.timing import MAX_EXTENSIONS
from lab_sessions.transitions import State
from tests.web.conftest import browser_of
from tests.web.html import Structure


def pane(browser, world, seen: str = "") -> Structure:
    return Structure(browser.get(f"{world.path}lab/", {"seen": seen}).content.decode())


def test_before_the_start_it_says_what_the_machine_is(htmx, world):
    page = pane(htmx, world)

    assert page.one("section", id="lab")["data-state"] == "idle"
    assert "45 minutes; you can ask for more" in page.text
    assert "it ends after 15 minutes" in page.text
    assert page.one("form", data_starts="")["action"] == f"{world.path}lab/start/"


def test_starts_once_however_often_it_is_pressed(htmx, world, alice):
    first = htmx.post(f"{world.path}lab/start/")
    htmx.post(f"{world.path}lab/start/")

    session = LabSession.objects.get()
    assert (session.learner, session.state) == (alice, State.STARTING)
    assert 'data-state="starting"' in first.content.decode()


def test_a_warm_machine_shows_its_terminal_at_once(htmx, world):
    SandboxFactory(lab=world.lab, values={"port": "8123"})

    page = Structure(htmx.post(f"{world.path}lab/start/").content.decode())

    session = LabSession.objects.get()
    assert session.state == State.READY
    assert page.one("muelle-terminals")["data-url"] == f"/ws/terminal/{session.pk}/"
    assert page.one("section", id="lab")["data-values"] == '{"port": "8123"}'


def test_a_lab_with_an_engine_says_what_it_has_and_what_it_starts(htmx, world, alice):
    world.lab.document["profile"] = "engine"
    world.lab.save()

    before = pane(htmx, world).text
    world.session(alice, State.STARTING, phase="docker")
    starting = pane(htmx, world)

    assert "2 GiB" in before
    assert "Only the lab's own registry and package mirror" in before
    assert "Starting its Docker" in starting.text
    assert [len(starting.all("li", data_step=step)) for step in ("done", "now", "open")] == [2, 1, 2]


def test_a_start_that_is_not_possible_gets_a_sentence(htmx, world, settings):
    settings.MUELLE_IMAGES = {}

    response = htmx.post(f"{world.path}lab/start/")

    assert "image is not installed" in response.content.decode()
    assert not LabSession.objects.exists()


def test_without_scripts_it_leads_back_to_the_lesson(browser, world, settings):
    settings.MUELLE_IMAGES = {}

    response = browser.post(f"{world.path}lab/start/", follow=True)

    assert response.redirect_chain == [(world.path, 302)]
    assert "image is not installed" in response.content.decode()


def test_a_lesson_without_a_lab_starts_none(htmx, world):
    world.lab.delete()

    assert htmx.post(f"{world.path}lab/start/").status_code == 404


@pytest.mark.parametrize(
    ("phase", "done", "waits"), [("creating", 0, False), ("setup", 2, False), ("files", 3, False), ("engine", 0, True)]
)
def test_a_start_shows_what_it_does(htmx, world, alice, phase, done, waits):
    world.session(alice, State.STARTING, phase=phase)

    page = pane(htmx, world)

    assert [len(page.all("li", data_step=step)) for step in ("done", "now", "open")] == [done, 1, 3 - done]
    assert ("slow to answer" in page.text) == waits


def test_a_queue_shows_ones_own_place(htmx, world, alice, bob):
    world.session(bob, State.QUEUED)
    session = world.session(alice, State.QUEUED)

    page = pane(htmx, world)

    assert "You are number 2 in the queue." in page.text
    assert page.all("form", action=f"/lab-sessions/{session.pk}/end/")


def test_a_failure_is_a_sentence_and_a_way_on(htmx, world, alice):
    world.session(
        alice, State.FAILED, failure="The lab started but does not answer. Try again.", ended_at=timezone.now()
    )

    page = pane(htmx, world)

    assert "does not answer. Try again." in page.text
    assert page.all("form", data_starts="")


def test_an_end_says_why(htmx, world, alice):
    world.session(alice, State.ENDED, ended_reason="idle", ended_at=timezone.now())

    assert "Nobody used it for a while." in pane(htmx, world).text


def test_the_end_of_yesterday_is_not_news(htmx, world, alice):
    world.session(alice, State.ENDED, ended_reason="idle", ended_at=timezone.now() - timedelta(hours=20))

    assert pane(htmx, world).one("section", id="lab")["data-state"] == "idle"


def test_a_pane_that_is_shown_already_is_not_drawn_again(htmx, world, alice):
    world.session(alice)
    seen = htmx.get(f"{world.path}lab/").context["pane"].seen

    world.submission(alice, world.task, "pass")

    assert htmx.get(f"{world.path}lab/", {"seen": seen}).status_code == 204


def test_a_reset_draws_it_anew(htmx, world, alice):
    session = world.session(alice)
    seen = htmx.get(f"{world.path}lab/").context["pane"].seen

    response = htmx.post(f"/lab-sessions/{session.pk}/reset/")

    session.refresh_from_db()
    assert (session.state, session.generation) == (State.STARTING, 2)
    assert response.context["pane"].seen != seen


def test_a_reset_that_is_not_possible_gets_a_sentence(htmx, world, alice):
    session = world.session(alice, State.QUEUED)

    assert "cannot be reset now" in htmx.post(f"/lab-sessions/{session.pk}/reset/").content.decode()


def test_ends(htmx, world, alice):
    session = world.session(alice)

    page = Structure(htmx.post(f"/lab-sessions/{session.pk}/end/").content.decode())

    session.refresh_from_db()
    assert session.state == State.ENDING
    assert "You ended it." in page.text


def test_the_clock_is_quiet_while_there_is_time(htmx, world, alice):
    session = world.session(alice)

    page = Structure(htmx.get(f"/lab-sessions/{session.pk}/clock/").content.decode())

    assert "40 min left" in page.text
    assert not page.all("button")


def test_the_clock_offers_more_time_near_the_end(htmx, world, alice):
    session = world.session(alice, expires_at=timezone.now() + timedelta(minutes=4))

    page = Structure(htmx.get(f"/lab-sessions/{session.pk}/clock/").content.decode())

    assert page.all("form", action=f"/lab-sessions/{session.pk}/extend/")
    assert "Give it 15 more minutes" in page.text


def test_extends(htmx, world, alice):
    session = world.session(alice, expires_at=timezone.now() + timedelta(minutes=4))

    page = Structure(htmx.post(f"/lab-sessions/{session.pk}/extend/").content.decode())

    assert "19 min left" in page.text
    assert not page.all("button")


def test_after_the_last_extension_it_says_so(htmx, world, alice):
    soon = timezone.now() + timedelta(minutes=4)
    session = world.session(alice, expires_at=soon, extensions=MAX_EXTENSIONS)

    page = Structure(htmx.get(f"/lab-sessions/{session.pk}/clock/").content.decode())
    refused = Structure(htmx.post(f"/lab-sessions/{session.pk}/extend/").content.decode())

    assert "cannot be given more time" in page.text
    assert not page.all("button")
    assert "has had all its extensions" in refused.text


def test_an_idle_lab_asks_whether_anybody_is_there(htmx, world, alice):
    session = world.session(alice, idle_at=timezone.now() + timedelta(minutes=3))

    asked = Structure(htmx.get(f"/lab-sessions/{session.pk}/clock/").content.decode())
    answered = Structure(htmx.post(f"/lab-sessions/{session.pk}/keep/").content.decode())

    assert asked.all("form", action=f"/lab-sessions/{session.pk}/keep/")
    assert not answered.all("button")


def test_a_session_that_is_not_ready_has_no_clock(htmx, world, alice):
    session = world.session(alice, State.STARTING)

    page = Structure(htmx.get(f"/lab-sessions/{session.pk}/clock/").content.decode())

    assert "left" not in page.text
    assert "every 1s" in page.one("div", id="clock")["hx-trigger"]


@pytest.mark.parametrize("action", ["reset", "end", "extend", "keep"])
def test_nobody_touches_the_session_of_somebody_else(world, alice, bob, action):
    session = world.session(alice)
    before = LabSession.objects.values().get()

    response = browser_of(bob).post(f"/lab-sessions/{session.pk}/{action}/")

    assert response.status_code == 404
    assert LabSession.objects.values().get() == before


def test_nobody_reads_the_clock_of_somebody_else(world, alice, bob):
    session = world.session(alice)

    assert browser_of(bob).get(f"/lab-sessions/{session.pk}/clock/").status_code == 404


def test_nobody_sees_the_lab_of_somebody_else(world, alice, bob):
    world.session(alice)

    page = pane(browser_of(bob), world)

    assert page.one("section", id="lab")["data-state"] == "idle"


def test_a_session_that_never_was_looks_the_same(htmx):
    assert htmx.post("/lab-sessions/6f1f0f2e-0000-4000-8000-000000000000/end/").status_code == 404


def test_a_ready_lab_offers_its_ports_and_any_other(htmx, world, alice):
    declared = (PortDocument(port="${port}", title={"es": "Servidor", "en": "Server"}),)
    world.lab.document = replace(LabDocument.from_json(world.lab.document), ports=declared).to_json()
    world.lab.save()
    session = world.session(alice)

    page = pane(htmx, world)

    forms = [form for form in page.all("form") if form["action"] == f"/lab-sessions/{session.pk}/ports/"]
    assert [(form["method"], form["target"], form["rel"]) for form in forms] == [("post", "_blank", "noopener")] * 2
    assert page.one("button", name="port")["value"] == "8765"
    assert "Server 8765" in page.text
    assert page.one("input", name="port")["min"] == "1024"


def test_a_lab_that_is_not_running_offers_no_ports(htmx, world):
    assert not [form for form in pane(htmx, world).all("form") if "ports" in form["action"]]
