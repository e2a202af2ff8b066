"""`python -m content`."""

import json
import os
import subprocess
import sys
from pathlib import Path

from content_files import COURSE, copy_course, edit

from content.__main__ import main

PROGRAM = "import sys, content.__main__ as c; c.main(sys.argv[1:]); assert 'django' not in sys.modules"
PLATFORM = Path(__file__).resolve().parent.parent.parent / "platform"


def test_a_sound_course_is_0(capsys):
    assert main([str(COURSE)]) == 0
    assert capsys.readouterr().out == "No problems found.\n"


def test_a_broken_one_is_1_and_says_why(capsys, tmp_path):
    course = copy_course(tmp_path)
    edit(course / "course.yaml", "languages: [es, en]", "languages: []")

    assert main([str(COURSE), str(course)]) == 1
    assert capsys.readouterr().out == (
        f"{course}/course.yaml:3: `languages` is empty. Write a list: `[es, en]`.\n1 problem found.\n"
    )


def test_sarif_goes_to_programs(capsys):
    assert main([str(COURSE), "--format", "sarif"]) == 0
    assert json.loads(capsys.readouterr().out)["runs"][0]["results"] == []


def test_neither_django_nor_a_database_is_needed(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(COURSE)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(PLATFORM), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "No problems found.\n", "")
