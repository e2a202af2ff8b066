"""The planner's figures come from rows, and its answer is in words."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.utils import timezone, translation
from factories import CohortFactory, EnrolmentFactory, LabFactory, SandboxFactory, lab_document

from cohorts.models import Role
from lab_sessions.environments import environment_of
from lab_sessions.models import LabSession
from lab_sessions.seats import Reason, Weight
from lab_sessions.transitions import State
from operations.models import Sample, SandboxUse
from operations.permissions import can_plan, check_plan
from operations.seat_words import SENTENCES, sentence_for, size, waiting
from operations.seats import ASSUMED_MEMORY, ASSUMED_START, need_of, plan_for, room_for
from tests.operations.test_queries import sample

MIB, GIB = 1024**2, 1024**3
NOW = timezone.now()


def used(lab, megabytes: int, **changes) -> SandboxUse:
    """A sandbox of a lab in which somebody worked, and which took five seconds to start."""
    sandbox = SandboxFactory(lab=lab, state="assigned", assigned_at=NOW)
    type(sandbox).objects.filter(pk=sandbox.pk).update(created_at=NOW, warmed_at=NOW + timedelta(seconds=5))
    values = {"memory_limit_bytes": 512 * MIB, "cpu_seconds": 1.0, "pids": 3, "cpus": 0.1, "at": NOW}
    peak = megabytes * MIB
    return SandboxUse.objects.create(
        sandbox=sandbox, memory_bytes=peak // 2, memory_peak_bytes=peak, **{**values, **changes}
    )


def test_what_nobody_used_is_assumed(lab):
    need = need_of(lab)

    assert (need.memory_bytes, need.start_seconds, need.cpus) == (
        ASSUMED_MEMORY["standard"],
        ASSUMED_START["standard"],
        None,
    )
    assert not need.measured
    assert (need.memory_limit_bytes, need.disk_limit_bytes) == (512 * MIB, 0)


def test_what_was_measured_counts(lab):
    for megabytes in (10, 20, 30):
        used(lab, megabytes)

    need = need_of(lab)

    assert need.measured
    assert need.memory_bytes == 28 * MIB  # the 90 % of the most that each took
    assert need.start_seconds == 5
    assert need.cpus == pytest.approx(0.1)


def test_the_same_lab_says_more_than_others_of_its_kind(lab):
    other = LabFactory(document=lab_document(setup="touch x").to_json())
    for megabytes in (100, 100, 100):
        used(other, megabytes)
    assert need_of(lab).memory_bytes == 100 * MIB

    for megabytes in (50, 50, 50):
        used(lab, megabytes)

    assert need_of(lab).memory_bytes == 50 * MIB


def test_what_is_long_ago_is_forgotten(lab):
    for _ in range(3):
        used(lab, 10, at=NOW - timedelta(days=8))

    assert not need_of(lab).measured


def test_room_is_what_is_left(lab, alice, settings):
    settings.MUELLE_MAX_LIVE_SESSIONS = 10
    sample(memory_used=6 * GIB, memory_total=16 * GIB, disk_used=1 * GIB, disk_total=5 * GIB)
    LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.STARTING)
    SandboxFactory(environment_digest=environment_of(lab).digest())

    room = room_for(lab)

    assert (room.memory_available, room.disk_available) == (10 * GIB, 4 * GIB)
    assert (room.places, room.warm_now) == (9, 1)


def test_without_figures_nothing_fits(lab):
    assert not plan_for(lab, 3).fits


def run(*arguments: str) -> tuple[str, int]:
    out = StringIO()
    try:
        with translation.override("en"):
            call_command("seats", *arguments, stdout=out)
    except SystemExit as end:
        return out.getvalue(), int(end.code)
    return out.getvalue(), 0


def test_the_command_says_yes_and_why(lab):
    sample(at=timezone.now(), memory_used=2 * GIB, memory_total=32 * GIB)

    said, code = run(lab.key, "--learners", "30")

    assert code == 0
    assert said.startswith(f"{lab.key}: Yes, 30 learners fit\nMemory 720 MiB (at most 15 GiB) · Warm-up about ")
    assert "s · Fit in all 60" in said
    assert "GOOD  The class takes about 720 MiB of memory, and 27 GiB are free for labs." in said
    assert "GOOD  Warming up for everybody takes about" in said
    assert "WARN  Nobody has used labs of this kind here lately" in said


def test_the_command_says_no_and_why(lab):
    sample(at=timezone.now(), memory_used=31 * GIB, memory_total=32 * GIB)

    said, code = run(lab.key.rpartition("/")[2])

    assert code == 1
    assert said.startswith(f"{lab.key}: No: 0 of 30 fit\n")
    assert "BAD   The class takes about 720 MiB of memory, and only 0 MiB are free for labs." in said


def test_without_a_reconciler_the_command_looks_itself(lab, engine):
    _said, _code = run(lab.key)

    assert Sample.objects.count() == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"), [(("nothing",), "names 0 lessons"), (("--learners", "0"), "1 to 1000")]
)
def test_what_makes_no_sense(lab, arguments, sentence, engine):
    if arguments[0] == "--learners":
        arguments = (lab.key, *arguments)

    with pytest.raises(CommandError, match=sentence):
        call_command("seats", *arguments)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("key", sorted(SENTENCES))
def test_every_reason_has_words(language, key):
    names = ("need", "have", "worst", "least", "places", "waiting", "used", "warm", "rest", "seconds")
    with translation.override(language):
        sentence = sentence_for(Reason(Weight.WARN, key, dict.fromkeys(names, 3 * GIB)))

    assert sentence.endswith(".")
    assert "%(" not in sentence


@pytest.mark.parametrize(("seconds", "text"), [(34, "34 s"), (119, "119 s"), (120, "2 min"), (847, "14 min")])
def test_times(seconds, text):
    with translation.override("en"):
        assert waiting(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 MiB"), (300 * MIB, "300 MiB"), (1.5 * GIB, "1.5 GiB"), (60 * GIB, "60 GiB")]
)
def test_sizes(count, text):
    with translation.override("en"):
        assert size(count) == text


def test_sizes_are_rounded_and_written_as_in_the_readers_language():
    with translation.override("es"):
        assert size(1.56 * GIB) == "1,6 GiB"


def test_who_may_plan(alice, bob, ivy, root):
    cohort = CohortFactory()
    EnrolmentFactory(cohort=cohort, user=bob, role=Role.INSTRUCTOR)
    EnrolmentFactory(cohort=cohort, user=alice)

    assert [can_plan(person) for person in (alice, bob, ivy, root)] == [False, True, True, True]
    with translation.override("en"), pytest.raises(PermissionDenied, match="Only instructors"):
        check_plan(alice)
