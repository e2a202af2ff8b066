"""What the reconciler tells of the machine."""

from datetime import timedelta

import pytest
from django.utils import timezone

from lab_sessions import leases, signs
from lab_sessions.models import Lease
from sandboxes.runtimes.base import EngineUnavailable, WallsDown


class Engine:
    def __init__(self) -> None:
        self.asked = 0
        self.down = False

    def list(self):
        self.asked += 1
        if self.down:
            raise EngineUnavailable("down")
        return []


class Walls:
    def __init__(self) -> None:
        self.down = False

    def check(self):
        if self.down:
            raise WallsDown("gone")


@pytest.fixture
def engine(db, monkeypatch) -> Engine:
    there = Engine()
    monkeypatch.setattr(signs, "runtime", lambda: there)
    return there


@pytest.fixture
def walls(monkeypatch, settings) -> Walls:
    settings.MUELLE_LAB_NETWORKS = "10.0.0.0/16"
    there = Walls()
    monkeypatch.setattr(signs, "walls", lambda: there)
    return there


def test_notes_what_it_sees(engine, walls):
    assert signs.note_machine(timezone.now()) == 0

    assert set(Lease.objects.values_list("name", flat=True)) == {signs.ENGINE, signs.WALLS}
    assert signs.seen_until(signs.ENGINE) > timezone.now() + timedelta(seconds=25)
    assert abs(signs.last_seen(signs.ENGINE) - timezone.now()) < timedelta(seconds=5)


def test_writes_only_when_a_sign_is_about_to_lapse(engine, walls):
    signs.note_machine(timezone.now())
    first = signs.seen_until(signs.ENGINE)

    signs.note_machine(timezone.now())
    assert (engine.asked, signs.seen_until(signs.ENGINE)) == (1, first)

    signs.note_machine(timezone.now() + timedelta(seconds=15))
    assert engine.asked == 2


def test_an_engine_that_is_down_is_not_noted(engine, walls):
    engine.down = True

    with pytest.raises(EngineUnavailable):
        signs.note_machine(timezone.now())

    assert signs.last_seen(signs.ENGINE) is None


def test_walls_that_are_down_let_the_sign_lapse(engine, walls):
    leases.hold(signs.WALLS, signs.HOLDER, timedelta(seconds=1))
    walls.down = True

    with pytest.raises(WallsDown):
        signs.note_machine(timezone.now())

    assert signs.seen_until(signs.WALLS) < timezone.now() + timedelta(seconds=2)
    assert signs.seen_until(signs.ENGINE) is not None


def test_where_labs_have_no_networks_there_are_no_walls_to_look_at(engine, walls, settings):
    settings.MUELLE_LAB_NETWORKS = ""
    walls.down = True

    signs.note_machine(timezone.now())

    assert signs.seen_until(signs.WALLS) is None
