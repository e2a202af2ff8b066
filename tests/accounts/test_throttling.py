"""E09: wrong tries make people wait, and never for good; addresses have ceilings that no class reaches."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import OperationalError, connection
from django.utils import translation

from accounts.models import WrongTries
from accounts.throttling import (
    ACCOUNT,
    CLASS,
    LOCAL,
    MAX_ADDRESSES,
    SIGN_INS,
    SOCKETS,
    STALE_AFTER,
    STARTS,
    SWEEP_EVERY,
    Ceiling,
    Counter,
    TooMany,
    _full_at,
    check_ceiling,
    clear,
    client_address,
    give_back,
    spell_out,
    spend,
)

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ALICE = Counter(ACCOUNT, "alice")


def wait_of(*counters: Counter) -> int:
    """Return for how many seconds nobody may try."""
    with pytest.raises(TooMany) as refusal:
        spend(*counters)
    return refusal.value.seconds


def spend_all(counter: Counter) -> None:
    for _try in range(counter.limit.free):
        spend(counter)


def test_ten_wrong_tries_are_free_and_the_eleventh_waits(db):
    with time_machine.travel(NOW, tick=False):
        spend_all(ALICE)

        assert wait_of(ALICE) == 30


def test_each_further_one_waits_twice_as_long_up_to_a_quarter_of_an_hour(db):
    waits = []
    with time_machine.travel(NOW, tick=False) as clock:
        spend_all(ALICE)
        for _try in range(8):
            waits.append(wait_of(ALICE))
            clock.shift(waits[-1])
            spend(ALICE)

    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_asking_while_one_waits_makes_it_no_longer(db):
    with time_machine.travel(NOW, tick=False) as clock:
        spend_all(ALICE)
        clock.shift(10)

        assert [wait_of(ALICE), wait_of(ALICE)] == [20, 20]


def test_an_hour_without_a_wrong_try_is_a_fresh_start(db):
    with time_machine.travel(NOW, tick=False) as clock:
        spend_all(ALICE)
        clock.shift(timedelta(hours=1, seconds=1))

        spend_all(ALICE)

        assert wait_of(ALICE) == 30


def test_the_right_secret_clears(db):
    spend_all(ALICE)

    clear(ALICE)

    spend_all(ALICE)


def test_one_right_try_of_a_class_uncounts_one_and_not_all(db):
    counter = Counter(CLASS, "QWXYRT")
    spend_all(counter)
    give_back(counter)

    spend(counter)

    assert wait_of(counter) == 30


def test_accounts_do_not_count_against_each_other(db):
    spend_all(ALICE)

    spend(Counter(ACCOUNT, "bob"))
    spend(Counter(CLASS, "alice"))


def test_a_refused_try_counts_against_nothing(db):
    spend_all(ALICE)
    other = Counter(CLASS, "QWXYRT")

    wait_of(other, ALICE)

    assert not WrongTries.objects.filter(key=other.key).exists()


def test_what_was_typed_is_not_stored(db):
    spend(Counter(ACCOUNT, "my-password-in-the-wrong-field"))

    assert "password" not in str(WrongTries.objects.values().get())


def test_many_tries_at_once_do_not_all_pass_an_old_count(transactional_db):
    def attempt(_number: int) -> bool:
        while True:
            try:
                spend(ALICE)
            except TooMany:
                return False
            except OperationalError:  # the database of tests, which is in memory, does not wait for a lock as files do
                continue
            finally:
                connection.close()
            return True

    with ThreadPoolExecutor(8) as pool:
        passed = sum(pool.map(attempt, range(40)))

    assert passed == ACCOUNT.free


def test_rows_of_invented_names_do_not_pile_up(db):
    with time_machine.travel(NOW, tick=False) as clock:
        spend(Counter(ACCOUNT, "old"))
        clock.shift(STALE_AFTER + timedelta(seconds=1))
        for number in range(SWEEP_EVERY):
            spend(Counter(ACCOUNT, f"invented-{number}"))

        assert not WrongTries.objects.filter(key=Counter(ACCOUNT, "old").key).exists()


def test_a_waiting_time_is_told_as_people_say_it():
    with translation.override("en"):
        assert [spell_out(1), spell_out(30), spell_out(60), spell_out(61)] == [
            "1 second",
            "30 seconds",
            "1 minute",
            "2 minutes",
        ]


@pytest.mark.parametrize("ceiling", [SIGN_INS, STARTS, SOCKETS], ids=lambda ceiling: ceiling.name)
def test_sixty_from_one_address_in_a_minute_are_nothing(ceiling: Ceiling):
    for second in range(60):
        check_ceiling(ceiling, "10.0.0.7", now=1000.0 + second)
    for _at_once in range(60):
        check_ceiling(ceiling, "10.0.0.8", now=1000.0)


@pytest.mark.parametrize("ceiling", [SIGN_INS, STARTS, SOCKETS], ids=lambda ceiling: ceiling.name)
def test_a_flood_is_refused_with_when_to_come_back(ceiling: Ceiling):
    for _once in range(ceiling.burst):
        check_ceiling(ceiling, "10.0.0.7", now=1000.0)

    with pytest.raises(TooMany) as refusal:
        check_ceiling(ceiling, "10.0.0.7", now=1000.0)

    assert refusal.value.seconds == 1
    check_ceiling(ceiling, "10.0.0.7", now=1001.0)
    check_ceiling(ceiling, "10.0.0.8", now=1000.0)


def test_refused_tries_do_not_keep_an_address_out():
    for _once in range(SIGN_INS.burst):
        check_ceiling(SIGN_INS, "10.0.0.7", now=1000.0)
    for _once in range(1000):
        with pytest.raises(TooMany):
            check_ceiling(SIGN_INS, "10.0.0.7", now=1000.1)

    check_ceiling(SIGN_INS, "10.0.0.7", now=1000.6)


def test_a_flood_from_everywhere_takes_bounded_memory():
    for number in range(MAX_ADDRESSES + 100):
        check_ceiling(SIGN_INS, f"address-{number}", now=1000.0)

    assert len(_full_at) == MAX_ADDRESSES


@pytest.mark.parametrize(
    ("peer", "forwarded", "seen"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # anybody can write the header
        ("10.1.2.3", "198.51.100.1", "198.51.100.1"),
        ("10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # what the proxy added is last
        ("10.1.2.3", "198.51.100.1, 10.9.9.9", "198.51.100.1"),  # two proxies of ours
        ("10.1.2.3", "rubbish", "10.1.2.3"),
        ("10.1.2.3", "10.4.4.4", "10.4.4.4"),  # nobody but our proxies in the chain
        ("::ffff:203.0.113.9", "", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        ("", "198.51.100.1", LOCAL),
        ("/run/socket", "", LOCAL),
    ],
)
def test_who_asks(settings, peer: str, forwarded: str, seen: str):
    settings.MUELLE_TRUSTED_PROXIES = ["10.0.0.0/8"]

    assert client_address(peer, forwarded) == seen
