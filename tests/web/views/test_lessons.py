"""A lesson's page."""

from datetime import timedelta
from typing import Any

import pytest
from factories import ChapterFactory, LessonFactory, LessonTextFactory, RevisionFactory

from content.documents import Heading
from courses.models import Exercise
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from tests.web.html import Structure
from tests.web.world import lesson_text


def shown(browser, world) -> Structure:
    return Structure(browser.get(world.path).content.decode())


def test_shows_text_tasks_and_questions_in_their_order(browser, world):
    html = browser.get(world.path).content.decode()

    places = [html.index(f'id="exercise-{slug}"') for slug in ("make-file", "find-word", "layers")]
    assert places == sorted(places)
    assert "Lesson one" in html


def test_values_are_examples_before_there_is_a_lab(browser, world):
    page = shown(browser, world)

    assert page.one("var", data_value="port") == {"class": "value", "data-value": "port"}
    assert "Port 8000 , shell ${HOME}" in page.text
    assert "Make 8000" in page.text


def test_values_are_the_readers_own_while_a_lab_is_live(browser, world, alice):
    world.session(alice)

    page = shown(browser, world)

    assert "Port 8765 , shell ${HOME}" in page.text


def test_values_of_a_lab_that_is_over_are_not_shown(browser, world, alice):
    world.session(alice, State.ENDED, values={"port": "8765"}, ended_reason="learner")

    assert "Port 8000" in shown(browser, world).text


def test_nobody_sees_the_values_of_others(browser, world, bob):
    world.session(bob)

    assert "8765" not in browser.get(world.path).content.decode()


def test_the_answer_field_belongs_to_the_form_of_its_task(browser, world):
    page = shown(browser, world)

    field = page.one("input", form="form-find-word")
    assert field["name"] == "text"
    assert page.one("form", id="form-find-word")["action"] == world.submit_path(world.answered)


def test_marks_what_is_done(browser, world, alice):
    world.submission(alice, world.task, "pass", origin="auto")

    page = shown(browser, world)

    assert page.one("span", id="state-make-file")["data-state"] == "passed"
    assert page.one("span", id="state-find-word")["data-state"] == "open"
    assert "1 of 2 tasks" in page.text


def test_an_old_not_yet_does_not_greet_who_comes_back(browser, world, alice):
    submission = world.submission(alice, world.task, "fail")
    world.failed_check(submission, expected="A file", found="No file", hint="Touch it")

    page = shown(browser, world)

    assert "No file" not in page.text
    assert "Not yet." not in page.text


def test_what_is_still_being_graded_goes_on_being_watched(browser, world, alice):
    submission = world.submission(alice, world.task)

    page = shown(browser, world)

    assert page.all("p", hx_get=f"/submissions/{submission.pk}/")


def test_a_right_answer_stays_visible_and_cannot_be_changed(browser, world, alice):
    world.submission(alice, world.quiz, "pass", answer={"choices": [0]})

    page = shown(browser, world)

    assert "It does." in page.text
    assert "It does not." not in page.text
    assert not page.all("input", name="choice")


def test_solutions_and_right_answers_are_not_in_the_page(browser, world):
    html = browser.get(world.path).content.decode()

    assert "touch note.txt" not in html
    assert "It does." not in html
    assert "Think." not in html


def test_a_lesson_without_a_lab_has_no_lab_pane(browser, world):
    world.lab.delete()

    page = shown(browser, world)

    assert not page.all("section", id="lab")
    assert not page.all("link", href="/static/css/lab.css")


def test_leads_to_the_neighbours(browser, world):
    after = LessonFactory(chapter=world.lesson.chapter, number=2)
    LessonTextFactory(lesson=after, language="en", title="After")

    page = shown(browser, world)

    assert page.all("a", href=f"/courses/{after.key}/")
    assert f"{after.chapter.number}.2 After" in page.text


def sections(number: int) -> dict[str, Any]:
    """A text with so many sections, and one heading inside the first."""
    document = lesson_text("en").to_json()
    names = [(2, f"s{place}") for place in range(number)]
    names.insert(1, (3, "detail"))
    headings = [Heading(level=level, anchor=name, text=name.upper()) for level, name in names]
    return {**document, "headings": [heading.to_json() for heading in headings]}


def test_a_long_lesson_has_a_list_of_its_sections(browser, world):
    world.lesson.texts.update(document=sections(3))

    page = shown(browser, world)

    assert [page.all("a", href=f"#{name}") != [] for name in ("s0", "s1", "s2", "detail")] == [True, True, True, False]


def test_a_short_lesson_has_none(browser, world):
    world.lesson.texts.update(document=sections(2))

    page = shown(browser, world)

    assert not page.all("a", href="#s0")


def test_who_has_a_lab_running_reads_the_revision_it_was_started_with(browser, world, alice):
    course = world.lesson.revision.course
    revised = LessonFactory(
        chapter=ChapterFactory(revision=RevisionFactory(course=course), slug="one"), slug="lesson", key=world.lesson.key
    )
    LessonTextFactory(lesson=revised, language="en", title="Revised", document=lesson_text("en").to_json())
    course.current = revised.revision
    course.save()
    new = browser.get(world.path).content.decode()

    world.session(alice)
    old = browser.get(world.path).content.decode()

    assert "Revised" in new
    assert "Lesson one" in old


def test_a_part_whose_exercise_is_gone_is_left_out(browser, world):
    Exercise.objects.filter(slug="layers").delete()

    assert 'id="exercise-layers"' not in browser.get(world.path).content.decode()


@pytest.mark.parametrize(
    "path", ["/courses/course/one/nothing/", "/courses/no/one/lesson/", "/courses/course/x/lesson/"]
)
def test_says_404_for_lessons_that_do_not_exist(browser, world, path):
    assert browser.get(path).status_code == 404


def test_states_are_marks_to_be_put_in_place(htmx, world, alice):
    world.submission(alice, world.task, "pass", origin="auto")

    page = Structure(htmx.get(f"{world.path}states/").content.decode())

    assert page.one("span", id="state-make-file")["data-state"] == "passed"
    assert all(mark["hx-swap-oob"] == "true" for mark in page.all("span") if mark.get("id", "").startswith("state-"))
    assert page.one("ol", id="checklist-items")["hx-swap-oob"] == "true"
    assert page.one("span", id="lesson-points")["hx-swap-oob"] == "true"


def test_strangers_are_sent_to_sign_in(client, world):
    assert client.get(world.path).headers["Location"].startswith("/sign-in/?next=")


def test_a_part_of_a_page_sends_strangers_there_too(client, world):
    response = client.get(
        f"{world.path}states/", HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL=f"http://testserver{world.path}"
    )

    assert response.status_code == 401
    assert response.headers["HX-Redirect"] == "/sign-in/?next=%2Fcourses%2Fcourse%2Fone%2Flesson%2F"


def test_pages_of_people_are_kept_out_of_caches(browser, world):
    assert "no-store" in browser.get(world.path).headers["Cache-Control"]


def test_each_kind_of_thing_is_asked_for_once(browser, world, alice, django_assert_max_num_queries):
    world.submission(alice, world.task, "pass")
    browser.get(world.path)

    with django_assert_max_num_queries(16):
        browser.get(world.path)


def test_a_live_lab_is_shown_although_the_clock_was_set_back_since_the_last_one(browser, world, alice):
    world.session(alice)
    over = world.session(alice, State.ENDED, ended_reason="learner")
    LabSession.objects.filter(pk=over.pk).update(created_at=over.created_at + timedelta(hours=1))

    assert "Port 8765" in shown(browser, world).text


def test_what_is_being_graded_stands_where_a_right_answer_stood(browser, world, alice):
    world.submission(alice, world.quiz, "pass", answer={"choices": [0]})
    world.submission(alice, world.quiz)

    page = shown(browser, world)

    assert "It does." not in page.text
