"""Reading files: bounded, UTF-8, never through a link."""

import os
from pathlib import Path

import pytest

from content import files
from content.problems import Problems


def said(problems: Problems) -> list[str]:
    return [f"{Path(problem.file).name}:{problem.line}: {problem.message}" for problem in problems]


def test_a_text_is_read_whatever_its_line_ends(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"\xef\xbb\xbfuno\r\ndos\n")
    problems = Problems()

    assert files.read_text(path, problems) == "uno\ndos\n"
    assert not problems


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: None, "a:1: This file is missing."),
        (lambda path: path.mkdir(), "a:1: This file is missing."),
        (lambda path: path.symlink_to("/etc/passwd"), "a:1: This is a symbolic link."),
        (lambda path: path.write_bytes(b"x" * (files.MAX_TEXT + 1)), "a:1: This file has more than 256 KiB."),
        (lambda path: path.write_bytes(b"a\nb\n\xff\n"), "a:3: This line is not UTF-8."),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, make, sentence):
    path = tmp_path / "a"
    make(path)
    problems = Problems()

    assert files.read_text(path, problems) is None
    assert said(problems) == [sentence]


def test_a_script_is_text(tmp_path):
    (tmp_path / "a.sh").write_bytes(b"echo \0")
    problems = Problems()

    assert files.read_script(tmp_path / "a.sh", problems) == ""
    assert said(problems) == ["a.sh:1: This script holds binary data."]


def test_a_home_keeps_its_folders_and_who_may_run_what(tmp_path):
    (tmp_path / "b" / "c").mkdir(parents=True)
    (tmp_path / "b" / "c" / "data").write_bytes(b"\0\1")
    (tmp_path / "run.sh").write_text("ls", encoding="utf-8")
    (tmp_path / "run.sh").chmod(0o4777)
    (tmp_path / ".DS_Store").write_text("x", encoding="utf-8")
    problems = Problems()

    found = files.read_home(tmp_path, problems)

    assert [(file.path, oct(file.mode), file.data) for file in found] == [
        ("b/c/data", "0o644", b"\0\1"),
        ("run.sh", "0o755", b"ls"),
    ]
    assert not problems


def test_no_home_is_an_empty_one(tmp_path):
    assert files.read_home(tmp_path / "files", Problems()) == ()


def test_links_and_pipes_do_not_reach_a_home(tmp_path):
    (tmp_path / "secret").symlink_to("/etc/shadow")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").symlink_to("/etc")
    problems = Problems()

    assert files.read_home(tmp_path, problems) == ()
    assert sorted(said(problems)) == [
        "folder:1: This is not an ordinary file.",
        "pipe:1: This is not an ordinary file.",
        "secret:1: This is not an ordinary file.",
    ]


@pytest.mark.parametrize(
    ("count", "size", "sentence"),
    [(files.MAX_FILES + 1, 1, "There are more than 200 files."), (2, 600_000, "have more than 1024 KiB together.")],
)
def test_a_home_is_bounded(tmp_path, count, size, sentence):
    for number in range(count):
        (tmp_path / f"f{number}").write_bytes(b"x" * size)
    problems = Problems()

    assert files.read_home(tmp_path, problems) == ()
    assert sentence in said(problems)[0]


def test_names_with_control_characters_are_refused(tmp_path):
    (tmp_path / "a\nb").write_text("x", encoding="utf-8")
    problems = Problems()

    assert files.read_home(tmp_path, problems) == ()
    assert problems
