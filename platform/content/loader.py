"""A course folder as one document, or everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content import schemas
from content.diagrams import Diagrams
from content.documents import ChapterDocument, CourseDocument
from content.files import IGNORED, read_yaml
from content.lessons import LessonSource, document_of, load_lesson
from content.lint.engine import look_at_engine
from content.lint.lab import look_at_lab
from content.lint.lesson import look_at_lesson
from content.lint.links import look_at_links
from content.markdown.boxes import ID
from content.markdown.links import NUMBERED
from content.problems import ContentErrors, Problems
from content.settings import Settings

MAX_CHAPTERS = 50
MAX_LESSONS = 50  # of a chapter

_COURSE_FILES = frozenset({"course.yaml", "README.md", "LICENSE"})
_CHAPTER_FILES = frozenset({"chapter.yaml", "README.md"})


@dataclass
class ChapterSource:
    """Everything that a chapter folder says."""

    folder: Path
    slug: str
    number: int
    head: dict[str, Any]
    lessons: list[LessonSource] = field(default_factory=list)


def load_course(folder: Path, *, diagrams: Diagrams | None = None, images: Path | None = None) -> CourseDocument:
    """Read, render and check a course. Raises ContentErrors with every problem that was found.

    `images` is the folder of lab images; by default `../../images` where it exists, as in `labs/`.
    """
    problems = Problems()
    head = _read_head(folder, "course", problems)
    if head is None:
        raise ContentErrors(problems)
    settings = Settings(
        course=folder,
        languages=tuple(head["languages"]),
        images=images or _images_beside(folder),
        diagrams=diagrams or Diagrams(),
    )
    _look_at_head(folder / "course.yaml", head, settings, problems)
    chapters = _load_chapters(folder, settings, problems)
    problems.raise_if_any()
    return _document(folder, head, settings, chapters)


def _images_beside(folder: Path) -> Path | None:
    images = folder.resolve().parent.parent / "images"
    return images if images.is_dir() else None


def _read_head(folder: Path, name: str, problems: Problems) -> dict[str, Any] | None:
    located = read_yaml(folder / f"{name}.yaml", problems)
    if located is None:
        return None
    wrong = schemas.check(located, name)
    problems.extend(wrong)
    data: dict[str, Any] = located.data
    return None if wrong else data


def _look_at_head(path: Path, head: dict[str, Any], settings: Settings, problems: Problems) -> None:
    if not ID.fullmatch(path.parent.name) and path.name == "course.yaml":
        mend = "Rename the folder: lower-case letters without accents, digits and hyphens."
        problems.add(path, 1, "name", f"`{path.parent.name}` cannot be the name of a course.", mend)
    for key in ("title", "summary"):
        for language in settings.languages:
            if language not in head[key]:
                message = f"`{key}` is not there in `{language}`."
                problems.add(path, 1, "language", message, f"Add `{language}: ...` below `{key}:`.")


def _numbered(folder: Path, files: frozenset[str], limit: int, problems: Problems) -> list[tuple[Path, str, int]]:
    """The numbered folders in a folder, in order: path, slug, number."""
    found: list[tuple[Path, str, int]] = []
    for path in sorted(folder.iterdir()):
        if path.name in files or path.name in IGNORED or path.name.startswith("."):
            continue
        named = NUMBERED.fullmatch(path.name)
        if not named or not path.is_dir() or path.is_symlink():
            mend = "Rename it to a number and a name (`01-what-is-a-container`), or delete it."
            problems.add(path, 1, "name", "This is not a numbered folder.", mend)
            continue
        number, slug = int(named["number"]), named["slug"]
        for other, other_slug, other_number in found:
            if slug == other_slug or number == other_number:
                said = "name" if slug == other_slug else "number"
                problems.add(path, 1, "name", f"`{other.name}` has the same {said}.", "Rename one of them.")
        found.append((path, slug, number))
    if len(found) > limit:
        problems.add(folder, 1, "name", f"There are more than {limit} folders here.", "Split it.")
    return found[:limit]


def _load_chapters(folder: Path, settings: Settings, problems: Problems) -> list[ChapterSource]:
    chapters = []
    for path, slug, number in _numbered(folder, _COURSE_FILES, MAX_CHAPTERS, problems):
        head = _read_head(path, "chapter", problems)
        if head is not None:
            _look_at_head(path / "chapter.yaml", head, settings, problems)
        chapter = ChapterSource(path, slug, number, head or {})
        for lesson_path, lesson_slug, lesson_number in _numbered(path, _CHAPTER_FILES, MAX_LESSONS, problems):
            chapter.lessons.append(load_lesson(lesson_path, lesson_slug, lesson_number, settings, problems))
        chapters.append(chapter)
    lessons = [lesson for chapter in chapters for lesson in chapter.lessons]
    for lesson in lessons:
        look_at_lesson(lesson, settings, problems)
        if lesson.lab:
            look_at_lab(lesson.lab, settings, problems)
            look_at_engine(lesson.lab, problems)
    look_at_links(lessons, problems)
    return chapters


def _document(folder: Path, head: dict[str, Any], settings: Settings, chapters: list[ChapterSource]) -> CourseDocument:
    return CourseDocument(
        slug=folder.resolve().name,
        titles=head["title"],
        summaries=head["summary"],
        languages=settings.languages,
        licence=head["licence"],
        authors=tuple(head["authors"]),
        chapters=tuple(
            ChapterDocument(
                slug=chapter.slug,
                number=chapter.number,
                titles=chapter.head["title"],
                summaries=chapter.head["summary"],
                lessons=tuple(document_of(lesson, settings.languages) for lesson in chapter.lessons),
            )
            for chapter in chapters
        ),
    )
