"""What the database does not let happen, and the compare-and-swaps of a submission's life."""

from decimal import Decimal

import pytest
from django.db import IntegrityError
from factories import ExerciseFactory

from grading.models import CheckResult, Submission, Verdict


@pytest.fixture
def row(alice):
    exercise = ExerciseFactory()
    return {"learner": alice, "exercise": exercise, "exercise_key": exercise.key, "origin": "asked"}


@pytest.mark.parametrize(
    "changes", [{"verdict": "pass"}, {"state": "done"}, {"state": "running", "verdict": "fail"}], ids=str
)
def test_a_verdict_comes_exactly_with_the_end(row, changes):
    with pytest.raises(IntegrityError):
        Submission.objects.create(**row, **changes)


def test_one_automatic_pass_for_each_exercise(row):
    row = {**row, "origin": "auto", "state": "done", "verdict": "pass"}
    Submission.objects.create(**row)

    with pytest.raises(IntegrityError):
        Submission.objects.create(**row)


def test_one_result_for_each_check(row):
    submission = Submission.objects.create(**row)
    CheckResult.objects.create(submission=submission, position=0, kind="file", verdict="pass")

    with pytest.raises(IntegrityError):
        CheckResult.objects.create(submission=submission, position=0, kind="file", verdict="fail")


def test_only_the_holder_of_the_lease_finishes(row):
    submission = Submission.objects.create(**row)
    assert Submission.objects.take(submission.pk, owner="one", seconds=25)
    assert not Submission.objects.take(submission.pk, owner="two", seconds=25)

    def finish(owner: str) -> bool:
        return Submission.objects.finish(submission.pk, owner=owner, verdict=Verdict.PASS, points=Decimal(1))

    assert not finish("two")
    assert finish("one")
    assert not finish("one"), "A result is given once."


def test_only_the_holder_of_the_lease_puts_back(row):
    submission = Submission.objects.create(**row)
    Submission.objects.take(submission.pk, owner="one", seconds=25)

    assert not Submission.objects.put_back(submission.pk, owner="two", seconds=0)
    assert Submission.objects.put_back(submission.pk, owner="one", seconds=0)
    assert Submission.objects.take(submission.pk, owner="two", seconds=25)


def test_learners_see_what_they_asked_for_and_automatic_passes(row):
    asked = Submission.objects.create(**row)
    passed = Submission.objects.create(**{**row, "origin": "auto", "state": "done", "verdict": "pass"})
    Submission.objects.create(**{**row, "origin": "auto", "state": "done", "verdict": "fail"})

    assert set(Submission.objects.visible()) == {asked, passed}


def test_what_was_passed_is_known_by_lesson_and_learner(row, bob):
    Submission.objects.create(**{**row, "state": "done", "verdict": "pass"})
    Submission.objects.create(
        **{**row, "learner": bob, "exercise_key": "other/key/x", "state": "done", "verdict": "pass"}
    )
    lesson_key = row["exercise"].lesson.key

    assert Submission.objects.passed_slugs(row["learner"].pk, lesson_key) == {"make-file"}
    assert Submission.objects.passed_slugs(bob.pk, lesson_key) == set()
