"""From a submission to its one result."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from factories import ExerciseFactory

from content.documents import ChoiceDocument, QuizDocument
from grading import grader, looking, results
from grading.actions import submit_exercise
from grading.checks import Outcome
from grading.expects.errors import CouldNotLook
from grading.grader import grade_submission
from grading.models import CheckResult, Submission, Verdict
from grading.timing import GRADE_BUDGET, GRADE_LEASE, MAX_ATTEMPTS
from lab_sessions import events
from lab_sessions.models import LabSession
from lab_sessions.transitions import State


@pytest.fixture
def submission(alice, session, tasks, woken) -> Submission:
    return submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)


@pytest.fixture
def notices(monkeypatch):
    sent = []
    monkeypatch.setattr(events, "publish", lambda learner_id, kind, **ids: sent.append((learner_id, kind, ids)))
    return sent


class Killed(BaseException):
    """What a worker does not survive."""


def kill(*args, **kwargs):
    raise Killed


def lapse(submission: Submission) -> None:
    """Let the time of a lease pass."""
    Submission.objects.filter(pk=submission.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_fail_is_explained_and_gives_part_of_the_points(home, submission, notices):
    (home / "note.txt").write_text("faro")

    graded = grade_submission(submission.pk)

    submission.refresh_from_db()
    [there, content] = submission.results.all()
    assert graded.verdict == submission.verdict == Verdict.FAIL
    assert submission.points == Decimal("1.00")
    assert (there.verdict, content.verdict, content.weight) == ("pass", "fail", 3)
    assert content.found["en"] == "The content of `note.txt` is `faro`"
    assert content.hint["es"] == "Falta `boya`."
    assert content.level == "practice"
    assert notices == [
        (
            submission.learner_id,
            "submission",
            {"submission": str(submission.pk), "exercise": submission.exercise_key},
        )
    ]


def test_a_pass_gives_all_points(home, submission):
    (home / "note.txt").write_text("boya")

    assert grade_submission(submission.pk).verdict == Verdict.PASS

    submission.refresh_from_db()
    assert submission.points == 4
    assert submission.finished_at is not None


def test_an_answer_reaches_its_check(alice, session, tasks, home, submission, woken):
    (home / "note.txt").write_text("boya")
    grade_submission(submission.pk)
    asked = submit_exercise(by=alice, exercise=tasks["say-word"], lab_session=session, answer={"text": "BOYA"})

    assert grade_submission(asked.pk).verdict == Verdict.PASS


def test_questions_are_graded_without_a_lab(alice, lab, woken):
    document = QuizDocument(
        slug="two",
        kind="multiple",
        question={"es": "¿?"},
        points=3,
        choices=tuple(ChoiceDocument(correct=correct, text={"es": "-"}) for correct in (True, True, True)),
        feedback={"es": "Lee otra vez."},
    )
    exercise = ExerciseFactory(lesson=lab.lesson, slug="two", kind="quiz", points=3, document=document.to_json())
    asked = submit_exercise(by=alice, exercise=exercise, answer={"choices": [0, 2]})

    grade_submission(asked.pk)

    asked.refresh_from_db()
    assert (asked.verdict, asked.points) == ("fail", Decimal("2.00"))
    assert asked.results.get().hint["en"] == "Lee otra vez."


@pytest.mark.parametrize("state", [State.ENDING, State.ENDED, State.FAILED])
def test_a_session_that_is_over_is_no_fail(submission, session, state):
    LabSession.objects.filter(pk=session.pk).update(state=state, failure="x")

    assert grade_submission(submission.pk).verdict == Verdict.ERROR

    assert "had ended" in CheckResult.objects.get().found["en"]


def test_a_sandbox_that_was_replaced_is_not_looked_at(home, submission, session):
    """What the learner had done was in the old one."""
    (home / "note.txt").write_text("boya")
    LabSession.objects.filter(pk=session.pk).update(generation=2)

    assert grade_submission(submission.pk).verdict == Verdict.ERROR

    assert "reset" in CheckResult.objects.get().found["en"]


def test_the_record_of_a_session_may_be_gone(submission, session):
    session.delete()

    assert grade_submission(submission.pk).verdict == Verdict.ERROR


def test_looking_is_tried_again_and_then_given_up_with_a_sentence(submission, monkeypatch):
    def silent(*args, **kwargs):
        raise CouldNotLook("Your lab did not answer. Check again in a moment.", transient=True)

    monkeypatch.setattr(looking, "view_into", silent)

    for attempt in range(1, MAX_ATTEMPTS):
        assert grade_submission(submission.pk).retry_after == 1.0
        assert grade_submission(submission.pk) is None, "It waits a moment."
        assert not CheckResult.objects.exists()
        submission.refresh_from_db()
        assert (submission.state, submission.attempts) == ("queued", attempt)
        lapse(submission)

    assert grade_submission(submission.pk).verdict == Verdict.ERROR
    assert "did not answer" in CheckResult.objects.get().found["en"]


def test_a_done_submission_is_not_graded_again(home, submission):
    grade_submission(submission.pk)
    (home / "note.txt").write_text("boya")

    assert grade_submission(submission.pk) is None

    submission.refresh_from_db()
    assert submission.verdict == Verdict.FAIL


def test_two_workers_with_the_same_message_are_one(submission, monkeypatch):
    seen = []

    def look_twice(task, specs, view):
        seen.append(grade_submission(submission.pk))
        return [Outcome(kind="file", level="practice", verdict=Verdict.PASS, weight=1)]

    monkeypatch.setattr(grader.checks, "run_checks", look_twice)

    assert grade_submission(submission.pk).verdict == Verdict.PASS
    assert seen == [None]
    assert CheckResult.objects.count() == 1


@pytest.mark.parametrize(
    "place",
    [
        (grader, "_judge"),
        (looking, "view_into"),
        (grader.checks, "run_checks"),
        (grader.checks, "verdict_of"),
        (grader, "store_result"),
        (results, "_store_outcomes"),
        (results, "_publish"),
    ],
    ids=lambda place: place[1],
)
def test_a_worker_that_dies_anywhere_leaves_exactly_one_result(home, submission, monkeypatch, place):
    (home / "note.txt").write_text("boya")
    with monkeypatch.context() as dying:
        dying.setattr(*place, kill)
        with pytest.raises(Killed):
            grade_submission(submission.pk)
    assert grade_submission(submission.pk) is None, "The dead worker's lease holds for a while."
    assert not CheckResult.objects.exists()
    lapse(submission)

    assert grade_submission(submission.pk).verdict == Verdict.PASS

    assert CheckResult.objects.count() == 2
    assert Submission.objects.get().points == 4


def test_a_worker_that_was_thought_dead_does_not_write(home, submission, monkeypatch):
    """It was frozen while looking; its lease lapsed and another worker finished."""
    (home / "note.txt").write_text("faro")
    judge = grader._judge

    def frozen(row):
        judgement = judge(row)
        monkeypatch.setattr(grader, "_judge", judge)
        (home / "note.txt").write_text("boya")
        lapse(row)
        grade_submission(row.pk)
        return judgement

    monkeypatch.setattr(grader, "_judge", frozen)

    assert grade_submission(submission.pk) is None

    submission.refresh_from_db()
    assert submission.verdict == Verdict.PASS
    assert [result.verdict for result in submission.results.all()] == ["pass", "pass"]


def test_what_kills_every_worker_is_given_up(submission, monkeypatch):
    with monkeypatch.context() as dying:
        dying.setattr(grader, "_judge_task", kill)
        for _attempt in range(MAX_ATTEMPTS):
            with pytest.raises(Killed):
                grade_submission(submission.pk)
            lapse(submission)

        assert grade_submission(submission.pk).verdict == Verdict.ERROR

    assert "never came to an end" in CheckResult.objects.get().found["en"]


def test_a_lease_outlives_the_checks_and_is_taken_up_within_thirty_seconds():
    """Performance goal G12."""
    assert GRADE_BUDGET < GRADE_LEASE <= 28
