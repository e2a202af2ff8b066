"""The pages of a class at work, for who teaches it and for who learns in it."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from factories import EnrolmentFactory

from classroom.actions import ask_to_assist, raise_hand
from classroom.for_all import announce
from classroom.models import Announcement, Assistance, Dismissal, HelpRequest
from cohorts.models import Cohort, RevealedSolution, Role
from grading.models import CheckResult
from lab_sessions.models import WarmUp
from lab_sessions.transitions import State
from tests.web.conftest import browser_of
from tests.web.payloads import PAYLOADS


@pytest.fixture
def cohort(world, alice, ivy) -> Cohort:
    """Alice learns in it, Ivy teaches."""
    EnrolmentFactory(cohort=world.cohort, user=alice)
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    return world.cohort


@pytest.fixture
def teacher(ivy):
    return browser_of(ivy)


def now_of(cohort: Cohort, rest: str = "") -> str:
    return f"/cohorts/{cohort.pk}/now/{rest}"


def queries_of(client, path) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def test_the_view_asks_no_more_for_thirty_than_for_one(cohort, world, teacher):
    world.session(EnrolmentFactory(cohort=cohort).user)
    few = queries_of(teacher, now_of(cohort, "rows/"))
    for _each in range(29):
        user = EnrolmentFactory(cohort=cohort).user
        session = world.session(user)
        world.failed_check(world.submission(user, world.task, "fail", lab_session=session), expected="x")
        raise_hand(by=user, lesson_key=world.lesson.key)

    many = queries_of(teacher, now_of(cohort, "rows/"))

    # What a class without any fails does not ask for: the checks that failed.
    assert many <= few + 1


def test_a_hand_is_shown_taken_and_done(cohort, world, alice, ivy, teacher):
    hand = raise_hand(by=alice, lesson_key=world.lesson.key)
    assert "Hand up" in teacher.get(now_of(cohort)).content.decode()

    teacher.post(now_of(cohort, f"hands/{hand.pk}/take/"))
    assert "ivy is coming" in browser_of(alice).get(f"{world.path}class/").content.decode()
    teacher.post(now_of(cohort, f"hands/{hand.pk}/done/"))

    assert HelpRequest.objects.get().done_at is not None


def test_a_hand_goes_up_with_the_open_task_and_down(cohort, world, alice, htmx):
    world.submission(alice, world.task, "pass")

    shown = htmx.post(f"{world.path}class/hand/").content.decode()

    assert "No. 1" in shown
    assert HelpRequest.objects.get().exercise_key == world.answered.key
    assert "Raise hand" in htmx.post(f"{world.path}class/hand/lower/").content.decode()


def test_who_is_in_no_class_is_offered_no_hand(world, htmx):
    assert "Raise hand" not in htmx.get(world.path).content.decode()
    assert "You are in no class" in htmx.post(f"{world.path}class/hand/").content.decode()


def test_consent_is_asked_for_on_the_learners_page_and_stopped_there(cohort, world, alice, ivy, teacher, htmx):
    session = world.session(alice)
    teacher.post(now_of(cohort, f"lab-sessions/{session.pk}/ask/"), {"mode": "watch"})
    row = Assistance.objects.get()
    assert "ivy asks to watch your terminals." in htmx.get(world.path).content.decode()
    assert "muelle-terminals" not in teacher.get(now_of(cohort, f"lab-sessions/{session.pk}/")).content.decode()

    shown = htmx.post(f"{world.path}class/assistances/{row.pk}/allow/").content.decode()
    page = teacher.get(now_of(cohort, f"lab-sessions/{session.pk}/")).content.decode()

    assert "ivy is watching your terminals." in shown
    assert "data-watch" in page
    htmx.post(f"{world.path}class/assistances/{row.pk}/stop/")
    over = teacher.get(now_of(cohort, f"lab-sessions/{session.pk}/")).content.decode()
    assert "The learner stopped it." in over
    assert "muelle-terminals" not in over


def test_a_page_that_shows_it_already_is_not_drawn_anew(cohort, world, alice, ivy):
    session = world.session(alice)
    row = ask_to_assist(by=ivy, session=session, mode=Assistance.Mode.HELP)
    client = browser_of(ivy)
    path = now_of(cohort, f"lab-sessions/{session.pk}/")

    same = client.get(path, {"seen": f"asked-{row.pk}-ready"}, headers={"HX-Request": "true"})
    other = client.get(path, {"seen": "none--ready"}, headers={"HX-Request": "true"})

    assert (same.status_code, other.status_code) == (204, 200)


def test_unknown_ways_to_assist_do_not_exist(cohort, world, alice, teacher):
    path = now_of(cohort, f"lab-sessions/{world.session(alice).pk}/ask/")

    assert teacher.post(path, {"mode": "drive"}).status_code == 404


@pytest.mark.abuse
def test_what_machines_and_people_say_is_shown_as_text(cohort, world, alice, ivy, teacher, htmx):
    hostile = " ".join(PAYLOADS).replace("\0", "")[:450]
    alice.first_name = PAYLOADS[0][:150]
    alice.save()
    submission = world.submission(alice, world.task, "fail", answer={"text": hostile})
    world.failed_check(submission, expected=hostile, found=hostile, hint=hostile)
    CheckResult.objects.update(evidence={"output": hostile})
    announce(by=ivy, cohort=cohort, text=hostile, until=timezone.now() + timedelta(hours=1))

    pages = [
        teacher.get(now_of(cohort, f"learners/{alice.pk}/")),
        teacher.get(now_of(cohort)),
        htmx.get(f"{world.path}class/"),
    ]

    for page in pages:
        text = page.content.decode()
        assert "window.__xss" in text
        for payload in PAYLOADS:
            if "<" in payload:
                assert payload not in text


def test_tools_do_what_they_say(cohort, world, alice, ivy, teacher):
    session = world.session(alice)
    before = session.expires_at
    later = timezone.localtime() + timedelta(minutes=20)

    teacher.post(now_of(cohort, "say/"), {"say-text": "Look up.", "say-lesson": "", "say-minutes": "15"})
    warm = {"warm-lesson": world.lesson.key, "warm-sandboxes": "9", "warm-hours": "1"}
    teacher.post(now_of(cohort, "warm-ups/"), {**warm, "warm-starts_at": later.strftime("%Y-%m-%dT%H:%M")})
    teacher.post(now_of(cohort, "extend/"), {"labs-lesson": ""})
    teacher.post(now_of(cohort, "reveal/"), {"reveal-task": world.task.key})

    session.refresh_from_db()
    assert session.expires_at > before
    assert Announcement.objects.get().text == "Look up."
    assert (WarmUp.objects.get().sandboxes, WarmUp.objects.get().lab_key) == (9, world.lab.key)
    assert RevealedSolution.objects.get().exercise_key == world.task.key
    shown = teacher.get(now_of(cohort)).content.decode()
    assert "Look up." in shown
    assert "9 machines for “Lesson one”" in shown
    teacher.post(now_of(cohort, "end/"), {"labs-lesson": world.lesson.key})
    session.refresh_from_db()
    assert session.state == State.ENDING


def test_what_is_wrong_with_a_form_gets_a_sentence(cohort, teacher):
    answer = teacher.post(now_of(cohort, "say/"), {"say-text": "", "say-minutes": "7"}, follow=True)

    assert "Text: This field is required." in answer.content.decode()
    assert not Announcement.objects.exists()


def test_a_hint_is_put_away_by_who_reads_it(cohort, world, alice, ivy, htmx):
    row = announce(by=ivy, cohort=cohort, text="Look up.", until=timezone.now() + timedelta(hours=1))
    assert "Look up." in htmx.get(world.path).content.decode()

    assert "Look up." not in htmx.post(f"{world.path}class/announcements/{row.pk}/dismiss/").content.decode()

    assert Dismissal.objects.get().user == alice


def test_one_lab_gets_more_time_and_an_end(cohort, world, alice, teacher):
    session = world.session(alice)

    teacher.post(now_of(cohort, f"lab-sessions/{session.pk}/extend/"))
    teacher.post(now_of(cohort, f"lab-sessions/{session.pk}/end/"))

    session.refresh_from_db()
    assert (session.extensions, session.state, session.ended_reason) == (1, State.ENDING, "staff")


@pytest.mark.abuse
def test_a_lab_of_another_class_cannot_be_reached_through_ones_own(cohort, world, bob, teacher):
    foreign = world.session(bob)

    for rest, method in (("", teacher.get), ("ask/", teacher.post), ("extend/", teacher.post), ("end/", teacher.post)):
        assert method(now_of(cohort, f"lab-sessions/{foreign.pk}/{rest}")).status_code == 404
    assert teacher.get(now_of(cohort, f"learners/{bob.pk}/")).status_code == 404
    hand = HelpRequest.objects.create(
        learner=bob, lesson_key="a/b/c", asked_at=timezone.now(), until=timezone.now() + timedelta(hours=1)
    )
    assert teacher.post(now_of(cohort, f"hands/{hand.pk}/take/")).status_code == 404
