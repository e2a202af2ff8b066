"""What learners hand in."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import override
from factories import ExerciseFactory, LabFactory

from audit.actions import NotPossible
from audit.models import Entry
from content.documents import QuizDocument
from courses.models import Exercise
from grading import actions
from grading.actions import locked_by, request_ticks, submit_exercise
from grading.models import Submission, Verdict
from grading.timing import RATE_LIMIT
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from tests.grading.example import TASKS


@pytest.fixture
def quiz(lab) -> Exercise:
    question = QuizDocument(slug="signal", kind="number", question={"es": "¿?"}, answers=("9",))
    return ExerciseFactory(lesson=lab.lesson, slug="signal", kind="quiz", position=9, document=question.to_json())


def close(submission: Submission, verdict: Verdict) -> None:
    Submission.objects.filter(pk=submission.pk).update(state=Submission.State.DONE, verdict=verdict)


def test_a_task_is_a_row_and_then_a_message(alice, session, tasks, woken):
    submission = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)

    assert submission.state == Submission.State.QUEUED
    assert submission.generation == session.generation
    assert woken == [("grade", (str(submission.pk),), None)]
    assert Entry.objects.get().action == "submit_exercise"


def test_a_double_click_is_one_submission(alice, session, tasks, woken):
    first = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)

    second = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)

    assert first == second
    assert len(woken) == 1


def test_two_clicks_at_the_same_moment_are_one_submission(alice, session, tasks, woken, monkeypatch):
    first = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)
    monkeypatch.setattr(actions, "_open_submission", lambda by, exercise: None)  # the look came too early

    assert submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session) == first


def test_a_click_that_lost_the_race_gets_the_winners_result(alice, session, tasks, woken, monkeypatch):
    winner = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)
    monkeypatch.setattr(actions, "_open_submission", lambda by, exercise: None)

    def graded_meanwhile(*args):
        close(winner, Verdict.FAIL)
        raise IntegrityError

    monkeypatch.setattr(actions, "_new_submission", graded_meanwhile)

    assert submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session) == winner


def test_what_was_passed_is_not_asked_again(alice, session, tasks, woken):
    first = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)
    close(first, Verdict.PASS)

    assert submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session) == first


def test_after_a_fail_one_can_try_again(alice, session, tasks, woken):
    first = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)
    close(first, Verdict.FAIL)

    assert submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session) != first


def test_a_task_waits_for_those_it_needs(alice, session, tasks, woken):
    with pytest.raises(NotPossible, match="“Write the word”"), override("en"):
        submit_exercise(by=alice, exercise=tasks["say-word"], lab_session=session, answer={"text": "boya"})

    close(submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session), Verdict.PASS)

    submission = submit_exercise(by=alice, exercise=tasks["say-word"], lab_session=session, answer={"text": " boya "})
    assert submission.answer == {"text": "boya"}


def test_what_a_task_waits_for_is_known():
    assert locked_by(TASKS[1], set()) == ["write-word"]
    assert locked_by(TASKS[1], {"write-word"}) == []


@pytest.mark.parametrize("given", [{}, {"text": " "}, {"text": "a" * 501}, {"text": None}])
def test_an_answer_that_is_asked_for_has_to_be_given(alice, session, tasks, woken, given):
    close(submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session), Verdict.PASS)

    with pytest.raises(NotPossible):
        submit_exercise(by=alice, exercise=tasks["say-word"], lab_session=session, answer=given)


@pytest.mark.parametrize("state", [State.STARTING, State.ENDING, State.ENDED])
def test_a_task_needs_a_running_lab(alice, session, tasks, woken, state):
    LabSession.objects.filter(pk=session.pk).update(state=state)
    session.refresh_from_db()

    for given in (session, None):
        with pytest.raises(NotPossible):
            submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=given)

    assert not Submission.objects.exists()


def test_nobody_hands_in_for_somebody_else(bob, root, session, tasks, woken):
    with pytest.raises(PermissionDenied):
        submit_exercise(by=bob, exercise=tasks["write-word"], lab_session=session)
    with pytest.raises(NotPossible):
        submit_exercise(by=root, exercise=tasks["write-word"], lab_session=session)


def test_a_task_of_another_lab_is_refused(alice, session, woken):
    other = ExerciseFactory(lesson=LabFactory().lesson)

    with pytest.raises(NotPossible):
        submit_exercise(by=alice, exercise=other, lab_session=session)


def test_the_task_is_the_one_the_session_began_with(alice, session, tasks, woken):
    """A page may show a newer revision than the sandbox was made for."""
    newer = ExerciseFactory(slug="write-word", key=tasks["write-word"].key)

    submission = submit_exercise(by=alice, exercise=newer, lab_session=session)

    assert submission.exercise == tasks["write-word"]


def test_a_question_needs_no_lab(alice, quiz, woken):
    submission = submit_exercise(by=alice, exercise=quiz, answer={"text": " 9 "})

    assert submission.answer == {"text": "9"}
    assert submission.lab_session is None


def test_a_question_without_an_answer_gets_a_sentence(alice, quiz, woken):
    with pytest.raises(NotPossible, match="Write a number"), override("en"):
        submit_exercise(by=alice, exercise=quiz, answer={"text": "nine"})


def test_nobody_guesses_a_hundred_times_a_minute(alice, bob, quiz, woken):
    for number in range(RATE_LIMIT):
        close(submit_exercise(by=alice, exercise=quiz, answer={"text": str(number)}), Verdict.FAIL)

    with pytest.raises(NotPossible):
        submit_exercise(by=alice, exercise=quiz, answer={"text": "9"})

    assert submit_exercise(by=bob, exercise=quiz, answer={"text": "9"})
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        assert submit_exercise(by=alice, exercise=quiz, answer={"text": "9"})


def test_handing_in_is_activity(alice, session, tasks, woken):
    LabSession.objects.filter(pk=session.pk).update(last_activity_at=timezone.now() - timedelta(minutes=5))

    submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)

    session.refresh_from_db()
    assert timezone.now() - session.last_activity_at < timedelta(seconds=10)


def test_activity_asks_for_automatic_checks(session, woken):
    request_ticks(session=session)
    request_ticks(session=session)

    assert woken == [("tick", (str(session.pk), "1", "0"), 0.3)]


def test_the_database_keeps_one_open_submission(alice, session, tasks):
    row = {"learner": alice, "exercise": tasks["write-word"], "exercise_key": "k", "origin": "asked"}
    Submission.objects.create(**row)

    with pytest.raises(IntegrityError):
        Submission.objects.create(**row)
