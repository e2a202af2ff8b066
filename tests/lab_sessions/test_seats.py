"""Whether a class fits: each thing that can be short, alone, and what is said of it."""

from dataclasses import replace

import pytest

from lab_sessions.seats import LEAST_DISK, MOST_LEARNERS, Need, Room, SeatPlan, Weight, plan_seats

MIB = 1024**2
GIB = 1024**3

SHELL = Need(
    memory_bytes=20 * MIB,
    memory_limit_bytes=256 * MIB,
    disk_limit_bytes=0,
    cpus=0.02,
    start_seconds=0.6,
    measured=True,
)
DOCKER = Need(
    memory_bytes=300 * MIB,
    memory_limit_bytes=2 * GIB,
    disk_limit_bytes=2 * GIB,
    cpus=0.05,
    start_seconds=4.0,
    measured=True,
)
SERVER = Room(
    memory_total=16 * GIB,
    memory_available=14 * GIB,
    disk_available=100 * GIB,
    cpus=4,
    places=60,
    warm_most=30,
    warm_now=0,
    parallel=4,
)


def weights(plan: SeatPlan) -> dict[str, Weight]:
    return {reason.key: reason.weight for reason in plan.reasons}


def test_thirty_shells_fit():
    plan = plan_seats(learners=30, need=SHELL, room=SERVER)

    assert plan.fits
    assert weights(plan) == {"memory_enough": Weight.GOOD, "warm_up": Weight.GOOD}
    assert plan.memory_bytes == 600 * MIB
    assert plan.memory_worst_bytes == 7680 * MIB
    assert plan.disk_worst_bytes == 0
    assert plan.warm_seconds == 35  # 30 starts of 0.6 s, four at once, and a second after each
    assert plan.cold_wait_seconds == 0
    assert plan.most_learners == 60


def test_what_fits_on_most_days_is_said_to():
    plan = plan_seats(learners=30, need=DOCKER, room=SERVER)

    assert plan.fits
    assert weights(plan)["memory_worst"] == Weight.WARN
    assert weights(plan)["disk_enough"] == Weight.GOOD
    assert plan.warm_seconds == 60


def test_too_little_memory():
    room = replace(SERVER, memory_available=6 * GIB)

    plan = plan_seats(learners=30, need=DOCKER, room=room)

    assert not plan.fits
    assert weights(plan)["memory_short"] == Weight.BAD
    [reason] = [each for each in plan.reasons if each.key == "memory_short"]
    assert reason.figures["need"] == 9000 * MIB
    assert reason.figures["have"] == 6 * GIB - int(1.6 * GIB)
    assert plan.most_learners == (6 * GIB - int(1.6 * GIB)) // (300 * MIB)
    assert plan_seats(learners=plan.most_learners, need=DOCKER, room=room).fits
    assert not plan_seats(learners=plan.most_learners + 1, need=DOCKER, room=room).fits


def test_what_waits_already_has_its_memory():
    room = replace(SERVER, memory_available=2 * GIB, warm_now=30)

    plan = plan_seats(learners=30, need=DOCKER, room=room)

    assert plan.fits
    assert (plan.memory_bytes, plan.warm_seconds) == (0, 0)


def test_too_few_places():
    plan = plan_seats(learners=30, need=SHELL, room=replace(SERVER, places=22))

    assert not plan.fits
    [reason] = [each for each in plan.reasons if each.key == "places_short"]
    assert reason.figures == {"places": 22, "waiting": 8}
    assert plan.most_learners == 22


@pytest.mark.parametrize(
    ("available", "key", "fits"),
    [
        (60 * GIB, "disk_enough", True),
        (60 * GIB - 1, "disk_worst", True),
        (30 * LEAST_DISK, "disk_worst", True),
        (30 * LEAST_DISK - 1, "disk_short", False),
    ],
)
def test_room_on_the_disk(available, key, fits):
    plan = plan_seats(learners=30, need=DOCKER, room=replace(SERVER, disk_available=available))

    assert plan.fits is fits
    assert key in weights(plan)


def test_who_starts_cold_waits():
    plan = plan_seats(learners=30, need=DOCKER, room=replace(SERVER, warm_most=10))

    [reason] = [each for each in plan.reasons if each.key == "pool_short"]
    assert reason.weight == Weight.WARN
    assert reason.figures == {"warm": 10, "rest": 20, "seconds": 20}


def test_busy_processors():
    plan = plan_seats(learners=30, need=replace(SHELL, cpus=0.2), room=SERVER)

    assert weights(plan)["processors_busy"] == Weight.WARN
    assert "processors_busy" not in weights(plan_seats(learners=30, need=replace(SHELL, cpus=None), room=SERVER))


def test_what_was_assumed_is_said_to_be():
    assert weights(plan_seats(learners=2, need=replace(SHELL, measured=False), room=SERVER))["assumed"] == Weight.WARN


@pytest.mark.parametrize("learners", [0, -1, MOST_LEARNERS + 1])
def test_numbers_that_are_no_class(learners):
    with pytest.raises(ValueError, match=f"1 to {MOST_LEARNERS} learners"):
        plan_seats(learners=learners, need=SHELL, room=SERVER)
