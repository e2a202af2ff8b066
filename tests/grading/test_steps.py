"""What the reconciler does for submissions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from grading import ticks
from grading.actions import submit_exercise
from grading.models import Submission, TickChain
from grading.steps import rewake_chains, rewake_submissions


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


@pytest.fixture
def chain(session) -> TickChain:
    ticks.note_activity(session.pk)
    return TickChain.objects.get(pk=session.pk)


def test_looks_whose_message_was_lost_begin_anew(chain, woken):
    assert rewake_chains(later(1)) == 0
    assert rewake_chains(later(6)) == 1
    assert woken == [("tick", (str(chain.pk), str(chain.number + 1), "0"), None)]


def test_a_message_that_was_just_sent_again_is_given_its_time(chain):
    rewake_chains(later(6))

    assert rewake_chains(later(8)) == 0
    assert rewake_chains(later(12)) == 1


def test_looks_that_were_made_are_not_made_again(chain, monkeypatch):
    monkeypatch.setattr(ticks, "sweep", lambda session_id: 1)
    ticks.look(chain.pk, number=chain.number, step=0)

    assert rewake_chains(later(6)) == 0


def test_what_was_done_long_ago_or_in_a_session_that_is_over_is_left_alone(chain, session):
    assert rewake_chains(later(3600)) == 0

    type(session).objects.filter(pk=session.pk).update(state="ended")
    assert rewake_chains(later(6)) == 0
