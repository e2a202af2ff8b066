"""`command`: programs of the image, run as the learner."""

import pytest

from grading.expects import command
from grading.expects.errors import CouldNotLook
from grading.expects.probe import Probe


@pytest.fixture
def judged(look):
    def judge(**arguments):
        return command.judge(arguments, command.gather(arguments, look()))

    return judge


@pytest.mark.parametrize(
    ("arguments", "passes"),
    [
        ({"argv": ["true"]}, True),
        ({"argv": ["false"]}, False),
        ({"argv": ["false"], "exit": 1}, True),
        ({"argv": ["sh", "-c", "exit 7"], "exit": {"min": 5, "max": 9}}, True),
        ({"argv": ["echo", "hello world"], "stdout": "hello world"}, True),
        ({"argv": ["echo", "hello"], "stdout": {"contains": "world"}}, False),
        ({"argv": ["sh", "-c", "echo bad >&2"], "stderr": {"contains": "bad"}}, True),
        ({"argv": ["true"], "stdout": {"absent": True}}, True),
        ({"argv": ["echo", "x"], "stdout": {"absent": True}}, False),
        ({"argv": ["pwd"], "cwd": "/usr", "stdout": "/usr"}, True),
        ({"argv": ["/bin/echo", "$HOME; `id`"], "stdout": "$HOME; `id`"}, True),
        ({"argv": ["no-such-program"]}, False),
        ({"argv": ["true"], "cwd": "no/such/folder"}, False),
        ({"argv": ["/etc"]}, False),
        ({"argv": ["sh", "-c", "kill -SEGV $$"]}, False),
        ({"argv": ["sh", "-c", "kill -KILL $$"], "exit": 137}, True),
    ],
)
def test_a_command_does_as_it_should_or_not(judged, home, arguments, passes):
    assert judged(**arguments).passed is passes


def test_a_program_of_the_learners_is_run_by_its_path_only(judged, home):
    (home / "true").write_text("#!/bin/sh\nexit 5\n")
    (home / "true").chmod(0o755)

    assert judged(argv=["true"]).passed
    assert judged(argv=["./true"], exit=5).passed
    assert judged(argv=["true"], cwd=str(home)).passed


def test_what_is_no_program_is_explained(judged, home):
    (home / "data").write_bytes(b"\x7fnot a program")
    (home / "data").chmod(0o755)

    finding = judged(argv=["./data"])

    assert finding.aspects[0].found["en"] == "There is no program `./data` that can be run"
    assert finding.observed is None


def test_the_environment_is_plain(judged):
    finding = judged(argv=["env"], stdout={"absent": True})

    assert set(dict(line.split("=", 1) for line in finding.observed.splitlines())) == {"HOME", "LANG", "PATH"}


def test_what_a_profile_adds_is_there_too(agent, busybox, home):
    probe = Probe(agent.client, seconds=10, busybox=busybox, home=str(home), environment={"DOCKER_HOST": "unix:///x"})

    printed = probe.program(["/usr/bin/env"], str(home), 5).stdout.decode()
    scripted = probe.script("echo $DOCKER_HOST $HOME", {"DOCKER_HOST": "mine"}, 5).stdout.decode()

    assert "DOCKER_HOST=unix:///x" in printed.splitlines()
    assert scripted.split() == ["unix:///x", str(home)]


def test_a_program_that_does_not_end_is_ended(judged):
    finding = judged(argv=["sleep", "60"], timeout=1)

    assert finding.aspects[0].found["en"] == "`sleep 60` went on for longer"


def test_a_program_that_somebody_killed_says_nothing(look):
    arguments = {"argv": ["sh", "-c", "kill -TERM $$"]}

    with pytest.raises(CouldNotLook):
        command.gather(arguments, look())


def test_endless_output_is_cut(judged):
    finding = judged(argv=["sh", "-c", "yes | head -c 50000000"], stdout={"contains": "z"})

    assert not finding.passed
    assert len(finding.observed) <= 65_536


def test_what_it_prints_comes_before_its_status(judged):
    finding = judged(argv=["sh", "-c", "echo oops; exit 3"], stdout={"contains": "fine"})

    assert [aspect.found["en"] for aspect in finding.aspects] == [
        "What `sh -c 'echo oops; exit 3'` prints is `oops`",
        "The exit status of `sh -c 'echo oops; exit 3'` is `3`",
    ]


def test_a_command_that_prints_nothing_is_said_to(judged):
    finding = judged(argv=["true"], stdout={"contains": "x"}, stderr={"contains": "y"})

    said = [aspect.found["en"] for aspect in finding.aspects if not aspect.holds]
    assert said == ["`true` prints nothing", "`true` prints no errors"]
    assert finding.observed is None


@pytest.mark.parametrize("way", ["/proc/self/cmdline", "far/away"])
def test_no_program_finds_its_own_arguments_in_the_file_it_reads(judged, home, way):
    (home / "far").symlink_to("/proc/self")
    (home / "note.txt").symlink_to(way.replace("far/away", "far/cmdline"))

    finding = judged(argv=["grep", "-q", "boya", "note.txt"])

    assert not finding.passed
    assert finding.aspects[0].found["en"] == "`note.txt` leads into `/proc`"
    assert judged(argv=["grep", "-q", "boya", "/proc/self/cmdline"]).passed, "Where an author means it."
