"""What is done inside a sandbox before a learner sees it, seen from the agent's side."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes import interior
from sandboxes.agent_client import AgentClient, AgentUnavailable, CannotStart
from sandboxes.interior import FilesFailed, SetupFailed, lay_out_home, push_to_home, run_setup, talking_to
from sandboxes.runtimes.base import AgentSilent
from sandboxes.runtimes.fake_agent import Answer, Call, FakeAgent


@dataclass(frozen=True)
class File:
    path: str
    data: bytes = b""
    mode: int = 0o644


def nobody_listens(_address: str, _request: bytes) -> None:
    """No port and no socket inside."""


class Inside:
    """A sandbox whose programs do as the test says."""

    def __init__(self, socket_path: Path) -> None:
        self.calls: list[Call] = []
        self.answer = Answer()
        self.agent = AgentClient(socket_path)
        self.served = FakeAgent(socket_path, self._run, nobody_listens)

    def _run(self, call: Call) -> Answer:
        self.calls.append(call)
        return self.answer


@pytest.fixture
def inside(settings: Any) -> Iterator[Inside]:
    made = Inside(Path(settings.MUELLE_RUN_DIR) / "a.sock")
    yield made
    made.served.stop()


def test_home_is_laid_out_with_trusted_tools_only(inside: Inside) -> None:
    lay_out_home(inside.agent)

    [call] = inside.calls
    assert call.argv[0] == "/.muelle/bin/sh"
    assert call.env["PATH"] == "/.muelle/bin"


def test_home_that_cannot_be_laid_out(inside: Inside) -> None:
    inside.answer = Answer(exit_code=1, stderr=b"cp: No space left on device\n")

    with pytest.raises(FilesFailed, match="No space left"):
        lay_out_home(inside.agent)


def test_setup_gets_values_as_environment(inside: Inside) -> None:
    run_setup(inside.agent, "echo $port > port\n", {"port": "8081"}, {})

    [call] = inside.calls
    assert call.argv == ("/bin/bash", "-euo", "pipefail", "-c", "echo $port > port\n", "setup.sh")
    assert call.env["port"] == "8081"
    assert call.cwd == "/home/learner"


def test_a_value_cannot_replace_a_variable_that_decides_what_runs(inside: Inside) -> None:
    run_setup(inside.agent, "true", {"PATH": "/tmp", "HOME": "/tmp"}, {})

    [call] = inside.calls
    assert "/tmp" not in call.env.values()


def test_a_failing_setup_says_its_last_lines(inside: Inside) -> None:
    lines = "".join(f"line {number}\n" for number in range(40))
    inside.answer = Answer(exit_code=3, stdout=lines.encode(), stderr=b"useradd: \x1b[31mdenied\n\n")

    with pytest.raises(SetupFailed) as fault:
        run_setup(inside.agent, "useradd x", {}, {})

    assert "code 3" in fault.value.detail
    assert "line 39" in fault.value.detail
    assert "line 20" not in fault.value.detail
    assert "denied" in fault.value.detail
    assert "\x1b" not in fault.value.detail


def test_a_failing_setup_that_says_nothing(inside: Inside) -> None:
    inside.answer = Answer(exit_code=1)

    with pytest.raises(SetupFailed, match="said nothing"):
        run_setup(inside.agent, "false", {}, {})


def test_a_setup_that_takes_too_long_is_stopped(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interior, "SETUP_TIMEOUT", 0.05)
    monkeypatch.setattr("sandboxes.agent_client.sync.KILL_GRACE", 0.05)
    inside.served.stop()
    inside.served = FakeAgent(inside.agent._path, _sleep, nobody_listens)

    with pytest.raises(SetupFailed, match="was stopped after 0 s"):
        run_setup(inside.agent, "sleep 100", {}, {})


def _sleep(_call: Call) -> Answer:
    time.sleep(0.3)
    return Answer()


def test_a_setup_that_is_too_long_to_send(inside: Inside) -> None:
    with pytest.raises(SetupFailed, match="longer than"):
        run_setup(inside.agent, "#" * 40_000, {}, {})

    assert inside.calls == []


def test_files_arrive_as_a_tar(inside: Inside) -> None:
    push_to_home(inside.agent, [File("note.txt", b"hola\n"), File("bin/run.sh", b"#!/bin/sh\n", 0o755)])

    [call] = inside.calls
    assert call.argv == ("/.muelle/bin/tar", "-x", "-f", "-", "-C", "/home/learner")
    with tarfile.open(fileobj=io.BytesIO(call.stdin)) as archive:
        assert all(abs(entry.mtime - time.time()) < 60 for entry in archive)
        entries = {entry.name: (entry.mode, archive.extractfile(entry).read()) for entry in archive}  # type: ignore[union-attr]
    assert entries == {"note.txt": (0o644, b"hola\n"), "bin/run.sh": (0o755, b"#!/bin/sh\n")}


def test_a_megabyte_arrives_whole(inside: Inside) -> None:
    data = bytes(range(256)) * 4096

    push_to_home(inside.agent, [File("big", data)])

    with tarfile.open(fileobj=io.BytesIO(inside.calls[0].stdin)) as archive:
        assert archive.extractfile("big").read() == data  # type: ignore[union-attr]


def test_no_files_need_no_program(inside: Inside) -> None:
    push_to_home(inside.agent, [])

    assert inside.calls == []


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "", "."])
def test_a_path_out_of_home_is_refused(inside: Inside, path: str) -> None:
    with pytest.raises(FilesFailed, match="leads out of home"):
        push_to_home(inside.agent, [File(path)])

    assert inside.calls == []


def test_too_much_is_refused(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interior, "FILES_LIMIT", 10)

    with pytest.raises(FilesFailed, match="more than 10 bytes"):
        push_to_home(inside.agent, [File("a", b"123456"), File("b", b"123456")])


@given(path=st.text(st.characters(blacklist_categories=["Cs"]), max_size=30), mode=st.integers(0, 0o177777))
def test_whatever_is_archived_is_a_plain_file_below_home(path: str, mode: int) -> None:
    try:
        packed = interior._archive([File(path, b"x", mode)])
    except FilesFailed:
        return

    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        [entry] = archive.getmembers()
    assert entry.isreg()
    assert not entry.name.startswith("/")
    assert ".." not in entry.name.split("/")
    assert entry.mode <= 0o777


def test_an_agent_that_is_away_is_transient() -> None:
    with pytest.raises(AgentSilent, match="sandbox-1"), talking_to("sandbox-1"):
        raise AgentUnavailable("gone")


def test_a_missing_program_is_permanent() -> None:
    with pytest.raises(FilesFailed, match="missing"), talking_to("sandbox-1"):
        raise CannotStart(4, 2, "no such file")
