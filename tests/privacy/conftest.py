"""A learner who has written something everywhere, with a canary in each place."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import models
from django.utils import timezone
from factories import CohortFactory

from accounts.models import User
from api.models import ApiToken
from audit.actions import record
from gradebook.models import GradeOverride
from grading.models import Submission, Verdict
from lab_sessions import events
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from privacy.models import ErasureRequest
from progress.models import HintUse
from tests.web.world import World, make_world
from web_ports.models import Visit


@dataclass
class Aviary:
    """Draws canaries: words that occur nowhere else."""

    birds: list[str] = field(default_factory=list)
    _numbers: count = field(default_factory=lambda: count(1))

    def canary(self) -> str:
        bird = f"canario{next(self._numbers):02d}zq"
        self.birds.append(bird)
        return bird

    def inhabit(self, row: models.Model, *, but: tuple[str, ...] = ()) -> models.Model:
        """Put a canary into every free text of a row, less the platform's own words, and save it."""
        for column in row._meta.concrete_fields:
            if column.name in but or column.primary_key or column.choices or column.is_relation or not column.editable:
                continue
            if isinstance(column, models.JSONField):
                setattr(row, column.name, {"es": self.canary(), "list": [{"deep": self.canary()}]})
            elif isinstance(column, models.CharField | models.TextField) and not column.unique:
                setattr(row, column.name, self.canary()[: column.max_length])
        row.save()
        return row


@dataclass
class Life:
    """What one person has done here."""

    person: User
    aviary: Aviary
    submission: Submission
    session: LabSession


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch, settings):
    settings.MUELLE_IMAGES = {"standard": "muelle/standard:test"}
    monkeypatch.setattr(events, "wake", lambda *args, **when: None)


@pytest.fixture
def world(db) -> World:
    """A course with a lab, a task and a question."""
    return make_world()


@pytest.fixture
def carol(world: World, root: User) -> Life:
    """A learner with a row of every kind, each full of canaries."""
    aviary = Aviary()
    names = {name: aviary.canary() for name in ("username", "first_name", "last_name")}
    person = User.objects.create_user(**names, email=f"{aviary.canary()}@example.org", password="carol-password")
    ended = LabSession(
        learner=person, lab=world.lab, lab_key=world.lab.key, state=State.FAILED, ended_at=timezone.now()
    )
    aviary.inhabit(ended)
    session = world.session(person)
    handed_in = world.submission(person, world.answered, Verdict.FAIL, lab_session=session)
    handed_in.answer = {"text": aviary.canary()}
    handed_in.save()
    aviary.inhabit(world.failed_check(handed_in, expected="-", found="-", hint="-"), but=("kind", "level"))
    Visit.objects.create(
        lab_session=session, visitor=person, sign_in=aviary.canary(), port=8080, ticket=aviary.canary(),
        language="es", back=f"/{aviary.canary()}/",
    )  # fmt: skip
    ErasureRequest.objects.create(person=person)
    ApiToken.objects.create(user=person, name=aviary.canary(), digest="0" * 64, scopes=[])
    HintUse.objects.create(learner=person, exercise_key=world.task.key, number=1)
    GradeOverride.objects.create(
        cohort=CohortFactory(), learner=person, exercise_key=world.task.key, points=1, reason=aviary.canary(), by=root
    )
    write_record(person, root, aviary, world)
    sign_in(person, note=aviary.canary())
    return Life(person, aviary, handed_in, session)


def write_record(person: User, root: User, aviary: Aviary, world: World) -> None:
    """By the person, about them, and about something else that names them."""
    record(by=person, action="hand_in", subject=world.task, lesson=world.lesson.key, answer=aviary.canary())
    record(by=root, action="change_account", subject=person, was=aviary.canary(), new=[{"name": aviary.canary()}])
    record(by=root, action="import_roster", subject=world.lab, people=[f"Row 3: {person.username}", person.email])


def sign_in(person: User, **data: Any) -> None:
    """On one device."""
    store = SessionStore()
    store[SESSION_KEY] = str(person.pk)
    store.update(data)
    store.save()
