"""Opening and shutting lessons of a class."""

from datetime import timedelta

import pytest
from django.utils import timezone
from factories import EnrolmentFactory, LabFactory, LessonFactory, LessonTextFactory

from cohorts.models import LessonRule, Role
from tests.web.conftest import browser_of


@pytest.fixture
def desk(world, ivy):
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    return browser_of(ivy)


@pytest.fixture
def base(world) -> str:
    return f"/cohorts/{world.cohort.pk}/"


def rule_of(world) -> LessonRule | None:
    return LessonRule.objects.filter(cohort=world.cohort, lesson_key=world.lesson.key).first()


def test_a_lesson_is_shut_and_opened_by_hand(desk, base, world):
    path = f"{base}courses/{world.lesson.key}/door/"

    shut = desk.post(path, {"door": "shut"}, headers={"HX-Request": "true"}).content.decode()
    assert "Shut, by hand" in shut
    assert rule_of(world).door == "shut"

    desk.post(path, {"door": "open"})
    assert "Open, by hand" in desk.get(f"{base}lessons/").content.decode()
    assert desk.post(path, {"door": "ajar"}).status_code == 302
    assert rule_of(world).door == "open"


def test_a_lesson_gets_dates(desk, base, world):
    path = f"{base}courses/{world.lesson.key}/"
    data = {"door": "date", "opens_at": "2030-01-10T08:00", "closes_at": "2030-02-10T08:00", "due_at": ""}

    desk.post(path, data)

    assert rule_of(world).opens_at.year == 2030
    assert rule_of(world).due_at is None
    assert "Opens on" in desk.get(f"{base}lessons/").content.decode()
    assert 'value="2030-01-10T08:00"' in desk.get(path).content.decode()


def test_impossible_dates_get_a_sentence(desk, base, world):
    data = {"door": "date", "opens_at": "2030-02-10T08:00", "closes_at": "2030-01-10T08:00"}

    answer = desk.post(f"{base}courses/{world.lesson.key}/", data)

    assert "would close before it opens" in answer.content.decode()
    assert rule_of(world) is None


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"closes_at": timezone.now() - timedelta(days=1)}, "Shut since"),
        ({"closes_at": timezone.now() + timedelta(days=500)}, "Open until"),
        ({"due_at": timezone.now() - timedelta(days=1)}, "was due on"),
        ({"due_at": timezone.now() + timedelta(days=500)}, "due on"),
    ],
)
def test_the_list_says_how_each_lesson_stands(desk, base, world, rule, words):
    LessonRule.objects.create(cohort=world.cohort, lesson_key=world.lesson.key, **rule)

    assert words in desk.get(f"{base}lessons/").content.decode()


def test_all_lessons_of_a_course_are_shut_and_opened_at_once(desk, base, world):
    other = LessonFactory(chapter=world.lesson.chapter, number=2)
    LessonTextFactory(lesson=other)

    desk.post(f"{base}lessons/course/", {"door": "shut"})
    assert set(LessonRule.objects.values_list("lesson_key", "door")) == {
        (world.lesson.key, "shut"),
        (other.key, "shut"),
    }

    desk.post(f"{base}lessons/course/", {"door": "open"})
    assert set(LessonRule.objects.values_list("door", flat=True)) == {"open"}
    assert desk.post(f"{base}lessons/nothing/", {"door": "shut"}).status_code == 404


def test_lessons_of_courses_that_the_class_has_not_do_not_exist(desk, base, world):
    elsewhere = LabFactory().lesson

    assert desk.get(f"{base}courses/{elsewhere.key}/").status_code == 404
    assert desk.post(f"{base}courses/{elsewhere.key}/door/", {"door": "shut"}).status_code == 404
    assert not LessonRule.objects.exists()


def test_a_class_without_a_course_says_what_to_do(desk, base, world):
    world.cohort.courses.clear()

    assert "Choose a course" in desk.get(f"{base}lessons/").content.decode()
