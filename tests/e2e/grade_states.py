"""What the pages of a gradebook may look like: the rows behind them, and the address."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory, UserFactory

from cohorts.models import Cohort, LessonRule, Role
from gradebook.models import GradeOverride
from tests.e2e.lesson_site import LessonSite

COHORT, LEARNER = 71, 7100
GRADES = f"/cohorts/{COHORT}/grades/"
LESSON = f"{GRADES}courses/contenedores/fundamentos/que-es-un-contenedor/"


def _class(site: LessonSite) -> Cohort:
    """A class that whoever looks at the site teaches."""
    cohort = CohortFactory(pk=COHORT, name="2.º SMR, mañanas", late_percent=20)
    cohort.courses.set([site.lab.lesson.revision.course])
    EnrolmentFactory(cohort=cohort, user=site.learner, role=Role.INSTRUCTOR)
    return cohort


def _begun(site: LessonSite) -> None:
    cohort = _class(site)
    due = timezone.now() - timedelta(days=1)
    LessonRule.objects.create(cohort=cohort, lesson_key=site.lab.lesson.key, due_at=due)
    for number, (slug, verdict) in enumerate([("proceso-radar", "pass"), ("plan-en-casa", "fail"), ("que-es", "pass")]):
        learner = UserFactory(pk=LEARNER + number, first_name="Guillermina", last_name="Fernández de la Vega")
        EnrolmentFactory(cohort=cohort, user=learner)
        submission = site.submission(slug, "" if verdict == "fail" else verdict, learner=learner)
        if verdict == "fail":
            site.fail(submission)
    GradeOverride.objects.create(
        cohort=cohort,
        learner_id=LEARNER,
        exercise_key=site.exercise("plan-en-casa").key,
        points=Decimal("0.5"),
        reason="Lo explicó en la pizarra",
        by=site.learner,
    )


GRADE_STATES: dict[str, tuple[Callable[[LessonSite], object], str]] = {
    "grades, nobody": (_class, GRADES),
    "grades": (_begun, GRADES),
    "grades of one": (_begun, f"{GRADES}learners/{LEARNER}/"),
    "statistics": (_begun, LESSON),
    "a check": (_begun, f"{LESSON}exercises/plan-en-casa/"),
}
