"""The courses of running sites: the real one, and a small one whose lab lives long and is quick to do."""

from __future__ import annotations

import shutil
from pathlib import Path

from content_files import COURSE, MOORING, edit

REAL = Path(__file__).resolve().parent.parent / "labs" / "courses"
SMALL_LESSON = "puerto/muelle/amarrar"


def write_courses(folder: Path) -> Path:
    """Put both courses into `folder`, made for it, and return it."""
    shutil.copytree(REAL, folder)
    shutil.copytree(COURSE, folder / COURSE.name)
    edit(folder / COURSE.name / MOORING / "lab.yaml", "minutes: 20", "minutes: 480\nidle: 120")
    return folder


def write_engine_course(folder: Path, slug: str = "motor") -> str:
    """Add a course whose one lab is the small one's in a sandbox with a Docker of its own; return the lesson's key."""
    lesson = write_lab_course(folder, slug, setup="echo $clave > /tmp/clave\n", image="engine")
    lab = folder / slug / MOORING / "lab.yaml"
    edit(lab, "image: engine", "image: engine\nprofile: engine")
    edit(lab, "limits: {memory: 128 MiB, pids: 64}", "limits: {memory: 1 GiB, pids: 512}")
    edit(lab, "minutes: 20", "minutes: 480\nidle: 120")
    return lesson


def write_lab_course(folder: Path, slug: str, *, setup: str, image: str = "standard") -> str:
    """Add a course with one lesson whose lab has that set-up script and image; return the lesson's key."""
    course = Path(shutil.copytree(COURSE, folder / slug))
    shutil.rmtree(course / "01-muelle" / "02-zarpar")
    lab = course / MOORING
    edit(lab / "lab.yaml", "image: standard", f"image: {image}")
    (lab / "setup.sh").write_text(setup)
    return f"{slug}/muelle/amarrar"
