"""The one device that sandboxes open."""

import stat

import pytest

from tools.engine import devices


@pytest.fixture
def tun(monkeypatch, tmp_path):
    """A place for the device, and no kernel modules."""
    path = tmp_path / "net" / "tun"
    monkeypatch.setattr(devices, "TUN", path)
    monkeypatch.setattr(devices, "succeeds", lambda _argv: False)
    return path


def test_it_is_opened_to_everybody_once(tun):
    tun.parent.mkdir()
    tun.touch(mode=0o600)

    devices.prepare_tun()
    devices.prepare_tun()

    assert stat.S_IMODE(tun.stat().st_mode) == 0o666


def test_it_is_made_where_it_is_missing(tun, monkeypatch):
    made = []
    monkeypatch.setattr(devices.os, "mknod", lambda path, mode, device: (made.append((mode, device)), path.touch()))

    devices.prepare_tun()

    assert made == [(stat.S_IFCHR | 0o666, devices.os.makedev(10, 200))]
    assert stat.S_IMODE(tun.stat().st_mode) == 0o666


def test_a_machine_that_allows_neither_goes_on_without(tun, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(devices.os, "mknod", refuse)

    devices.prepare_tun()

    assert not tun.exists()
