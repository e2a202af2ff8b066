"""The runner of set-up steps."""

import io

import pytest

from tools.problems import Problem
from tools.runner import Console, Step, explain, run_steps


@pytest.fixture
def screen() -> io.StringIO:
    """What the person sees on standard output."""
    return io.StringIO()


def test_every_step_is_a_line_that_says_what_came_of_it(workspace, screen):
    steps = [Step("one", "does the first", lambda _: "done"), Step("two", "does the second", lambda _: "nothing to do")]

    well = run_steps(steps, workspace, console=Console(screen))

    lines = screen.getvalue().splitlines()
    assert well
    assert lines[0].startswith("[ 1/2] one: does the first ... done (")
    assert lines[1].startswith("[ 2/2] two: does the second ... nothing to do (")


def test_a_step_that_fails_stops_the_rest_and_says_what_to_do(workspace, screen, capsys):
    ran = []

    def fail(_):
        raise Problem("The disk is full.", "Free some room.", detail="no space left on device")

    steps = [Step("one", "fails", fail), Step("two", "never runs", lambda _: ran.append("two") or "done")]

    well = run_steps(steps, workspace, console=Console(screen))

    told = capsys.readouterr().err
    assert not well
    assert ran == []
    assert "The disk is full." in told
    assert "    | no space left on device" in told
    assert "What to do: Free some room." in told
    assert "Traceback" not in told


def test_an_error_of_the_system_becomes_a_sentence_too(workspace, screen, capsys):
    def fail(_):
        raise PermissionError(13, "Permission denied", "/var/lib/muelle")

    assert not run_steps([Step("one", "fails", fail)], workspace, console=Console(screen))

    told = capsys.readouterr().err
    assert "Permission denied: '/var/lib/muelle'" in told
    assert "Traceback" not in told


def test_verbose_shows_the_traceback(workspace, capsys):
    try:
        raise Problem("Wrong.", "Right it.")
    except Problem as problem:
        explain(problem, workspace, verbose=True)

    assert "Traceback" in capsys.readouterr().err


def test_remarks_stand_below_the_line_of_their_step(workspace, screen):
    def remark(space):
        space.say("fetches 3 packages")
        return "installed 3"

    run_steps([Step("packages", "installs", remark)], workspace, console=Console(screen))

    lines = screen.getvalue().splitlines()
    assert lines[1].strip() == "fetches 3 packages"
    assert lines[2].strip().startswith("installed 3 (")
