"""The labs below a path, as they are in the files now: proving needs nothing published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from content.documents import LabDocument
from content.problems import ContentErrors, Problem
from courses.reading import read_courses


@dataclass(frozen=True, kw_only=True)
class NamedLab:
    """A lab and the key of its lesson."""

    name: str
    document: LabDocument


def find_labs(path: Path | None) -> list[NamedLab]:
    """Return the labs of a lesson, a chapter, a course or a folder of courses. Raises ContentErrors."""
    if path is None:
        return list(_labs(None))
    place = path.resolve()
    course = next((folder for folder in (place, *place.parents) if (folder / "course.yaml").is_file()), None)
    within = place.relative_to(course).parts if course else ()
    labs = [lab for lab in _labs(course or place) if _is_below(lab.name, within)]
    if not labs:
        mend = "Give the folder of a lesson, a chapter or a course that has a lab.yaml."
        raise ContentErrors([Problem(str(path), 1, "There is no lab here.", mend, "file")])
    return labs


def _labs(path: Path | None) -> Iterator[NamedLab]:
    for course in read_courses(path):
        for chapter in course.chapters:
            for lesson in chapter.lessons:
                if lesson.lab is not None:
                    yield NamedLab(name=f"{course.slug}/{chapter.slug}/{lesson.slug}", document=lesson.lab)


def _is_below(name: str, folders: tuple[str, ...]) -> bool:
    """Whether a lab's key lies below numbered folders: `01-fundamentos` is `fundamentos`."""
    keys = name.split("/")[1:]
    return all(folder.partition("-")[2] == key for folder, key in zip(folders, keys, strict=False))
