import struct
import time
from pathlib import Path

import pytest

from sandboxes.agent_client import AgentClient, AgentLimit, AgentProtocolError, AgentUnavailable
from sandboxes.agent_client import sync as sync_module
from sandboxes.agent_client.frames import HEADER, Event, encode
from tests.sandboxes.agent_client.scripted import scripted_agent

STARTED = encode(Event.STARTED, struct.pack("!I", 5))
EXITED = encode(Event.EXITED, struct.pack("!BI", 0, 0))
FULL = encode(Event.ERROR, struct.pack("!HIH", 2, 0, 4) + b"full")
PONG = encode(Event.PONG, struct.pack("!HHHQ", 1, 1, 0, 0))


def run(path: Path, **options: float) -> sync_module.ProcessResult:
    return AgentClient(path).run(["/bin/true"], **({"timeout": 5.0} | options))


def test_wait_ready_gives_up_in_time(tmp_path: Path):
    started = time.monotonic()

    with pytest.raises(AgentUnavailable, match=r"agent\.sock"):
        AgentClient(tmp_path / "agent.sock").wait_ready(timeout=0.2)

    assert 0.15 < time.monotonic() - started < 2


def test_wait_ready_returns_when_the_agent_answers(tmp_path: Path):
    with scripted_agent(tmp_path, PONG) as path:
        AgentClient(path).wait_ready(timeout=5)


@pytest.mark.parametrize("ask", [AgentClient.ping, AgentClient.ptys])
def test_refusal_is_raised(tmp_path: Path, ask):
    with scripted_agent(tmp_path, FULL) as path, pytest.raises(AgentLimit, match="full"):
        ask(AgentClient(path))


@pytest.mark.parametrize(
    "ask", [AgentClient.ping, AgentClient.ptys, lambda client: client.connect("tcp:80", timeout=5)]
)
def test_answer_to_another_question(tmp_path: Path, ask):
    with scripted_agent(tmp_path, STARTED) as path, pytest.raises(AgentProtocolError, match="something else"):
        ask(AgentClient(path))


def test_connect_gives_up_on_a_silent_agent(tmp_path: Path):
    with scripted_agent(tmp_path, hang_up=False) as path, pytest.raises(AgentUnavailable, match="went away"):
        AgentClient(path).connect("tcp:80", timeout=0.2)


def test_connect_reads_not_a_byte_too_many(tmp_path: Path):
    with (
        scripted_agent(tmp_path, encode(Event.CONNECTED) + b"raw") as path,
        AgentClient(path).connect("tcp:80", timeout=5) as connection,
    ):
        assert connection.recv(100) == b"raw"


def test_ping_gives_up_on_drops(tmp_path: Path):
    with scripted_agent(tmp_path, PONG[:-1]) as path, pytest.raises(AgentUnavailable, match="closed"):
        AgentClient(path).ping()


def test_run_gives_up_on_an_agent_that_does_not_even_kill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sync_module, "KILL_GRACE", 0.1)

    with scripted_agent(tmp_path, STARTED, hang_up=False) as path:
        result = run(path, timeout=0.1)

    assert result.timed_out
    assert (result.exit_code, result.signal) == (None, None)


def test_run_whose_agent_hangs_up(tmp_path: Path):
    with scripted_agent(tmp_path, STARTED) as path, pytest.raises(AgentUnavailable, match="before the program ended"):
        run(path)


@pytest.mark.parametrize(
    "said",
    [
        PONG,
        encode(200),
        HEADER.pack(Event.STDOUT, 65_537),
        encode(Event.STDOUT),
        encode(Event.INPUT_ACCEPTED, struct.pack("!Q", 10)),
    ],
)
def test_run_trusts_nothing(tmp_path: Path, said: bytes):
    with scripted_agent(tmp_path, STARTED, said, hang_up=False) as path, pytest.raises(AgentProtocolError):
        run(path)


def test_run_is_refused(tmp_path: Path):
    with scripted_agent(tmp_path, FULL) as path, pytest.raises(AgentLimit):
        run(path)


def test_endless_output_costs_bounded_memory(tmp_path: Path):
    flood = encode(Event.STDOUT, bytes(65_536))

    with scripted_agent(tmp_path, STARTED, *[flood] * 100, EXITED) as path:
        result = run(path)

    assert len(result.stdout) == 65_536
    assert result.truncated
