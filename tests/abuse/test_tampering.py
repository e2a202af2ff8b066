"""G01: whatever a learner does to their own shell, a check is run by ours."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from content.documents import ExpectDocument, FileDocument
from grading.checks import run_check
from grading.looking import view_into
from grading.models import Verdict
from sandboxes.agent_client import AgentClient
from sandboxes.engine import runtime
from sandboxes.environment import Environment
from sandboxes.lifecycle import agent_of, make_sandbox, push_files
from sandboxes.limits import MIB, Limits
from sandboxes.models import Sandbox
from sandboxes.runtimes.base import RuntimeFault

pytestmark = [pytest.mark.docker, pytest.mark.abuse, pytest.mark.django_db]

WORD = "boya"
# The same question in three ways; `command` runs programs of the image, the others ours only.
CHECKS = (
    ExpectDocument(kind="file", arguments={"path": "note.txt", "contains": WORD}),
    ExpectDocument(kind="command", arguments={"argv": ["grep", "-q", WORD, "note.txt"]}),
    ExpectDocument(
        kind="script",
        arguments={"file": "c.sh", "expected": {"en": "x"}, "source": f"grep -q {WORD} note.txt || exit 1"},
    ),
)
# How a careless grader would look: through the learner's own login shell.
CARELESS = f"grep -q {WORD} note.txt"


class Tampering(NamedTuple):
    """What a learner types, and whether it fools a careless grader. What does not was refused by the sandbox."""

    line: str
    fools: bool = True


FAKE = r"mkdir -p ~/bin; printf '#!/bin/sh\nexit 0\n' | tee ~/bin/{grep,cat,sh,stat,head} >/dev/null; chmod +x ~/bin/*;"
TAMPERINGS = {
    "path": Tampering(FAKE + "echo 'PATH=~/bin:$PATH' >> ~/.profile"),
    "alias": Tampering("echo 'shopt -s expand_aliases; alias grep=true' >> ~/.profile"),
    "function": Tampering("echo 'grep() { return 0; }; export -f grep' >> ~/.profile"),
    "hash": Tampering(FAKE + "echo 'hash -p ~/bin/grep grep' >> ~/.profile"),
    "BASH_ENV": Tampering(
        "echo 'grep() { :; }' > ~/env; echo 'export BASH_ENV=~/env ENV=~/env; . ~/env' >> ~/.profile"
    ),
    "LD_PRELOAD": Tampering("echo 'export LD_PRELOAD=~/always.so' >> ~/.profile"),
    "exit": Tampering("echo 'exit 0' >> ~/.profile"),
    "decoy folder": Tampering(f"mkdir ~/decoy; echo {WORD} > ~/decoy/note.txt; echo 'cd ~/decoy' >> ~/.profile"),
    "ld.so.preload": Tampering("echo ~/always.so > /etc/ld.so.preload", fools=False),
    "replaced program": Tampering(FAKE + "cp ~/bin/grep /usr/bin/grep; mount --bind ~/bin /usr/bin", fools=False),
    "replaced tools": Tampering(FAKE + "cp ~/bin/sh /.muelle/bin/busybox; mv /.muelle /tmp", fools=False),
    "system files": Tampering(
        "echo PATH=/tmp >> /etc/environment; echo 'learner:x:0:0::/:' >> /etc/passwd", fools=False
    ),
}


@pytest.fixture(scope="session")
def always_so(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A library that ends every program it is loaded into with status 0."""
    folder = tmp_path_factory.mktemp("preload")
    source, target = folder / "always.c", folder / "always.so"
    source.write_text("#include <unistd.h>\n__attribute__((constructor)) static void end(void) { _exit(0); }\n")
    subprocess.run(["cc", "-shared", "-fPIC", "-o", target, source], check=True, timeout=60)
    return Path(target).read_bytes()


@pytest.fixture
def sandbox_row(settings: Any, always_so: bytes) -> Iterator[Sandbox]:
    """A sandbox as lessons have it, under an instance of its own."""
    if not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME and settings.MUELLE_IMAGES):
        pytest.skip("no engine, agent or lab image: `make setup` prepares them")
    settings.MUELLE_RUNTIME = "docker"
    settings.MUELLE_INSTANCE = f"{time.time_ns() & 0xFFFFFFFF:08x}"
    environment = Environment(
        image=settings.MUELLE_IMAGES["standard"], limits=Limits(memory_bytes=128 * MIB, disk_bytes=4 * MIB)
    )
    made = make_sandbox(environment, seed="5eed", values={})
    push_files(made, [FileDocument(path="always.so", mode=0o755, data=always_so)])
    yield made
    for left in runtime().list():
        with suppress(RuntimeFault):
            runtime().destroy(left.name)
    runtime().close()  # type: ignore[attr-defined]


def verdicts(sandbox: Sandbox) -> list[Verdict]:
    return [run_check(expect, (), view_into(sandbox, seconds=20)).verdict for expect in CHECKS]


def looks_carelessly(agent: AgentClient) -> bool:
    result = agent.run(["/bin/bash", "-lc", CARELESS], timeout=10)
    return result.exit_code == 0


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_g01_no_tampering_with_the_shell_reaches_a_check(sandbox_row: Sandbox, tampering: Tampering) -> None:
    agent = agent_of(sandbox_row)
    assert not looks_carelessly(agent)
    agent.run(["/bin/bash", "-c", tampering.line], timeout=10)

    assert looks_carelessly(agent) is tampering.fools, "The control: it fools who is careless, or it was refused."
    assert verdicts(sandbox_row) == [Verdict.FAIL] * 3

    agent.run(["/bin/bash", "-c", f"echo {WORD} > ~/note.txt"], timeout=10)
    assert verdicts(sandbox_row) == [Verdict.PASS] * 3
