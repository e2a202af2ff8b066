"""Typing into a real login shell."""

import time

import pytest

from grading.prove.typist import CannotType, Typist
from sandboxes.agent_client import PtyCommand
from tests.contract.agent_process import AgentProcess


@pytest.fixture
def typist(agent_binary, learner):
    with AgentProcess(agent_binary, uid=learner) as running:
        typing = Typist(running.socket, shell=PtyCommand(cwd=str(running.home)))
        typing.begin()
        yield typing


@pytest.mark.parametrize(
    ("line", "output", "status"),
    [
        ("echo one two", "one two\n", 0),
        ("false", "", 1),
        ("printf 'a\\nb'", "a\nb", 0),
        ("echo first; (exit 7)", "first\n", 7),
        ("printf '\\033[31mred\\033[0m\\n'", "red\n", 0),
        ("echo 'ñandú'", "ñandú\n", 0),
        ("cat <<'END'\nline one\n\ttabbed\nEND", "line one\n\ttabbed\n", 0),
        ("echo one\necho two", "one\ntwo\n", 0),
        ("for n in 1 2 3\ndo\n  echo $n\ndone", "1\n2\n3\n", 0),
        ("echo " + "x" * 1000, "x" * 1000 + "\n", 0),
    ],
)
def test_a_line_is_typed_and_its_output_and_status_come_back(typist, line, output, status):
    typed = typist.type(line, timeout=10)

    assert (typed.output, typed.status) == (output, status)


def test_a_line_that_runs_nothing_comes_back_too(typist):
    assert "syntax error" in typist.type("echo )", timeout=10).output
    assert typist.type("# only a comment", timeout=10).status == 2, "It is still that of the line before."
    assert typist.type("echo fine", timeout=10).output == "fine\n"


def test_the_shell_is_one_shell(typist):
    typist.type("word=kept; cd /usr", timeout=5)

    assert typist.type("echo $word $PWD", timeout=5).last_line == "kept /usr"


def test_it_is_a_terminal_and_a_login_shell(typist):
    assert typist.type("test -t 0 && test -t 1 && shopt -q login_shell && tput cols", timeout=5).last_line == "200"


def test_what_runs_in_the_background_is_not_held_up(typist):
    typist.type("(for n in $(seq 50000); do echo $n; done; touch finished) &", timeout=5)

    deadline = time.monotonic() + 20
    while typist.type("ls finished", timeout=10).status != 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_much_output_is_read_to_its_end(typist):
    typed = typist.type("seq 400000; echo the end", timeout=30)

    assert typed.last_line == "the end"
    assert len(typed.output) < 1_200_000


def test_what_does_not_come_back_in_time_is_said(typist):
    started = time.monotonic()

    with pytest.raises(CannotType, match="no prompt within"):
        typist.type("sleep 60", timeout=0.5)

    assert time.monotonic() - started < 5


def test_a_shell_that_ends_is_said(typist):
    with pytest.raises(CannotType):
        typist.type("exit", timeout=5)


def test_no_sandbox_is_said(tmp_path):
    with pytest.raises(CannotType):
        Typist(tmp_path / "nobody.sock").begin()
