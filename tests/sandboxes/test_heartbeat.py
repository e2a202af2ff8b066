import threading

import pytest
from django.db import OperationalError

from sandboxes.heartbeat import beating
from sandboxes.timing import BEAT

PATIENCE = 10.0  # seconds; a beat of the tests comes after a fiftieth of one


@pytest.fixture(autouse=True)
def _hurry(settings):
    settings.MUELLE_TIME_SCALE = BEAT * 50


def test_the_lease_is_renewed_while_the_work_lasts_and_not_after_it():
    beats: list[int] = []
    three = threading.Event()

    def renew() -> None:
        beats.append(1)
        if len(beats) == 3:
            three.set()

    with beating(renew):
        assert three.wait(PATIENCE)
    counted = len(beats)

    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]
    assert len(beats) == counted


def test_a_busy_database_does_not_stop_the_heart():
    second = threading.Event()
    tries: list[int] = []

    def renew() -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("database is locked")
        second.set()

    with beating(renew):
        assert second.wait(PATIENCE)


def test_the_heart_stops_when_the_work_fails():
    with pytest.raises(ZeroDivisionError), beating(lambda: None):
        raise ZeroDivisionError

    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]
