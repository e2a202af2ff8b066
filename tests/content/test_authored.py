"""The courses that are in `labs/`: each is sound, small enough for a slow line, and runs on images that are there."""

import gzip
from pathlib import Path

import pytest
from content_files import DIAGRAMS

from content import schemas
from content.documents import CourseDocument, LessonText, TaskPart
from content.loader import load_course
from courses.reading import read_courses

ROOT = Path(__file__).resolve().parent.parent.parent
COURSES = sorted(path.parent for path in (ROOT / "labs" / "courses").glob("*/course.yaml"))
MAX_COMPRESSED = 60_000  # bytes of a lesson's own HTML; styles, scripts and the frame of the page share the 100 kB


@pytest.fixture(scope="module", params=COURSES, ids=lambda path: path.name)
def course(request) -> CourseDocument:
    return load_course(request.param, diagrams=DIAGRAMS, images=ROOT / "labs" / "images")


def html_of(text: LessonText) -> str:
    pieces = [getattr(part, "html", "") for part in text.parts]
    pieces += [html for part in text.parts if isinstance(part, TaskPart) for html in (*part.hints, part.solution)]
    return "".join(pieces)


def test_there_are_courses():
    assert COURSES


def test_a_course_is_complete(course):
    assert set(course.languages) == {"es", "en"}
    assert course.licence
    assert all(chapter.lessons for chapter in course.chapters)


def test_lessons_are_light(course):
    lessons = [lesson for chapter in course.chapters for lesson in chapter.lessons]
    sizes = [len(gzip.compress(html_of(text).encode())) for lesson in lessons for text in lesson.texts.values()]

    assert max(sizes) < MAX_COMPRESSED


def test_no_lab_asks_for_more_than_its_profile_gives(settings, tmp_path_factory):
    settings.MUELLE_DIAGRAM_CACHE = str(tmp_path_factory.getbasetemp() / "diagrams")

    assert len(read_courses(ROOT / "labs" / "courses")) == len(COURSES)


@pytest.mark.parametrize("kind", schemas.expect_kinds())
def test_the_guide_for_authors_names_every_kind(kind: str):
    guide = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")

    assert f"| `{kind}` |" in guide
