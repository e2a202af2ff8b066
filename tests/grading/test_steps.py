"""What the reconciler does for submissions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grading.actions import submit_exercise
from grading.models import Submission
from grading.steps import rewake_submissions


@pytest.fixture
def submission(alice, session, tasks, woken) -> Submission:
    row = submit_exercise(by=alice, exercise=tasks["write-word"], lab_session=session)
    woken.clear()
    return row


def later(seconds: float):
    return timezone.now() + timedelta(seconds=seconds)


def test_a_lost_message_is_sent_again(submission, woken):
    assert rewake_submissions(later(0)) == 0
    assert rewake_submissions(later(2)) == 1
    assert woken == [("grade", (str(submission.pk),), None)]


def test_work_that_somebody_does_is_left_alone_until_its_lease_lapses(submission, woken):
    Submission.objects.take(submission.pk, owner="somebody", seconds=25)

    assert rewake_submissions(later(20)) == 0
    assert rewake_submissions(later(26)) == 1


def test_done_is_done(submission, woken):
    Submission.objects.filter(pk=submission.pk).update(state="done", verdict="fail")

    assert rewake_submissions(later(1000)) == 0
