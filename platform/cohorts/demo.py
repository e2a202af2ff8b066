"""A class to try a new installation with: the demo instructor teaches it, the demo learner learns in it."""

from __future__ import annotations

import random

from django.conf import settings
from django.db import transaction

from accounts.demo import DemoNotAllowed
from accounts.models import User
from cohorts.actions import create_cohort, enrol
from cohorts.models import Cohort, Enrolment
from cohorts.usernames import draw_username
from courses.models import Course

NAME = "Grupo de demostración"
FIRST_NAMES = (
    "Lucía", "Hugo", "Martina", "Mateo", "Sofía", "Martín", "Julia", "Leo", "Paula", "Daniel", "Valeria", "Alejandro",
    "Emma", "Pablo", "Daniela", "Manuel", "Carla", "Álvaro", "Alma", "Adrián", "Olivia", "David", "Sara", "Mario",
    "Carmen", "Diego", "Vega", "Iñaki", "Noa", "Bruno", "Aitana", "Nicolás", "Chloe", "Yusuf", "Ainhoa", "Oumar",
)  # fmt: skip
LAST_NAMES = (
    "García", "Martínez", "López", "Sánchez", "Pérez", "Gómez", "Martín", "Jiménez", "Ruiz", "Hernández", "Díaz",
    "Moreno", "Muñoz", "Álvarez", "Romero", "Alonso", "Gutiérrez", "Navarro", "Torres", "Domínguez", "Vázquez", "Ramos",
    "Gil", "Ramírez", "Serrano", "Blanco", "Molina", "Suárez", "de la Peña", "Ortega", "Núñez", "Benali", "Popescu",
)  # fmt: skip


@transaction.atomic
def make_demo_cohort() -> Cohort:
    """Create the demo class where it is missing, give it every course there is, and return it.

    Needs the demo accounts. Raises DemoNotAllowed.
    """
    check_demo_is_allowed()
    teacher = User.objects.get(username="docente")
    cohort = Cohort.objects.run_by(teacher).filter(name=NAME).order_by("pk").first()
    cohort = cohort or create_cohort(by=teacher, name=NAME)
    cohort.courses.add(*Course.objects.filter(current__isnull=False))
    enrol(by=teacher, cohort=cohort, user=User.objects.get(username="aprendiz"))
    return cohort


def make_demo_learners(cohort: Cohort, number: int, luck: random.Random) -> list[User]:
    """Fill the class up with people until it has `number` learners, and return all of them."""
    check_demo_is_allowed()
    taken = set(User.objects.values_list("username", flat=True))
    for _ in range(number - Enrolment.objects.learners().filter(cohort=cohort).count()):
        first, last = luck.choice(FIRST_NAMES), f"{luck.choice(LAST_NAMES)} {luck.choice(LAST_NAMES)}"
        user = User(username=draw_username(first, last, taken), first_name=first, last_name=last)
        user.set_unusable_password()
        user.save()
        Enrolment.objects.create(cohort=cohort, user=user)
    return [enrolment.user for enrolment in Enrolment.objects.learners().filter(cohort=cohort)]


def check_demo_is_allowed() -> None:
    """Raise DemoNotAllowed where the installation is a real one."""
    if not settings.MUELLE_DEMO:
        raise DemoNotAllowed("Invented people are for trying things out only. Set MUELLE_DEMO=1 on such a machine.")
