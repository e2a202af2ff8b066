"""The courses of running sites: the real one, and a small one whose lab lives long and is quick to do."""

from __future__ import annotations

import shutil
from pathlib import Path

from content_files import COURSE, MOORING, edit

REAL = Path(__file__).resolve().parent.parent / "labs" / "courses"
PROGRAMS = Path(__file__).resolve().parent / "fixtures" / "programs"
SMALL_LESSON = "puerto/muelle/amarrar"
# The lab of the small course once more, with a Docker of the learner's own.
ENGINE_LAB = """\
image: engine
profile: engine
minutes: 20
images: [busybox]
values:
  cabo: {choice: [faro, boya, ancla]}
  clave: {hex: 8}
tasks:
  hacer-nota:
    expect:
      - image: {name: busybox}
      - event: {type: container, action: die, image: busybox, exit_code: 0}
      - container: {name: "${cabo}", image: busybox, running: true}
    solution:
      - docker run --rm busybox echo hola
      - docker run -d --name ${cabo} busybox sleep 600
  leer-clave:
    expect:
      - answer: {equals: "${clave}", hide: true}
    solution:
      - {run: cat /tmp/clave, answer: true}
"""


def write_courses(folder: Path) -> Path:
    """Put both courses into `folder`, made for it, and return it."""
    shutil.copytree(REAL, folder)
    shutil.copytree(COURSE, folder / COURSE.name)
    lab = folder / COURSE.name / MOORING
    edit(lab / "lab.yaml", "minutes: 20", "minutes: 480\nidle: 120\nports: [{port: 8080, title: {es: Web, en: Web}}]")
    shutil.copy(PROGRAMS / "server.pl", lab / "files")
    return folder


def write_lab_course(folder: Path, slug: str, *, setup: str, image: str = "standard", engine: bool = False) -> str:
    """Add a course with one lesson whose lab has that set-up script and image; return the lesson's key.

    With `engine` the lab has a Docker of its own, and the web server of the small lab in its home.
    """
    course = Path(shutil.copytree(COURSE, folder / slug))
    shutil.rmtree(course / "01-muelle" / "02-zarpar")
    lab = course / MOORING
    edit(lab / "lab.yaml", "image: standard", f"image: {image}")
    if engine:
        edit(lab / "lab.yaml", "limits: {memory: 128 MiB, pids: 64}", "profile: engine")
        shutil.copy(PROGRAMS / "server.pl", lab / "files")
    (lab / "setup.sh").write_text(setup)
    return f"{slug}/muelle/amarrar"


def write_engine_course(folder: Path, slug: str = "motor") -> str:
    """Add a course whose one lab is the small one's in a sandbox with a Docker of its own; return the lesson's key."""
    lesson = write_lab_course(folder, slug, setup="echo $clave > /tmp/clave\n", image="engine")
    lab = folder / slug / MOORING / "lab.yaml"
    edit(lab, "image: engine", "image: engine\nprofile: engine")
    edit(lab, "limits: {memory: 128 MiB, pids: 64}", "limits: {memory: 1 GiB, pids: 512}")
    edit(lab, "minutes: 20", "minutes: 480\nidle: 120")
    return lesson


def write_docker_course(folder: Path, slug: str) -> str:
    """Add a course with one lesson whose tasks are done with a Docker of one's own; return the lesson's key."""
    lesson = write_lab_course(folder, slug, setup='echo "$clave" > /tmp/clave\n')
    lab = folder / slug / MOORING
    (lab / "lab.yaml").write_text(ENGINE_LAB)
    shutil.rmtree(lab / "checks")
    return lesson
