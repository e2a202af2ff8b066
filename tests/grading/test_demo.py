"""The invented class."""

import pytest
from django.core.management import CommandError, call_command
from factories import ExerciseFactory, LabFactory, LessonTextFactory

from cohorts.models import Cohort, Role
from courses.models import Course
from grading.models import Submission

pytestmark = pytest.mark.django_db


@pytest.fixture
def course(settings) -> Course:
    settings.MUELLE_DEMO = True
    lesson = LabFactory().lesson
    LessonTextFactory(lesson=lesson)
    ExerciseFactory(lesson=lesson)
    return lesson.revision.course


def test_the_demo_accounts_are_in_a_class_that_has_every_course(course):
    call_command("demo_accounts")
    call_command("demo_accounts")

    cohort = Cohort.objects.get()
    roles = dict(cohort.enrolments.values_list("user__username", "role"))
    assert roles == {"docente": Role.INSTRUCTOR, "aprendiz": Role.LEARNER}
    assert list(cohort.courses.all()) == [course]


def test_a_class_of_thirty_is_invented_once(course):
    call_command("demo_class", learners=30)
    work = Submission.objects.count()
    call_command("demo_class", learners=30)

    cohort = Cohort.objects.get()
    assert cohort.enrolments.filter(role=Role.LEARNER).count() == 30
    assert Submission.objects.passed().exists()
    assert Submission.objects.filter(verdict="fail").exists()
    assert Submission.objects.count() >= work > 30
    assert not Submission.objects.open().exists()


def test_a_real_installation_refuses(course, settings):
    settings.MUELLE_DEMO = False

    with pytest.raises(CommandError, match="MUELLE_DEMO"):
        call_command("demo_class", learners=3)
    with pytest.raises(CommandError, match="1 to 200"):
        call_command("demo_class", learners=0)
    assert not Cohort.objects.exists()
