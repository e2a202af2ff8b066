"""Celery's way in."""

import pytest

from grading import grader, tasks
from grading.actions import submit_exercise
from grading.grader import Graded
from grading.models import Submission, Verdict


@pytest.fixture
def submission(alice, session, lab, woken) -> Submission:
    row = submit_exercise(by=alice, exercise=lab.lesson.exercises.get(slug="write-word"), lab_session=session)
    woken.clear()
    return row


def test_a_submission_is_graded(submission, woken):
    tasks.grade(str(submission.pk))

    submission.refresh_from_db()
    assert submission.verdict == Verdict.FAIL
    assert woken == []


def test_a_pass_looks_at_what_it_opened(home, submission, woken):
    (home / "note.txt").write_text("boya")

    tasks.grade(str(submission.pk))

    assert [(name, countdown) for name, _arguments, countdown in woken] == [("tick", 0.3)]


@pytest.mark.parametrize("graded", [None, Graded(verdict=Verdict.ERROR)])
def test_otherwise_nothing_follows(submission, woken, monkeypatch, graded):
    monkeypatch.setattr(grader, "grade_submission", lambda pk: graded)

    tasks.grade(str(submission.pk))

    assert woken == []


def test_a_sandbox_that_did_not_answer_is_asked_again(submission, woken, monkeypatch):
    monkeypatch.setattr(grader, "grade_submission", lambda pk: Graded(retry_after=1.0))

    tasks.grade(str(submission.pk))

    assert woken == [("grade", (str(submission.pk),), 1.0)]
