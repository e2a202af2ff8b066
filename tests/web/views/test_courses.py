"""The courses, and one course."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import CourseFactory, LabFactory, LessonFactory, LessonTextFactory

from lab_sessions.transitions import State
from tests.web.html import Structure


def test_shows_the_only_course_at_once(browser, world):
    assert browser.get("/").headers["Location"] == "/courses/course/"


def test_lists_several_courses(browser, world):
    LabFactory(lesson__chapter__revision__titles={"es": "Otro curso", "en": "Another course"})

    page = Structure(browser.get("/").content.decode())

    assert page.all("a", href="/courses/course/")
    assert "Another course" in page.text


def test_says_what_to_do_where_there_is_no_course(browser):
    assert "There are no courses here yet." in browser.get("/").content.decode()


def test_a_course_without_a_revision_is_not_shown(browser):
    course = CourseFactory()

    assert browser.get(f"/courses/{course.slug}/").status_code == 404
    assert browser.get("/").status_code == 200


def test_a_new_learner_begins_with_the_first_lesson(browser, world):
    page = Structure(browser.get("/courses/course/").content.decode())

    assert "Begin here" in page.text
    assert "0 of 5 points" in page.text
    assert len(page.all("a", href=world.path)) == 2  # the button and the list


def test_shows_points_and_where_to_go_on(browser, world, alice):
    world.submission(alice, world.task, "pass")

    page = Structure(browser.get("/courses/course/").content.decode())

    assert "2 of 5 points" in page.text
    assert "Continue" in page.text
    assert page.all("span", data_state="partial")


def test_shows_nothing_of_somebody_else(browser, world, bob):
    world.submission(bob, world.task, "pass")
    world.session(bob)

    page = Structure(browser.get("/courses/course/").content.decode())

    assert "0 of 5 points" in page.text
    assert "Running now" not in page.text


def test_a_running_lab_is_where_to_go_on(browser, world, alice):
    other = LessonFactory(chapter=world.lesson.chapter, slug="zz-second", number=2)
    LessonTextFactory(lesson=other, language="en", title="Second")
    lab = LabFactory(lesson=other)
    world.session(alice, State.QUEUED, lab=lab, lab_key=lab.key)

    page = Structure(browser.get("/courses/course/").content.decode())

    assert "Running now" in page.text
    assert len(page.all("a", href=f"/courses/{other.key}/")) == 2


def test_says_when_everything_is_done(browser, world, alice):
    for exercise in (world.task, world.answered, world.quiz):
        world.submission(alice, exercise, "pass")

    page = Structure(browser.get("/courses/course/").content.decode())

    assert "You have done everything in this course." in page.text


@pytest.mark.parametrize("lessons", [1, 12])
def test_asks_the_database_as_often_for_a_long_course(browser, world, lessons):
    for number in range(2, 2 + lessons):
        LessonTextFactory(lesson=LessonFactory(chapter=world.lesson.chapter, number=number))
    browser.get("/courses/course/")

    with CaptureQueriesContext(connection) as queries:
        browser.get("/courses/course/")

    assert len(queries) <= 14


def test_titles_follow_the_language(browser, world):
    browser.cookies["language"] = "es"

    assert "Lección uno" in browser.get("/courses/course/").content.decode()
