"""The command line of the lab engine, and finding it again."""

import os
import subprocess
import sys

import pytest
from processes import until

from tools.engine import daemon, places


@pytest.fixture
def _here(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "PID_FILE", tmp_path / "engine.pid")
    monkeypatch.setattr(daemon, "taken_networks", lambda: ["10.0.0.0/8"])


@pytest.mark.usefixtures("_here")
def test_it_touches_nothing_of_another_engine():
    words = daemon.command()

    assert "--iptables=false" in words
    assert f"--bridge={places.BRIDGE}" in words
    assert f"--host={places.URL}" in words
    assert "--containerd-namespace=muelle" in words
    assert not [word for word in words if "none" in word]


@pytest.mark.usefixtures("_here")
def test_networks_of_sessions_avoid_those_of_the_machine():
    assert "--default-address-pool=base=172.29.0.0/16,size=28" in daemon.command()


@pytest.mark.usefixtures("_here")
def test_a_stale_pid_file_does_not_name_a_stranger():
    places.PID_FILE.write_text(str(os.getpid()))

    assert daemon.pid() is None
    assert daemon.stop() is False


@pytest.mark.usefixtures("_here")
async def test_our_engine_is_found_by_its_command_line_and_asked_to_end():
    script = "import time; time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", script, f"--pidfile={places.PID_FILE}"], start_new_session=True)
    places.PID_FILE.write_text(str(process.pid))

    await until(lambda: daemon.pid() == process.pid)
    process.terminate()
    process.wait()

    assert daemon.pid() is None


def test_a_full_log_is_put_aside_while_the_engine_writes(monkeypatch, tmp_path):
    monkeypatch.setattr(places, "LOG", tmp_path / "engine.log")
    monkeypatch.setattr(daemon, "LOG_BYTES", 100)

    with places.LOG.open("ab", buffering=0) as engine:
        engine.write(b"x" * 101)
        daemon.turn_log()
        engine.write(b"next\n")
        daemon.turn_log()

    assert places.LOG.read_bytes() == b"next\n"
    assert (tmp_path / "engine.log.1").stat().st_size == 101


def test_the_engine_gets_little_of_the_environment(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("https_proxy", "http://proxy:3128")

    environment = daemon._environment()

    assert "SECRET_KEY" not in environment
    assert environment["https_proxy"] == "http://proxy:3128"
