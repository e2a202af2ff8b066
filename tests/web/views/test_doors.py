"""Courses and lessons as a class has them: whose they are, when they are open, when their solutions are."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from factories import CourseFactory, EnrolmentFactory, LabFactory

from cohorts.models import Cohort, LessonRule, RevealedSolution, Role
from content.documents import LessonText, TaskPart
from courses.models import LessonText as LessonTextRow
from grading.actions import submit_exercise
from grading.models import Submission
from tests.web.conftest import browser_of

SOLUTION = "touch-the-solution-canary"


@pytest.fixture
def cohort(world, alice) -> Cohort:
    """Alice's class, which has the course."""
    EnrolmentFactory(cohort=world.cohort, user=alice)
    return world.cohort


@pytest.fixture
def shut(world, cohort):
    """Shut the lesson."""

    def decide(**rule) -> LessonRule:
        values = {"door": "shut", **rule}
        return LessonRule.objects.create(cohort=cohort, lesson_key=world.lesson.key, **values)

    return decide


@pytest.fixture
def solved(world):
    """Give both tasks a worked solution."""
    for row in LessonTextRow.objects.filter(lesson=world.lesson):
        text = LessonText.from_json(row.document)
        parts = tuple(
            replace(part, solution=f"<pre>{SOLUTION}-{part.slug}</pre>") if isinstance(part, TaskPart) else part
            for part in text.parts
        )
        row.document = replace(text, parts=parts).to_json()
        row.save()


def test_a_course_of_other_classes_does_not_exist(world, alice):
    EnrolmentFactory(user=alice)
    client = browser_of(alice)

    for path in ("/courses/course/", world.path, f"{world.path}states/", f"{world.path}lab/"):
        assert client.get(path).status_code == 404, path
    assert client.post(world.submit_path(world.quiz), {"choice": "0"}).status_code == 404
    assert client.post(f"{world.path}lab/start/").status_code in (403, 404)
    assert "/courses/course/" not in client.get("/").content.decode()
    assert "/courses/course/" not in client.get("/progress/").content.decode()
    assert not Submission.objects.exists()
    assert not alice.lab_sessions.exists()


def test_who_is_in_no_class_reads_where_the_installation_is_open(world, browser, settings):
    assert browser.get(world.path).status_code == 200

    settings.MUELLE_OPEN_COURSES = False
    assert browser.get(world.path).status_code == 404


def test_who_teaches_reads_everything(world, bob):
    CourseFactory()
    EnrolmentFactory(user=bob, role=Role.ASSISTANT)

    assert browser_of(bob).get(world.path).status_code == 200


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({}, "Your instructor has shut this lesson for now."),
        ({"door": "date", "opens_at": timezone.now() + timedelta(days=500)}, "This lesson opens on"),
        ({"door": "date", "closes_at": timezone.now() - timedelta(days=1)}, "This lesson has been shut since"),
    ],
)
def test_a_lesson_that_is_shut_says_until_or_since_when(browser, world, shut, rule, words):
    shut(**rule)

    answer = browser.get(world.path)

    page = answer.content.decode()
    assert answer.status_code == 403
    assert words in page
    assert 'href="/courses/course/"' in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Make it." not in page


def test_every_way_into_a_lesson_that_is_shut_is_shut(browser, world, shut, alice, woken):
    shut()

    for path in (world.path, f"{world.path}states/", f"{world.path}lab/"):
        assert browser.get(path).status_code == 403, path
    assert browser.post(world.submit_path(world.quiz), {"choice": "0"}).status_code == 403
    assert browser.post(f"{world.path}lab/start/").status_code == 403
    with pytest.raises(PermissionDenied):
        submit_exercise(by=alice, exercise=world.quiz, answer={"choices": [0]})
    assert not Submission.objects.exists()
    assert not alice.lab_sessions.exists()
    assert woken == []


def test_a_page_that_is_open_still_is_loaded_anew(htmx, world, shut):
    shut()

    for answer in (htmx.get(f"{world.path}states/"), htmx.post(world.submit_path(world.quiz), {"choice": "0"})):
        assert (answer.status_code, answer.headers["HX-Refresh"]) == (403, "true")


def test_who_has_the_lab_running_works_on_until_it_ends(browser, world, shut, alice):
    session = world.session(alice)
    shut()

    assert browser.get(world.path).status_code == 200
    browser.post(world.submit_path(world.task))
    assert Submission.objects.filter(learner=alice, exercise=world.task).exists()

    type(session).objects.filter(pk=session.pk).update(state="ended")
    assert browser.get(world.path).status_code == 403


def test_the_course_shows_what_is_shut_and_goes_round_it(browser, world, shut):
    LabFactory(lesson__chapter=world.lesson.chapter, lesson__number=2)
    shut(door="date", opens_at=timezone.now() + timedelta(days=500))

    page = browser.get("/courses/course/").content.decode()

    assert "Opens on" in page
    assert f'class="button primary large" href="{world.path}"' not in page


def test_instructors_read_what_is_shut(world, shut, bob, cohort):
    shut()
    EnrolmentFactory(cohort=cohort, user=bob, role=Role.INSTRUCTOR)

    assert browser_of(bob).get(world.path).status_code == 200


def everything(browser, world, alice) -> str:
    """Return every answer of the site that has to do with the lesson, in one."""
    submission = world.submission(alice, world.answered, "fail")
    world.failed_check(submission, expected="That", found="Nothing", hint="Try")
    paths = [
        world.path, f"{world.path}states/", f"{world.path}lab/", "/courses/course/", "/", "/progress/",
        f"/submissions/{submission.pk}/",
    ]  # fmt: skip
    answers = [browser.get(path, headers=headers) for path in paths for headers in ({}, {"HX-Request": "true"})]
    answers += [browser.post(world.submit_path(world.answered), {"text": "x"}, headers={"HX-Request": "true"})]
    return "".join(answer.content.decode() for answer in answers)


@pytest.mark.parametrize(
    "policy",
    [
        {},
        {"solutions": "after_pass"},
        {"solutions": "after_date", "solutions_at": timezone.now() + timedelta(days=500)},
    ],
)
def test_no_answer_of_the_site_holds_a_solution_that_is_not_open(browser, world, cohort, solved, alice, policy):
    Cohort.objects.filter(pk=cohort.pk).update(**policy)
    world.session(alice)

    assert SOLUTION not in everything(browser, world, alice)
    assert "note.txt" not in everything(browser, world, alice)  # of the lab's own steps


def test_who_is_in_no_class_sees_no_solution(browser, world, solved, alice):
    world.submission(alice, world.task, "pass")

    assert SOLUTION not in everything(browser, world, alice)


def test_after_passing_a_task_its_own_solution_is_shown(browser, world, cohort, solved, alice):
    Cohort.objects.filter(pk=cohort.pk).update(solutions="after_pass")
    world.submission(alice, world.task, "pass")

    page = browser.get(world.path).content.decode()

    assert f"{SOLUTION}-make-file" in page
    assert f"{SOLUTION}-find-word" not in page
    assert "The solution" in page


def test_after_the_date_all_are_shown_to_the_class_and_to_nobody_else(browser, world, cohort, solved, bob):
    since = timezone.now() - timedelta(minutes=1)
    Cohort.objects.filter(pk=cohort.pk).update(solutions="after_date", solutions_at=since)

    assert browser.get(world.path).content.decode().count(SOLUTION) == 2
    assert SOLUTION not in browser_of(bob).get(world.path).content.decode()


def test_one_that_was_revealed_by_hand_is_shown(browser, world, cohort, solved):
    RevealedSolution.objects.create(cohort=cohort, exercise_key=world.answered.key)

    page = browser.get(world.path).content.decode()

    assert f"{SOLUTION}-find-word" in page
    assert f"{SOLUTION}-make-file" not in page
