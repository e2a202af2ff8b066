"""`manage.py check_content` and `manage.py sync_content`."""

import json
from io import StringIO

import pytest
from content_files import COURSE, MOORING, copy_course, edit
from django.core.management import CommandError, call_command

from courses.models import Course, Revision


@pytest.fixture(autouse=True)
def diagram_cache(settings, tmp_path_factory):
    settings.MUELLE_DIAGRAM_CACHE = str(tmp_path_factory.getbasetemp() / "diagrams")


@pytest.fixture
def broken(tmp_path):
    course = copy_course(tmp_path)
    edit(course / MOORING / "lab.yaml", "image: standard", "imagen: standard")
    return course


def run(*arguments: object) -> tuple[int, str, str]:
    """The exit status of a command, what it said, and what it complained about."""
    out, err = StringIO(), StringIO()
    try:
        call_command(*map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_a_sound_course_is_said_to_be_sound():
    assert run("check_content", COURSE) == (0, "No problems found (courses: 1, lessons: 2).\n", "")


def test_a_folder_of_courses_is_checked_whole(broken):
    status, out, err = run("check_content", broken.parent)

    assert (status, out) == (1, "")
    assert err.endswith("2 problems found.\n")
    assert f"{broken}/{MOORING}/lab.yaml:1: There is no key `imagen`. Did you mean `image`?" in err


def test_the_courses_of_the_settings_are_checked_without_a_path(settings, broken):
    settings.MUELLE_COURSES_DIR = str(broken.parent)

    assert run("check_content")[0] == 1


def test_programs_get_sarif(broken):
    status, out, err = run("check_content", broken, "--format", "sarif")

    assert (status, err) == (1, "")
    assert {result["ruleId"] for result in json.loads(out)["runs"][0]["results"]} == {"schema"}


def test_an_empty_folder_is_a_problem(tmp_path):
    status, _, err = run("check_content", tmp_path)

    assert status == 1
    assert "There is no course.yaml here." in err


@pytest.mark.django_db
def test_a_sync_says_what_it_did():
    assert run("sync_content", COURSE) == (0, "puerto: updated.\n", "")
    assert run("sync_content", COURSE) == (0, "puerto: no changes.\n", "")


@pytest.mark.django_db
def test_a_sync_of_broken_content_changes_nothing_and_says_why(broken):
    run("sync_content", COURSE)

    status, out, err = run("sync_content", broken)

    assert (status, out) == (1, "")
    assert "There is no key `imagen`." in err
    assert err.endswith("Nothing was changed: readers see what they saw before.\n")
    assert Revision.objects.count() == 1


@pytest.mark.django_db
def test_a_course_can_be_hidden():
    run("sync_content", COURSE)

    assert run("sync_content", "--hide", "puerto") == (0, "puerto: hidden. `sync_content` shows it again.\n", "")
    assert Course.objects.get().current is None


@pytest.mark.django_db
def test_hiding_what_is_not_there_says_what_is():
    run("sync_content", COURSE)

    with pytest.raises(CommandError, match="There is no course `barco`"):
        call_command("sync_content", "--hide", "barco")
