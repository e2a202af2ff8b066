"""Course folders as documents, held against what the sandboxes of this platform can be."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from content.diagrams import Diagrams
from content.documents import CourseDocument, LabDocument
from content.loader import load_course
from content.problems import ContentErrors, Problem
from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.profiles import profile_named


def course_folders(path: Path | None = None) -> list[Path]:
    """The course at `path`, or every course in it; by default in the folder of the settings. Raises ContentErrors."""
    place = path or Path(settings.MUELLE_COURSES_DIR)
    if (place / "course.yaml").is_file():
        return [place]
    found = sorted(file.parent for file in place.glob("*/course.yaml"))
    if not found:
        mend = "Give the path of a course, or of the folder that courses are in."
        raise ContentErrors([Problem(str(place), 1, "There is no course.yaml here.", mend, "file")])
    return found


def read_courses(path: Path | None = None) -> list[CourseDocument]:
    """Every course, read and checked. Raises ContentErrors with the problems of all of them."""
    diagrams = Diagrams(Path(settings.MUELLE_DIAGRAM_CACHE))
    documents: list[CourseDocument] = []
    problems: list[Problem] = []
    for folder in course_folders(path):
        try:
            document = load_course(folder, diagrams=diagrams)
        except ContentErrors as error:
            problems.extend(error.problems)
            continue
        documents.append(document)
        problems.extend(_limit_problems(folder, document))
    if problems:
        raise ContentErrors(problems)
    return documents


def _limit_problems(folder: Path, document: CourseDocument) -> Iterator[Problem]:
    """Content knows which limits there are; how far a profile lets them be raised, only sandboxes do."""
    for chapter in document.chapters:
        for lesson in chapter.lessons:
            if lesson.lab is None:
                continue
            refusal = _refusal(lesson.lab)
            if refusal:
                path = (
                    folder / f"{chapter.number:02d}-{chapter.slug}" / f"{lesson.number:02d}-{lesson.slug}" / "lab.yaml"
                )
                mend = "Change `limits:`; what is left out takes the profile's usual value."
                yield Problem(str(path), _limits_line(path), f"The lab cannot run: {refusal}.", mend, "limits")


def _refusal(lab: LabDocument) -> str:
    try:
        profile = profile_named(lab.profile)
        profile.check_limits(profile.limits(lab.limits))
    except RequestRefused as error:
        return error.detail
    return ""


def _limits_line(path: Path) -> int:
    lines = path.read_text(encoding="utf-8").split("\n")
    return next((number for number, line in enumerate(lines, start=1) if line.startswith("limits:")), 1)
