"""The limits that set-up raises for all labs of a machine."""

import re
from pathlib import Path

import pytest

from tools.steps import shared_limits

PAGE = Path(__file__).resolve().parents[3] / "docs" / "limits.md"


@pytest.fixture
def kernel(monkeypatch, tmp_path) -> dict[str, Path]:
    """Files in place of the kernel's: one too low, one high enough; the others do not exist."""
    monkeypatch.setattr(shared_limits, "SETTINGS", tmp_path)
    made = {"kernel/pty/max": "4096\n", "fs/inotify/max_user_instances": "100000\n"}
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text)
    return {name: tmp_path / name for name in made}


def test_what_is_low_is_raised_and_nothing_is_lowered(workspace, kernel):
    said = shared_limits.run(workspace)

    assert said == "raised kernel.pty.max"
    assert kernel["kernel/pty/max"].read_text() == "65536"
    assert kernel["fs/inotify/max_user_instances"].read_text() == "100000\n"


def test_the_second_time_there_is_nothing_to_do(workspace, kernel):
    shared_limits.run(workspace)

    assert shared_limits.run(workspace) == "high enough"


def test_a_machine_that_does_not_allow_it_is_told_what_that_means(workspace, kernel, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(Path, "write_text", refuse)

    assert shared_limits.run(workspace) == ("may not raise kernel.pty.max: many labs at once may disturb each other")


def test_every_one_is_published():
    page = PAGE.read_text()
    patterns = [
        name.replace("*", "[a-z0-9_]+") for name in re.findall(r"`((?:kernel|fs|net|user)\.[a-z0-9_.*-]+)`", page)
    ]
    unpublished = [
        name
        for name in (wanted.replace("/", ".") for wanted in shared_limits.WANTED)
        if not any(re.fullmatch(pattern, name) for pattern in patterns)
    ]

    assert unpublished == []
