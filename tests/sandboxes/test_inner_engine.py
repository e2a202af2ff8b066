"""Bringing the engine inside a sandbox up, seen from the agent's side."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandboxes import inner_engine
from sandboxes.agent_client import AgentClient
from sandboxes.inner_engine import InnerEngineMissing, InnerEngineSilent, answers, bring_up
from sandboxes.runtimes.fake_agent import Answer, Call, FakeAgent
from sandboxes.runtimes.profiles import ENGINE, STANDARD

INNER = ENGINE.inner_engine
assert INNER


class Inside:
    """A sandbox whose engine answers as the test says."""

    def __init__(self, socket_path: Path) -> None:
        self.calls: list[Call] = []
        self.answer = Answer()
        self.replies: list[bytes | None] = [b"HTTP/1.0 200 OK\r\n\r\nOK"]
        """To one look after another; the last one for good. None: nobody listens."""
        self.asked: list[tuple[str, bytes]] = []
        self.agent = AgentClient(socket_path)
        self.served = FakeAgent(socket_path, self._run, self._listen)

    def _run(self, call: Call) -> Answer:
        self.calls.append(call)
        return self.answer

    def _listen(self, address: str, request: bytes) -> bytes | None:
        reply = self.replies[0]
        if request or reply is None:  # either ends a look
            self.asked.append((address, request))
            del self.replies[: len(self.replies) > 1]
        return reply


@pytest.fixture
def inside(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inside]:
    monkeypatch.setattr(inner_engine, "LOOK_PAUSE", 0.001)
    made = Inside(Path(settings.MUELLE_RUN_DIR) / "a.sock")
    yield made
    made.served.stop()


def test_a_profile_without_one_has_nothing_to_start(inside: Inside) -> None:
    bring_up(inside.agent, STANDARD)

    assert inside.calls == []
    assert inside.asked == []


def test_it_is_started_in_the_background_with_what_its_clients_see(inside: Inside) -> None:
    bring_up(inside.agent, ENGINE)

    [call] = inside.calls
    assert call.argv[0] == "/.muelle/bin/sh"
    assert f"setsid {INNER.program} " in call.argv[2]
    assert call.env["XDG_RUNTIME_DIR"] == "/run/user/1000"
    assert [address for address, _ in inside.asked] == [f"unix:{INNER.socket}"]
    assert inside.asked[0][1].startswith(b"GET /_ping ")


def test_it_is_waited_for_until_it_answers_well(inside: Inside) -> None:
    inside.replies[:0] = [None, None, b"HTTP/1.0 503 starting\r\n\r\n", b"", b"nonsense"]

    bring_up(inside.agent, ENGINE)

    assert len(inside.asked) == 6


def test_one_that_does_not_come_is_said_with_its_last_words(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inner_engine, "ENGINE_TIMEOUT", 0.05)
    inside.replies = [None]
    inside.answer = Answer(stdout=b"failed to \x1b[31mstart daemon\n")

    with pytest.raises(InnerEngineSilent) as fault:
        bring_up(inside.agent, ENGINE)

    assert "failed to [31mstart daemon" in fault.value.detail
    assert "Try again" in fault.value.sentence
    assert INNER.log in inside.calls[-1].argv


def test_an_image_without_one_is_said_at_once(inside: Inside) -> None:
    inside.answer = Answer(exit_code=127)

    with pytest.raises(InnerEngineMissing):
        bring_up(inside.agent, ENGINE)

    assert inside.asked == []


def test_a_flood_in_place_of_an_answer_is_not_read(inside: Inside) -> None:
    inside.replies = [b"x" * 100_000]

    assert not answers(inside.agent, INNER)
