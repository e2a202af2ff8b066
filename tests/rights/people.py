"""The people of the table of rights, each as somebody who asks for what is Alice's."""

from __future__ import annotations

from dataclasses import dataclass

from factories import CohortFactory, EnrolmentFactory

from accounts.models import User
from cohorts.models import Role
from tests.web.world import World

# In the order of the columns.
PEOPLE = ("stranger", "learner", "classmate", "assistant", "instructor", "other-instructor", "admin")


@dataclass
class Cast:
    """Alice's class, and everybody who might want something of her."""

    world: World
    by_name: dict[str, User | None]

    @property
    def alice(self) -> User:
        found = self.by_name["learner"]
        assert found is not None
        return found


def make_cast(world: World) -> Cast:
    """Put people into the world's class; the other instructor has a class of their own with the same course."""
    other = CohortFactory(name="Class 2B")
    other.courses.set(world.cohort.courses.all())

    def person(name: str, role: Role | None, cohort=world.cohort, **flags: bool) -> User:
        user = User.objects.create_user(name, password=f"{name}-password", **flags)
        if role is not None:
            EnrolmentFactory(cohort=cohort, user=user, role=role)
        return user

    return Cast(
        world=world,
        by_name={
            "stranger": None,
            "learner": person("learner", Role.LEARNER),
            "classmate": person("classmate", Role.LEARNER),
            "assistant": person("assistant", Role.ASSISTANT),
            "instructor": person("instructor", Role.INSTRUCTOR, is_staff=True),
            "other-instructor": person("other-instructor", Role.INSTRUCTOR, other, is_staff=True),
            "admin": person("admin", None, is_staff=True, is_superuser=True),
        },
    )
