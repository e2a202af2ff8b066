"""The pages of a class, in every state that its instructor or its learners may find them in."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from factories import EnrolmentFactory, UserFactory

from cohorts.models import Cohort, LessonRule, Role
from courses.models import Course
from tests.e2e.lesson_site import LESSON, LessonSite, Prepare

NUMBER = 1  # of the only class there is, so that its addresses are known
CLASS = f"/cohorts/{NUMBER}/"
PERSON = 7000  # the enrolment of one learner of it; numbers that are drawn do not get there


def _class(site: LessonSite, role: Role = Role.INSTRUCTOR) -> Cohort:
    """A class with the course, in which the reader is `role`."""
    cohort = Cohort.objects.create(pk=NUMBER, name="2º DAM B", starts_on="2026-09-10", ends_on="2027-06-20")
    cohort.courses.set(Course.objects.all())
    EnrolmentFactory(cohort=cohort, user=site.learner, role=role)
    return cohort


def _full(site: LessonSite) -> None:
    cohort = _class(site)
    names = [("Lucía", "García López"), ("Iñaki", "de la Peña"), ("Wolfeschlegelsteinhausenbergerdorff", "Senior")]
    for number, (first, last) in enumerate(names):
        user = UserFactory(first_name=first, last_name=last)
        EnrolmentFactory(pk=PERSON + number, cohort=cohort, user=user)
    other = EnrolmentFactory(user=site.learner, role=Role.INSTRUCTOR).cohort
    Cohort.objects.filter(pk=cohort.pk).update(join_until=timezone.now() + timedelta(hours=2))
    Cohort.objects.filter(pk=other.pk).update(name="1º ASIR")


def _archived(site: LessonSite) -> None:
    _class(site)
    Cohort.objects.update(archived_at=timezone.now())


def _doors(site: LessonSite) -> None:
    cohort = _class(site)
    keys = [site.lab.key, "contenedores/docker/comandos-basicos", "contenedores/docker/creando-dockerfiles"]
    now = timezone.now()
    rules = [{"due_at": now + timedelta(days=2)}, {"opens_at": now + timedelta(days=1)}, {"door": "shut"}]
    for key, rule in zip(keys, rules, strict=True):
        LessonRule.objects.create(cohort=cohort, lesson_key=key, **rule)


def _shut(site: LessonSite) -> None:
    rule = {"opens_at": timezone.now() + timedelta(days=1)}
    LessonRule.objects.create(cohort=_class(site, Role.LEARNER), lesson_key=site.lab.key, **rule)


def _solutions(site: LessonSite) -> None:
    cohort = _class(site, Role.LEARNER)
    Cohort.objects.filter(pk=cohort.pk).update(
        solutions="after_date", solutions_at=timezone.now() - timedelta(minutes=1)
    )


CLASS_STATES: dict[str, tuple[Prepare, str]] = {
    "classes, some": (_full, "/cohorts/"),
    "classes, archived only": (_archived, "/cohorts/"),
    "class, people": (_full, CLASS),
    "class, nobody found": (_full, f"{CLASS}?q=nobody"),
    "class, archived": (_archived, f"{CLASS}settings/"),
    "class, one person": (_full, f"{CLASS}people/{PERSON}/"),
    "class, add people": (_full, f"{CLASS}people/add/"),
    "class, code closed": (_class, f"{CLASS}people/add/"),
    "class, list": (_class, f"{CLASS}people/list/"),
    "class, projector": (_full, f"{CLASS}code/"),
    "class, lessons": (_doors, f"{CLASS}lessons/"),
    "class, dates": (_doors, f"{CLASS}courses/contenedores/fundamentos/que-es-un-contenedor/"),
    "class, settings": (_class, f"{CLASS}settings/"),
    "type a code": (lambda site: None, "/join/"),
    "join": (lambda site: None, "/join/CDFGHJ/"),
    "lesson, shut": (_shut, LESSON),
    "course, shut": (_shut, "/courses/contenedores/"),
    "lesson, solutions": (_solutions, LESSON),
}
