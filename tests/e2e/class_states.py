"""What the pages of a class at work may look like: the rows behind them, and the address."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory, UserFactory

from accounts.models import User
from classroom.actions import ask_to_assist, grant_assistance, raise_hand, take_hand
from classroom.for_all import announce, warm_up
from classroom.models import Assistance, Presence
from cohorts.models import Cohort, Role
from grading.models import Submission
from lab_sessions.transitions import State
from tests.e2e.lesson_site import LESSON, LessonSite

COHORT, LEARNER = 72, 7200
SESSION = UUID(int=72)
NOW = f"/cohorts/{COHORT}/now/"
NAMES = ["Ainhoa Ruiz", "Guillermina Fernández de la Vega", "Iker Soto", "Nadia El Amrani", "Óscar Gil", "Wei Chen"]


def _class(site: LessonSite) -> Cohort:
    """A class that whoever looks at the site teaches."""
    cohort = CohortFactory(pk=COHORT, name="2.º SMR, mañanas")
    cohort.courses.set([site.lab.lesson.revision.course])
    EnrolmentFactory(cohort=cohort, user=site.learner, role=Role.INSTRUCTOR)
    return cohort


def _learner(cohort: Cohort, number: int) -> User:
    first, last = NAMES[number % len(NAMES)].split(" ", 1)
    user = UserFactory(pk=LEARNER + number, username=f"smr-{number}", first_name=first, last_name=last)
    EnrolmentFactory(cohort=cohort, user=user)
    return user


def at_work(site: LessonSite, size: int = 30) -> Cohort:
    """Thirty people: hands up, stuck, at work, done, away."""
    cohort = _class(site)
    now = timezone.now()
    key = site.lab.lesson.key
    for number in range(size):
        user = _learner(cohort, number)
        if number % 6 == 5:
            continue  # never came
        since = now - timedelta(minutes=number * 2 % 27)
        seen = now - timedelta(minutes=20 if number % 11 == 10 else 0)
        Presence.objects.create(user=user, seen_at=seen, lesson_key=key, lesson_since=since)
        changes = {"pk": SESSION} if number == 0 else {}
        site.session(State.READY, learner=user, ready_at=since, **changes)
        if number % 3 == 1:
            site.submission("proceso-radar", "pass", learner=user)
        for _each in range(number % 5 if number % 3 != 1 else 0):
            site.fail(site.submission("proceso-radar", learner=user), found="No se está ejecutando")
    Submission.objects.filter(learner__in=range(LEARNER, LEARNER + size)).update(finished_at=now - timedelta(minutes=3))
    for number in (2, 7):
        raise_hand(by=User.objects.get(pk=LEARNER + number), lesson_key=key)
    take_hand(by=site.learner, hand=User.objects.get(pk=LEARNER + 7).help_requests.get())
    return cohort


def _busy(site: LessonSite) -> None:
    cohort = at_work(site)
    soon = timezone.now() + timedelta(minutes=45)
    announce(by=site.learner, cohort=cohort, text="Mirad $? antes de seguir.", until=soon)
    warm_up(
        by=site.learner,
        cohort=cohort,
        lesson_key=site.lab.key,
        sandboxes=20,
        starts_at=timezone.now(),
        ends_at=soon,
    )


def _asked(site: LessonSite) -> Assistance:
    at_work(site, 12)
    session = User.objects.get(pk=LEARNER).lab_sessions.get()
    return ask_to_assist(by=site.learner, session=session, mode=Assistance.Mode.WATCH)


def _refused(site: LessonSite) -> None:
    row = _asked(site)
    Assistance.objects.filter(pk=row.pk).update(ended_at=timezone.now(), ending="refused")


def _watched(site: LessonSite) -> None:
    """The learner whom the others look at: asked for help, told a hint, their hand up."""
    cohort = _class(site)
    cohort.enrolments.update(role=Role.LEARNER)
    teacher = UserFactory(first_name="Marta", last_name="Docente")
    EnrolmentFactory(cohort=cohort, user=teacher, role=Role.INSTRUCTOR)
    helper = UserFactory(first_name="Pau", last_name="Ayudante")
    EnrolmentFactory(cohort=cohort, user=helper, role=Role.ASSISTANT)
    session = site.session(State.READY)
    grant_assistance(by=site.learner, assistance=ask_to_assist(by=teacher, session=session, mode=Assistance.Mode.WATCH))
    ask_to_assist(by=helper, session=session, mode=Assistance.Mode.HELP)
    soon = timezone.now() + timedelta(minutes=45)
    announce(by=teacher, cohort=cohort, text="Si <b>ps</b> no muestra nada, mirad ps aux antes de seguir.", until=soon)
    raise_hand(by=site.learner, lesson_key=site.lab.lesson.key)


CLASS_STATES: dict[str, tuple[Callable[[LessonSite], object], str]] = {
    "class, nobody": (_class, NOW),
    "class, busy": (_busy, NOW),
    "one learner": (at_work, f"{NOW}learners/{LEARNER + 3}/"),
    "a terminal, not asked": (at_work, f"{NOW}lab-sessions/{SESSION}/"),
    "a terminal, asked": (_asked, f"{NOW}lab-sessions/{SESSION}/"),
    "a terminal, refused": (_refused, f"{NOW}lab-sessions/{SESSION}/"),
    "lesson, watched": (_watched, LESSON),
}
