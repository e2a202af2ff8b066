"""A check that was wrong: corrected for a class, and what it judged is judged again from the evidence."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from factories import CohortFactory, EnrolmentFactory

from audit.actions import NotPossible
from audit.models import Entry
from cohorts.models import Role
from content.problems import ContentErrors
from grading import ticks
from grading.actions import submit_exercise
from grading.correcting import correct_check, preview_regrade, regrade, withdraw_correction
from grading.corrections import task_of
from grading.grader import grade_submission
from grading.models import CheckCorrection, Submission

# The lab's own check wants the word as it was drawn; these take it in capitals, too.
LENIENT = "- file: {path: note.txt}\n- file: {path: note.txt, matches: '(?i)${word}', weight: 3}\n"


@pytest.fixture
def cohort(alice, ivy, lab):
    """Ivy's class, in which Alice learns."""
    cohort = CohortFactory()
    cohort.courses.set([lab.lesson.revision.course])
    EnrolmentFactory(cohort=cohort, user=ivy, role=Role.INSTRUCTOR)
    EnrolmentFactory(cohort=cohort, user=alice)
    return cohort


@pytest.fixture
def task(tasks):
    return tasks["write-word"]


@pytest.fixture
def correct(ivy, cohort, task):
    def correct(written=LENIENT, reason="Capitals are fine"):
        return correct_check(by=ivy, cohort=cohort, exercise=task, written=written, reason=reason)

    return correct


@pytest.fixture
def wronged(alice, session, task, cohort, woken, home) -> Submission:
    """A submission that failed although the work was fine."""
    (home / "note.txt").write_text("BOYA")
    submission = submit_exercise(by=alice, exercise=task, lab_session=session)
    grade_submission(submission.pk)
    submission.refresh_from_db()
    assert submission.verdict == "fail"
    return submission


def test_what_failed_wrongly_passes(wronged, correct, ivy, cohort, task):
    correction = correct()
    preview = preview_regrade(by=ivy, cohort=cohort, exercise=task, correction=correction)

    changed = regrade(by=ivy, cohort=cohort, exercise=task, correction=correction)

    wronged.refresh_from_db()
    assert (preview.raised, preview.lowered, preview.undecided, changed) == (1, 0, 0, 1)
    assert (wronged.verdict, wronged.points, wronged.judged_by) == ("pass", 4, correction)
    assert [result.verdict for result in wronged.results.all()] == ["pass", "pass"]
    entry = Entry.objects.get(action="regrade")
    assert entry.details == {"verdict": ["fail", "pass"], "points": ["1.00", "4.00"]}
    assert regrade(by=ivy, cohort=cohort, exercise=task, correction=correction) == 0


def test_a_second_correction_is_judged_from_what_the_first_left(wronged, correct, ivy, cohort, task):
    first = correct()
    regrade(by=ivy, cohort=cohort, exercise=task, correction=first)

    stricter = correct("- file: {path: note.txt, contains: nothing-like-it}\n", "It was too lenient")

    assert regrade(by=ivy, cohort=cohort, exercise=task, correction=stricter) == 0  # nobody loses unasked
    assert regrade(by=ivy, cohort=cohort, exercise=task, correction=stricter, lower=True) == 1
    wronged.refresh_from_db()
    assert (wronged.verdict, wronged.points) == ("fail", 0)
    assert list(CheckCorrection.objects.filter(withdrawn_at=None)) == [stricter]


def test_it_counts_in_labs_that_are_running(wronged, correct, alice, session, task):
    correct()

    ticks.sweep(session.pk)

    passed = Submission.objects.passed().get(learner=alice, exercise_key=task.key)
    assert passed.judged_by == CheckCorrection.objects.get()


def test_it_counts_for_its_class_only(correct, task, bob, alice):
    EnrolmentFactory(user=bob)
    correction = correct()

    assert task_of(task, alice.pk).correction == correction
    assert task_of(task, bob.pk).correction is None


def test_evidence_of_something_else_decides_nothing(wronged, correct, ivy, cohort, task):
    correction = correct("- file: {path: other.txt, absent: true}\n")

    preview = preview_regrade(by=ivy, cohort=cohort, exercise=task, correction=correction)

    assert (preview.raised, preview.undecided) == (0, 1)
    assert regrade(by=ivy, cohort=cohort, exercise=task, correction=correction, lower=True) == 0


def test_a_mended_file_takes_over(correct, task, alice):
    correct()
    task.document["expect"][0]["arguments"]["path"] = "elsewhere.txt"
    task.save()

    assert task_of(task, alice.pk).correction is None


def test_withdrawing_lets_the_files_checks_count(wronged, correct, ivy, cohort, task, alice):
    correction = correct()
    regrade(by=ivy, cohort=cohort, exercise=task, correction=correction)

    assert withdraw_correction(by=ivy, correction=correction)
    assert not withdraw_correction(by=ivy, correction=correction)

    assert task_of(task, alice.pk).correction is None
    wronged.refresh_from_db()
    assert wronged.verdict == "pass"  # nothing is taken back unasked
    assert regrade(by=ivy, cohort=cohort, exercise=task, correction=None, lower=True) == 1
    wronged.refresh_from_db()
    assert (wronged.verdict, wronged.points) == ("fail", Decimal("1.00"))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "- fil: {path: a}",
        "- file: {path: a, surprise: 1}",
        "nonsense",
        "- script: {file: checks/x.sh, expected: {es: a, en: a}}",
    ],
)
def test_checks_that_make_no_sense_are_refused(correct, written):
    with pytest.raises(ContentErrors) as caught:
        correct(written)

    assert caught.value.problems
    assert not CheckCorrection.objects.exists()


def test_a_reason_is_wanted(correct):
    with pytest.raises(NotPossible):
        correct(reason=" ")


def test_only_instructors_of_the_class_correct(cohort, task, alice):
    assistant = EnrolmentFactory(cohort=cohort, role=Role.ASSISTANT).user
    foreign = EnrolmentFactory(role=Role.INSTRUCTOR).user

    for person in (alice, assistant, foreign):
        with pytest.raises(PermissionDenied):
            correct_check(by=person, cohort=cohort, exercise=task, written=LENIENT, reason="x")
        with pytest.raises(PermissionDenied):
            regrade(by=person, cohort=cohort, exercise=task, correction=None, lower=True)


def test_points_cannot_be_won_in_another_class(wronged, ivy, task):
    """Regrading goes through one's own learners only."""
    own = CohortFactory()
    EnrolmentFactory(cohort=own, user=ivy, role=Role.INSTRUCTOR)
    correction = correct_check(by=ivy, cohort=own, exercise=task, written=LENIENT, reason="x")

    assert regrade(by=ivy, cohort=own, exercise=task, correction=correction) == 0
