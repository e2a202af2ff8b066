"""`file`, on real files, as the learner."""

import os
import stat
import time

import pytest

from grading.expects import file
from grading.expects.errors import CouldNotLook


@pytest.fixture
def judged(look):
    """Gather and judge a check in one go."""

    def judge(**arguments):
        return file.judge(arguments, file.gather(arguments, look()))

    return judge


@pytest.mark.parametrize(
    ("arguments", "passes"),
    [
        ({}, True),
        ({"path": "missing.txt"}, False),
        ({"path": "missing.txt", "absent": True}, True),
        ({"absent": True}, False),
        ({"type": "file"}, True),
        ({"type": "directory"}, False),
        ({"mode": "0640"}, True),
        ({"mode": "0644"}, False),
        ({"size": {"max": 100}}, True),
        ({"size": 3}, False),
        ({"lines": 2}, True),
        ({"lines": {"min": 3}}, False),
        ({"contains": "nginx"}, True),
        ({"contains": "apache"}, False),
        ({"equals": "server nginx\nport 8081"}, True),
        ({"matches": "^port [0-9]+$"}, True),
        ({"contains": "nginx", "mode": "0600"}, False),
    ],
)
def test_a_file_is_as_it_should_be_or_not(home, judged, arguments, passes):
    (home / "conf.txt").write_text("server nginx\nport 8081\n")
    (home / "conf.txt").chmod(0o640)
    os.chown(home / "conf.txt", home.stat().st_uid, home.stat().st_gid)

    finding = judged(**{"path": "conf.txt", **arguments})

    assert finding.passed is passes


def test_owner_and_group_go_by_name_or_number(home, judged):
    (home / "mine").touch()
    os.chown(home / "mine", 0, 0)

    assert judged(path="mine", owner="root", group="0").passed
    assert judged(path="mine", owner=0).passed
    assert not judged(path="mine", owner="nobody").passed


@pytest.mark.parametrize("path", ["~/notes/a b.txt", "notes/a b.txt"])
def test_paths_begin_at_home(home, judged, path):
    (home / "notes").mkdir()
    (home / "notes" / "a b.txt").touch()

    assert judged(path=path).passed


def test_a_path_is_data_and_never_a_program(home, judged):
    name = "$(touch oops) `id` 'x' \"y\" ;*"
    (home / name).write_text("here")

    assert judged(path=name, contains="here").passed
    assert not (home / "oops").exists()


def test_links_are_followed_unless_the_link_is_what_is_asked_about(home, judged):
    (home / "target").write_text("text")
    (home / "link").symlink_to("target")
    (home / "broken").symlink_to("nowhere")

    assert judged(path="link", contains="text", type="file").passed
    assert judged(path="link", type="symlink", target="target").passed
    assert not judged(path="link", target="elsewhere").passed
    assert judged(path="broken", type="symlink").passed
    assert not judged(path="broken").passed
    assert not judged(path="broken", absent=True).passed


def test_directories_sockets_and_devices_are_told_apart(home, judged):
    (home / "folder").mkdir()
    os.mkfifo(home / "pipe")

    assert judged(path="folder", type="directory").passed
    assert judged(path="pipe", type="fifo").passed
    assert judged(path="/dev/null", type="device").passed
    assert not judged(path="folder", contains="x").passed


@pytest.mark.parametrize(
    ("text", "conditions", "passes"),
    [
        ('{"spec": {"replicas": 3}}', {"spec.replicas": 3}, True),
        ('{"spec": {"replicas": 3}}', {"spec.replicas": {"min": 4}}, False),
        ('{"spec": {}}', {"spec.replicas": {"absent": True}}, True),
        ("not json", {"spec": 1}, False),
        ("[" * 60_000, {"a": 1}, False),
        ('{"big": ' + "9" * 5000 + "}", {"big": 1}, False),
    ],
)
def test_places_of_json_are_compared(home, judged, text, conditions, passes):
    (home / "a.json").write_text(text)

    assert judged(path="a.json", json=conditions).passed is passes


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("kind: Pod\nspec: {containers: [{image: nginx}]}\n", True),
        ("kind: [", False),
        ("a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b]\n", False),
        ("!!python/object/apply:os.system [id]", False),
    ],
)
def test_places_of_yaml_are_compared(home, judged, text, passes):
    (home / "a.yaml").write_text(text)

    assert judged(path="a.yaml", yaml={"kind": "Pod", "spec.containers[0].image": "nginx"}).passed is passes


def test_a_fail_says_what_was_expected_and_what_was_found(home, judged):
    (home / "a.txt").write_text("hello\n")

    finding = judged(path="a.txt", contains="world", mode="0777")

    [there, mode, content] = finding.aspects
    assert there.holds
    assert mode.expected["en"] == "The mode of `a.txt` is `0777`"
    assert content.expected["en"] == "The content of `a.txt` contains `world`"
    assert content.found["en"] == "The content of `a.txt` is `hello`"
    assert finding.observed == "hello\n"


def test_what_is_missing_is_said_and_observed_as_nothing(judged):
    finding = judged(path="a.txt", contains="world")

    assert finding.aspects[0].found["en"] == "`a.txt` does not exist"
    assert finding.observed is None


@pytest.mark.parametrize(
    "make",
    [
        lambda path: os.mkfifo(path),
        lambda path: path.symlink_to("/dev/zero"),
        lambda path: path.symlink_to("/dev/random"),
        lambda path: path.symlink_to(path.name),
        lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 10 * 1024**3),
        lambda path: path.write_bytes(b"\xff\xfe\0\x1b[2J" * 1000),
    ],
    ids=["fifo", "zero", "random", "loop", "10 GB", "binary"],
)
def test_hostile_files_cost_neither_time_nor_memory_and_are_shown_harmlessly(home, judged, make):
    """Security row G09."""
    make(home / "trap")
    started = time.monotonic()

    finding = judged(path="trap", equals="x", lines=1)

    assert time.monotonic() - started < 2
    assert not finding.passed
    assert "\x1b" not in str(finding)


def test_what_is_too_long_is_not_called_equal(home, judged):
    (home / "long").write_text("a" * 200_000)

    finding = judged(path="long", equals="a" * 200_000)

    assert not finding.passed
    assert finding.aspects[-1].found["en"] == "`long` is too long to be compared"
    assert judged(path="long", contains="aaa").passed


@pytest.mark.skipif(os.geteuid() != 0, reason="Only root can make a folder that the learner may not enter.")
def test_what_may_not_be_seen_is_neither_there_nor_absent(home, judged):
    (home / "closed").mkdir(mode=0o700)
    (home / "closed" / "a").touch()

    assert not judged(path="closed/a").passed
    assert not judged(path="closed/a", absent=True).passed


def test_a_file_swapped_while_it_is_looked_at_is_no_fail(home, look, monkeypatch):
    """The look waits for a pipe that was a file a moment ago, until its time is over."""
    os.mkfifo(home / "trap")
    monkeypatch.setattr(file, "_LOOK", '$B head -c 10 "$1"')

    with pytest.raises(CouldNotLook) as caught:
        file.gather({"path": "trap"}, look(seconds=0.3))

    assert caught.value.transient


def test_the_same_evidence_is_judged_without_looking_again(home, look):
    (home / "a").write_text("x")
    evidence = file.gather({"path": "a"}, look())
    (home / "a").unlink()

    assert file.judge({"path": "a", "equals": "x"}, evidence).passed
    assert stat.S_IMODE(int(evidence["itself"]["mode"], 8)) == 0o644
