"""Devices that an account signed in on before."""

import pytest

from accounts.devices import MAX_ACCOUNTS, Device


def test_knows_who_signed_in_and_nobody_else():
    device = Device.read("").remember("account:alice")

    again = Device.read(str(device))

    assert again.number == device.number
    assert again.knows("account:alice")
    assert not again.knows("account:bob")


def test_a_mark_is_worth_nothing_on_another_device():
    stolen = Device.read("").remember("account:alice").tags

    assert not Device(Device.read("").number, stolen).knows("account:alice")


@pytest.mark.parametrize("cookie", ["", "x", "." * 5000, "ñ" * 22, "a.b.c", "\x00" * 40])
def test_nonsense_is_a_device_that_knows_nobody(cookie: str):
    assert not Device.read(cookie).knows("account:alice")


def test_a_shared_computer_forgets_the_oldest():
    device = Device.read("")
    for number in range(MAX_ACCOUNTS + 1):
        device = device.remember(f"account:{number}")

    assert not device.knows("account:0")
    assert device.knows("account:1")
    assert len(str(Device.read(str(device)))) < 512


def test_says_nothing_about_the_account():
    assert "alice" not in str(Device.read("").remember("account:alice"))
