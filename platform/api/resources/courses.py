"""Courses, with one's own progress in them."""

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from api.answers import responses
from api.auth import TokenAuth, user_of
from api.schemas import CourseOut
from api.scopes import Scope
from cohorts.queries import readable_courses
from courses.models import Course
from progress.queries import CourseProgress, course_progress

router = Router(tags=["courses"])
READ = TokenAuth(Scope.PROGRESS_READ)


@router.get("/courses", auth=READ, response=responses(200, list[CourseOut]))
def list_courses(request: HttpRequest) -> Any:
    """List the courses that one may read, and how far one is."""
    return [_plain(course_progress(user_of(request), course)) for course in _readable(request)]


@router.get("/courses/{course}", auth=READ, response=responses(200, CourseOut))
def get_course(request: HttpRequest, course: str) -> Any:
    """Show a course and how far one is."""
    for row in _readable(request):
        if row.slug == course:
            return _plain(course_progress(user_of(request), row))
    raise Http404


def _readable(request: HttpRequest) -> list[Course]:
    rows = Course.objects.filter(current__isnull=False).select_related("current").order_by("slug")
    allowed = readable_courses(user_of(request))
    return [row for row in rows if allowed is None or row.pk in allowed]


def _plain(progress: CourseProgress) -> dict[str, Any]:
    current = progress.course.current
    assert current is not None  # noqa: S101  # who reads a course reads a revision
    return {
        "slug": progress.course.slug,
        "title": current.title,
        "summary": current.summary,
        "points": progress.standing.points,
        "earned": progress.standing.earned,
        "lessons": [
            {
                "key": each.lesson.key,
                "title": each.lesson.title,
                "minutes": each.lesson.minutes,
                "exercises": [
                    {
                        "key": exercise.key,
                        "title": exercise.title,
                        "kind": exercise.kind,
                        "points": exercise.points,
                        "earned": standing.earned,
                        "state": standing.state,
                    }
                    for exercise, standing in each.exercises
                ],
            }
            for chapter in progress.chapters
            for each in chapter.lessons
        ],
    }
