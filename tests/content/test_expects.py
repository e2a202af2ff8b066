"""Checks of one task, as YAML and as documents."""

from pathlib import Path

import pytest

from content.documents import ValueSpec
from content.expects import read_expects, scripts_of, write_expects
from content.loader import load_course
from content.problems import ContentErrors

COURSES = Path(__file__).resolve().parents[2] / "labs" / "courses"
SPECS = (ValueSpec(name="port", kind="int", minimum=8000, maximum=8999),)


def read(text, specs=(), scripts=None):
    return read_expects(text, file="expect", specs=specs, scripts=scripts or {})


def test_every_published_check_survives_being_written_and_read():
    course = load_course(COURSES / "contenedores")
    tasks = [
        (task, lesson.lab.values)
        for chapter in course.chapters
        for lesson in chapter.lessons
        if lesson.lab
        for task in lesson.lab.tasks
    ]

    assert len(tasks) > 30
    for task, specs in tasks:
        assert read(write_expects(task.expect), specs, scripts_of(task.expect)) == task.expect


def test_lines_count_in_what_was_written():
    with pytest.raises(ContentErrors) as caught:
        read("- file: {path: a}\n- fil: {path: b}\n")

    assert [problem.line for problem in caught.value.problems] == [2]


def test_values_are_filled_in_before_judging():
    [check] = read("- http: {port: '${port}'}", SPECS)

    assert check.arguments["port"] == "${port}"
    with pytest.raises(ContentErrors):
        read("- http: {port: '${nothing}'}", SPECS)


@pytest.mark.parametrize(
    "text", ["", "- ", "[", "a: b", "- file: !!python/object:os.system {}", "- file: {path: a}\n---\n- b"]
)
def test_what_is_no_list_of_checks_is_refused(text):
    with pytest.raises(ContentErrors):
        read(text)


def test_only_scripts_of_the_lab_can_be_named():
    text = "- script: {file: checks/own.sh, expected: {es: sí, en: yes}}"

    assert read(text, scripts={"checks/own.sh": "true"})[0].arguments["source"] == "true"
    with pytest.raises(ContentErrors, match=r"checks/own\.sh"):
        read(text)
