"""Everything that people do with courses."""

from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.models import User
from audit.actions import record
from courses.models import Course
from courses.reading import read_courses
from courses.sync import prune, store


@dataclass(frozen=True)
class Synced:
    """What a sync did to one course."""

    course: Course
    changed: bool
    pruned: int
    """Old revisions that were removed."""


def sync_courses(*, by: User | None, path: Path | None = None) -> list[Synced]:
    """Show what the files say: every course at `path`, or none of them. `by` is None for the command line.

    Raises ContentErrors; then nothing was changed, and readers go on seeing what they saw.
    """
    documents = read_courses(path)
    with transaction.atomic():
        stored = [store(document) for document in documents]
        for course, changed in stored:
            if changed and course.current:
                record(by=by, action="sync_course", subject=course, digest=course.current.digest)
    return [Synced(course, changed, prune(course)) for course, changed in stored]


def hide_course(*, by: User | None, slug: str) -> Course:
    """Take a course off the pages; its revisions, submissions and grades stay. Raises Course.DoesNotExist."""
    with transaction.atomic():
        course = Course.objects.select_for_update().get(slug=slug)
        course.current = None
        course.save(update_fields=["current"])
        record(by=by, action="hide_course", subject=course)
    return course
