"""How far a learner has come."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from factories import ChapterFactory, CourseFactory, ExerciseFactory, LessonFactory, LessonTextFactory, RevisionFactory

from courses.models import Course, Exercise
from grading.models import Submission, Verdict
from progress.queries import course_progress, of_lesson, standings


def publish(course: Course, shape: dict[str, dict[str, list[tuple[str, int]]]]) -> None:
    """Make a revision `{chapter: {lesson: [(exercise, points)]}}` of a course the one that readers see."""
    revision = RevisionFactory(course=course)
    for number, (chapter_slug, lessons) in enumerate(shape.items()):
        chapter = ChapterFactory(revision=revision, slug=chapter_slug, number=number)
        for lesson_number, (lesson_slug, exercises) in enumerate(lessons.items()):
            lesson = LessonFactory(chapter=chapter, slug=lesson_slug, number=lesson_number, minutes=20)
            LessonTextFactory(lesson=lesson)
            for position, (slug, points) in enumerate(exercises):
                ExerciseFactory(lesson=lesson, slug=slug, points=points, position=position)
    course.current = revision
    course.save()


@pytest.fixture
def course(db) -> Course:
    made = CourseFactory(slug="c")
    publish(
        made,
        {
            "one": {"intro": [("a", 2), ("b", 3)], "reading": []},
            "two": {"more": [("a", 1)], "last": [("x", 4)]},
        },
    )
    return made


def hand_in(learner, key: str, verdict: Verdict, points: float = 0, *, age: int = 0, **changes) -> Submission:
    return Submission.objects.create(
        learner=learner,
        exercise=Exercise.objects.filter(key=key).first() or ExerciseFactory(key=key),
        exercise_key=key,
        origin="asked",
        state="done",
        verdict=verdict,
        points=Decimal(str(points)),
        finished_at=timezone.now() - timedelta(minutes=age),
        **changes,
    )


def test_at_first_nothing_is_done_and_all_is_left(alice, course):
    progress = course_progress(alice, course)

    assert [chapter.chapter.slug for chapter in progress.chapters] == ["one", "two"]
    assert (progress.standing.earned, progress.standing.points) == (0, 10)
    assert progress.standing.state == "open"
    assert progress.next_lesson.lesson.slug == "intro"
    assert progress.minutes_left == 60


def test_points_add_up_over_lessons_and_chapters(alice, course):
    hand_in(alice, "c/one/intro/a", Verdict.PASS, 2)
    hand_in(alice, "c/one/intro/b", Verdict.FAIL, 1.5)
    hand_in(alice, "c/one/intro/b", Verdict.FAIL, 0)
    hand_in(alice, "c/two/more/a", Verdict.ERROR)

    progress = course_progress(alice, course)

    one, two = progress.chapters
    intro = one.lessons[0]
    assert (intro.standing.earned, intro.standing.points) == (Decimal("3.5"), 5)
    assert (intro.standing.exercises_passed, intro.standing.exercises) == (1, 2)
    assert intro.standing.state == "partial"
    assert intro.minutes_left == 10
    assert [(exercise.slug, each.state) for exercise, each in intro.exercises] == [("a", "passed"), ("b", "partial")]
    assert (two.standing.earned, two.standing.points) == (0, 5)
    assert progress.standing.percent == 35


def test_a_pass_stays_whatever_comes_later(alice, course):
    hand_in(alice, "c/two/last/x", Verdict.PASS, 4)
    hand_in(alice, "c/two/last/x", Verdict.FAIL, 0)

    last = course_progress(alice, course).chapters[1].lessons[1]

    assert last.standing.passed
    assert last.standing.earned == 4
    assert last.minutes_left == 0


def test_nobody_has_what_somebody_else_did(alice, bob, course):
    hand_in(bob, "c/one/intro/a", Verdict.PASS, 2)

    assert course_progress(alice, course).standing.earned == 0


def test_what_is_still_being_checked_does_not_count(alice, course):
    exercise = Exercise.objects.get(key="c/one/intro/a")
    Submission.objects.create(learner=alice, exercise=exercise, exercise_key=exercise.key, origin="asked")

    assert course_progress(alice, course).standing.last_at is None


def test_progress_survives_a_new_revision(alice, course):
    hand_in(alice, "c/one/intro/a", Verdict.PASS, 2)
    hand_in(alice, "c/one/intro/b", Verdict.FAIL, 2.5)
    hand_in(alice, "c/two/last/x", Verdict.PASS, 4)

    publish(course, {"one": {"intro": [("b", 2), ("a", 5), ("new", 1)]}})

    progress = course_progress(alice, course)
    assert progress.standing.earned == 5 + 2, "A pass is worth what it is worth now, a part at most what there is."
    assert progress.standing.points == 8
    assert progress.standing.exercises_passed == 1


@pytest.mark.parametrize(
    ("done", "continues"),
    [
        ([], "intro"),
        ([("c/one/intro/a", "pass", 5)], "intro"),
        ([("c/one/intro/a", "pass", 5), ("c/two/last/x", "fail", 1)], "last"),
        ([("c/one/intro/a", "pass", 5), ("c/two/last/x", "pass", 1)], "intro"),
        ([(f"c/{key}", "pass", 1) for key in ("one/intro/a", "one/intro/b", "two/more/a")], "last"),
        ([(f"c/{key}", "pass", 1) for key in ("one/intro/a", "one/intro/b", "two/more/a", "two/last/x")], None),
    ],
)
def test_one_continues_where_one_was(alice, course, done, continues):
    for key, verdict, age in done:
        hand_in(alice, key, Verdict(verdict), age=age)

    next_lesson = course_progress(alice, course).next_lesson

    assert (next_lesson.lesson.slug if next_lesson else None) == continues


def test_a_lesson_that_asks_nothing_is_never_passed_and_never_next(alice, course):
    reading = course_progress(alice, course).chapters[0].lessons[1]

    assert not reading.standing.passed
    assert reading.standing.percent == 0
    assert reading.minutes_left == 20


def test_a_course_that_was_never_published_is_empty(alice):
    progress = course_progress(alice, CourseFactory())

    assert progress.chapters == ()
    assert progress.next_lesson is None


@pytest.mark.parametrize("chapters", [1, 6])
def test_the_number_of_queries_does_not_grow_with_the_course(alice, django_assert_num_queries, chapters):
    course = CourseFactory(slug="big")
    lessons = {f"l{number}": [("a", 1), ("b", 1)] for number in range(5)}
    publish(course, {f"c{number}": lessons for number in range(chapters)})

    with django_assert_num_queries(5):
        progress = course_progress(alice, course)
        [lesson.lesson.title for chapter in progress.chapters for lesson in chapter.lessons]
        [exercise.title for chapter in progress.chapters for each in chapter.lessons for exercise, _ in each.exercises]


def test_standings_of_a_page_are_one_query(alice, course, django_assert_num_queries):
    hand_in(alice, "c/one/intro/a", Verdict.PASS, 2)
    exercises = list(Exercise.objects.all())

    with django_assert_num_queries(1):
        known = standings(alice, exercises)

    assert known["c/one/intro/a"].passed
    assert of_lesson(exercises[0].lesson, known).earned == 2
