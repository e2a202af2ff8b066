"""Tasks that tick off by themselves."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from factories import ExerciseFactory, task_document

from content.documents import ExpectDocument
from grading import looking, tasks, ticks
from grading.expects.errors import CouldNotLook
from grading.models import Submission, TickChain, Verdict
from grading.ticks import After, delay_of, look, note_activity, sweep
from lab_sessions.models import LabSession
from lab_sessions.transitions import State


@pytest.fixture
def at():
    """Go to a moment, in seconds from now."""
    now = timezone.now()
    with time_machine.travel(now, tick=False) as traveller:
        yield lambda seconds: traveller.move_to(now + timedelta(seconds=seconds))


def test_only_a_new_pass_is_stored(home, session, tasks):
    assert sweep(session.pk) == 2
    assert not Submission.objects.exists()

    (home / "note.txt").write_text("boya")

    assert sweep(session.pk) == 1
    submission = Submission.objects.get()
    assert (submission.origin, submission.verdict, submission.points) == ("auto", "pass", 4)
    assert submission.results.count() == 2


def test_a_pass_is_stored_once(home, session, tasks):
    (home / "note.txt").write_text("boya")

    sweep(session.pk)
    sweep(session.pk)

    assert Submission.objects.count() == 1


def test_two_looks_at_once_store_one_pass(home, session, tasks, monkeypatch):
    (home / "note.txt").write_text("boya")
    store = ticks.store_automatic_pass

    def store_after_another(**arguments):
        store(**arguments)
        return store(**arguments)

    monkeypatch.setattr(ticks, "store_automatic_pass", store_after_another)

    sweep(session.pk)

    assert Submission.objects.count() == 1


def test_a_pass_is_not_undone(home, session, tasks):
    (home / "note.txt").write_text("boya")
    sweep(session.pk)
    (home / "note.txt").unlink()

    sweep(session.pk)

    assert Submission.objects.passed().count() == 1


def test_tasks_are_looked_at_in_their_order_all_in_one_go(home, session, lab):
    def exercise(slug: str, needs: tuple[str, ...], position: int) -> None:
        document = task_document(slug, needs=needs, expect=(ExpectDocument(kind="file", arguments={"path": slug}),))
        ExerciseFactory(lesson=lab.lesson, slug=slug, position=position, document=document.to_json())

    lab.lesson.exercises.all().delete()
    exercise("first", (), 1)
    exercise("second", ("first",), 2)
    exercise("third", ("missing",), 3)
    for name in ("first", "second", "third"):
        (home / name).touch()

    left = sweep(session.pk)

    assert left == 1
    assert Submission.objects.passed_slugs(session.learner_id, lab.lesson.key) == {"first", "second"}


def test_tasks_that_ask_for_an_answer_are_left_alone(home, session, tasks, alice):
    (home / "note.txt").write_text("boya")

    sweep(session.pk)

    assert {row.exercise.slug for row in Submission.objects.all()} == {"write-word"}


def test_a_sandbox_that_does_not_answer_costs_one_look(session, tasks, monkeypatch):
    def silent(*args, **kwargs):
        raise CouldNotLook("x", transient=True)

    monkeypatch.setattr(looking, "view_into", silent)

    assert sweep(session.pk) == 2


def test_a_session_that_is_over_is_not_looked_at(home, session, tasks):
    (home / "note.txt").write_text("boya")
    LabSession.objects.filter(pk=session.pk).update(state=State.ENDING)

    assert sweep(session.pk) == 0
    assert not Submission.objects.exists()


def test_activity_begins_a_chain_and_soon_after_only_prolongs_it(session, at):
    assert note_activity(session.pk) == 1
    at(0.5)
    assert note_activity(session.pk) is None
    at(1.1)
    assert note_activity(session.pk) == 2

    chain = TickChain.objects.get()
    assert chain.started_at == chain.wanted_at == timezone.now()


def test_the_looks_of_a_chain_are_at_growing_distances():
    moments = [sum(delay_of(step) for step in range(count + 1)) for count in range(5)]

    assert moments == pytest.approx([0.3, 1, 3, 10, 30])
    assert delay_of(5) is None


def test_a_chain_goes_on_until_all_is_done(home, session, tasks):
    number = note_activity(session.pk)

    assert look(session.pk, number=number, step=0) == After.NEXT_STEP

    Submission.objects.bulk_create(
        Submission(
            learner=session.learner,
            exercise=exercise,
            exercise_key=exercise.key,
            origin="auto",
            state="done",
            verdict=Verdict.PASS,
        )
        for exercise in tasks.values()
    )
    assert look(session.pk, number=number, step=1) == After.NOTHING


def test_a_newer_chain_ends_the_older_one(session, tasks, at):
    old = note_activity(session.pk)
    at(1.5)
    new = note_activity(session.pk)

    assert look(session.pk, number=old, step=1) == After.NOTHING
    assert look(session.pk, number=new, step=0) == After.NEXT_STEP


def test_activity_during_a_chain_begins_it_anew(session, tasks, at):
    number = note_activity(session.pk)
    at(0.9)
    note_activity(session.pk)
    at(1.0)

    assert look(session.pk, number=number, step=1) == After.NEW_CHAIN


def test_one_worker_looks_at_a_time_and_a_dead_one_does_not_stop_it(session, tasks, monkeypatch, at):
    number = note_activity(session.pk)
    seen = []
    monkeypatch.setattr(ticks, "sweep", lambda pk: seen.append(look(pk, number=number, step=0)) or 1)

    look(session.pk, number=number, step=0)

    assert seen == [After.NEXT_STEP]
    TickChain.objects.update(looking_until=timezone.now() + timedelta(seconds=16))
    at(17)
    look(session.pk, number=number, step=0)
    assert len(seen) == 2


def test_a_chain_that_nobody_began_is_not_looked_at(db):
    assert look(uuid.uuid4(), number=1, step=0) == After.NOTHING


def test_the_task_sees_to_the_next_look(session, lab, monkeypatch, woken):
    number = note_activity(session.pk)
    answers = iter([After.NEXT_STEP, After.NEW_CHAIN, After.NEXT_STEP, After.NOTHING])
    monkeypatch.setattr(ticks, "look", lambda pk, number, step: next(answers))
    TickChain.objects.update(started_at=timezone.now() - timedelta(seconds=5))

    for step in (0, 1, 4, 0):
        tasks.tick(str(session.pk), number, step)

    assert woken == [
        ("tick", (str(session.pk), "1", "1"), 0.7),
        ("tick", (str(session.pk), "2", "0"), 0.3),
    ]
