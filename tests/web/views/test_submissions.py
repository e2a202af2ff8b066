"""Handing in, and what came of it."""

from grading.models import Submission
from lab_sessions.transitions import State
from tests.web.conftest import browser_of
from tests.web.html import Structure


def test_a_task_is_handed_in_and_watched(htmx, world, alice):
    session = world.session(alice)

    page = Structure(htmx.post(world.submit_path(world.task)).content.decode())

    submission = Submission.objects.get()
    assert (submission.learner, submission.exercise, submission.lab_session) == (alice, world.task, session)
    assert (submission.state, submission.verdict) == ("queued", "")
    assert page.one("p", hx_get=f"/submissions/{submission.pk}/")["hx-target"] == "#result-make-file"


def test_a_task_without_a_lab_gets_a_sentence(htmx, world):
    response = htmx.post(world.submit_path(world.task))

    assert response.status_code == 409
    assert "Start the lab first" in response.content.decode()
    assert not Submission.objects.exists()


def test_a_task_in_a_lab_that_is_starting_gets_one_too(htmx, world, alice):
    world.session(alice, State.STARTING)

    assert htmx.post(world.submit_path(world.task)).status_code == 409


def test_the_lab_of_somebody_else_does_not_count(htmx, world, bob):
    world.session(bob)

    assert htmx.post(world.submit_path(world.task)).status_code == 409


def test_without_scripts_it_leads_back_to_the_lesson(browser, world):
    response = browser.post(world.submit_path(world.task), follow=True)

    assert response.redirect_chain == [(world.path, 302)]
    assert "Start the lab first" in response.content.decode()


def test_a_question_is_answered_without_a_lab(htmx, world):
    htmx.post(world.submit_path(world.quiz), {"choice": ["1"]})

    assert Submission.objects.get().answer == {"choices": [1]}


def test_an_answer_is_needed(htmx, world):
    response = htmx.post(world.submit_path(world.quiz), {"choice": ["x", "-1", "99999"]})

    assert response.status_code == 409
    assert "Choose an answer first." in response.content.decode()


def test_a_fail_says_expected_found_and_what_to_try(htmx, world, alice):
    submission = world.submission(alice, world.task, "fail")
    world.failed_check(submission, expected="`note.txt` exists", found="It does not", hint="Use `touch`")

    page = Structure(htmx.get(f"/submissions/{submission.pk}/").content.decode())

    assert "Not yet." in page.text
    assert "Expected note.txt exists Found It does not Try Use touch" in page.text
    assert len(page.all("code")) == 2


def test_a_pass_brings_the_marks_along(htmx, world, alice):
    submission = world.submission(alice, world.task, "pass")

    page = Structure(htmx.get(f"/submissions/{submission.pk}/").content.decode())

    assert "Done. 2 points" in page.text
    assert page.one("span", id="state-make-file")["data-state"] == "passed"


def test_partial_points_are_told(htmx, world, alice):
    submission = world.submission(alice, world.task, "fail", points="0.50")

    assert "0.5 of 2 points so far" in htmx.get(f"/submissions/{submission.pk}/").content.decode()


def test_could_not_look_is_no_fail(htmx, world, alice):
    submission = world.submission(alice, world.task, "error")

    page = Structure(htmx.get(f"/submissions/{submission.pk}/").content.decode())

    assert "It could not be checked." in page.text
    assert "Not yet." not in page.text


def test_a_wrong_answer_gets_what_its_author_says_and_no_more(htmx, world, alice):
    submission = world.submission(alice, world.quiz, "fail", answer={"choices": [1]})

    response = htmx.get(f"/submissions/{submission.pk}/")

    page = Structure(response.content.decode())
    assert response.headers["HX-Retarget"] == "#exercise-layers"
    assert "It does not." in page.text
    assert "Think." in page.text
    assert "It does." not in page.text
    assert page.one("input", value="1").get("checked") == ""


def test_a_right_answer_settles_the_question(htmx, world, alice):
    submission = world.submission(alice, world.quiz, "pass", answer={"choices": [0]})

    page = Structure(htmx.get(f"/submissions/{submission.pk}/").content.decode())

    assert "That is right." in page.text
    assert not page.all("input", name="choice")


def test_nobody_reads_the_result_of_somebody_else(world, alice, bob):
    submission = world.submission(alice, world.task, "fail")

    assert browser_of(bob).get(f"/submissions/{submission.pk}/").status_code == 404


def test_an_exercise_that_does_not_exist_is_404(htmx, world):
    assert htmx.post(f"{world.path}exercises/nothing/").status_code == 404


def test_a_result_of_an_exercise_that_was_removed_is_404(htmx, world, alice):
    submission = world.submission(alice, world.task, "pass", exercise_key=f"{world.lesson.key}/removed")

    assert htmx.get(f"/submissions/{submission.pk}/").status_code == 404


def test_opened_as_a_page_it_leads_to_the_lesson(browser, world, alice):
    submission = world.submission(alice, world.task, "fail")

    assert browser.get(f"/submissions/{submission.pk}/").headers["Location"] == world.path
