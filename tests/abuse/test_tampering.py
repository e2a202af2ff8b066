"""G01: whatever a learner does to their own shell and files, a check is run by ours, and looks at what is there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from content.documents import ExpectDocument, FileDocument
from grading.checks import run_check
from grading.looking import view_into
from grading.models import Verdict
from sandboxes.agent_client import AgentClient
from sandboxes.lifecycle import agent_of, push_files
from sandboxes.models import Sandbox
from tests.abuse.tamperings import SOURCE_ALWAYS, TAMPERINGS, WORD, Tampering

pytestmark = [pytest.mark.docker, pytest.mark.abuse, pytest.mark.django_db]

# The same question in three ways; `command` runs programs of the image, the others ours only. The script keeps the word
# out of the arguments of what reads the file, as docs/authoring.md says.
CHECKS = (
    ExpectDocument(kind="file", arguments={"path": "note.txt", "contains": WORD}),
    ExpectDocument(kind="command", arguments={"argv": ["grep", "-q", WORD, "note.txt"]}),
    ExpectDocument(
        kind="script",
        arguments={
            "file": "c.sh",
            "expected": {"en": "x"},
            "source": f"case $(cat note.txt | head -c 4096) in *{WORD}*) exit 0 ;; esac; exit 1",
        },
    ),
)
# How a careless grader would look: through the learner's own login shell.
CARELESS = f"grep -q {WORD} note.txt"


@pytest.fixture(scope="session")
def always_so(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A library that ends every program it is loaded into with status 0."""
    folder = tmp_path_factory.mktemp("preload")
    source, target = folder / "always.c", folder / "always.so"
    source.write_text(SOURCE_ALWAYS)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", target, source], check=True, timeout=60)
    return Path(target).read_bytes()


def verdicts(sandbox: Sandbox) -> list[Verdict]:
    return [run_check(expect, (), view_into(sandbox, seconds=20)).verdict for expect in CHECKS]


def looks_carelessly(agent: AgentClient) -> bool:
    result = agent.run(["/bin/bash", "-lc", CARELESS], timeout=10)
    return result.exit_code == 0


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_g01_no_tampering_reaches_a_check(lesson_sandbox: Sandbox, always_so: bytes, tampering: Tampering) -> None:
    push_files(lesson_sandbox, [FileDocument(path="always.so", mode=0o755, data=always_so)])
    agent = agent_of(lesson_sandbox)
    assert not looks_carelessly(agent)
    agent.run(["/bin/bash", "-c", tampering.line], timeout=10)

    assert looks_carelessly(agent) is tampering.fools, "The control: it fools who is careless, or it was refused."
    assert verdicts(lesson_sandbox) == [Verdict.FAIL] * 3

    agent.run(["/bin/bash", "-c", f"rm -rf ~/note.txt; echo {WORD} > ~/note.txt"], timeout=10)
    assert verdicts(lesson_sandbox) == [Verdict.PASS] * 3


def test_the_tactics_are_many() -> None:
    """As many as the promise says."""
    assert len({tampering.line for tampering in TAMPERINGS.values()}) >= 40
