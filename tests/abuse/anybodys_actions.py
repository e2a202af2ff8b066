"""Every action that a person can ask for, and how to ask for it with whatever rows there are.

Actions are found, not listed: one that is written tomorrow is tried tomorrow. Arguments are chosen by their type, so
an action of whom, on what and with which texts is a matter of a few small numbers, which hypothesis draws.
"""

from __future__ import annotations

import importlib
import inspect
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts.models import User
from cohorts.models import Cohort
from cohorts.roster import UnreadableRoster, read_roster
from cohorts.roster_plan import plan_roster
from content.problems import ContentErrors
from courses.models import Exercise

PLATFORM = Path(__file__).resolve().parents[2] / "platform"
# Modules with actions whose name is not `actions`.
OTHERS = ("cohorts.credentials", "grading.correcting")
# Nobody asks for these over HTTP: they are commands of who has a shell on the server.
COMMANDS = frozenset({"courses.actions.sync_courses", "courses.actions.hide_course", "audit.actions.record"})
ROSTERS = (
    "nombre;apellidos;usuario;rol\nA;B;root;alumno\n",
    "nombre;apellidos;usuario;rol\nA;B;other;docente\n",
    "nombre;apellidos;usuario;rol\nA;B;bob;ayudante\n",
    "nombre;apellidos;usuario;rol\nA;B;is_superuser;docente\n",
)
# What somebody sends who hopes that a field is taken over.
MORE: Mapping[str, Any] = {"is_superuser": True, "is_staff": True, "role": "instructor", "pk": 1, "late_percent": 5}


class NothingThere(Exception):
    """There is no row of the kind that the action takes."""


@dataclass(frozen=True)
class Action:
    """One function whose first argument is who asks."""

    name: str
    function: Callable[..., Any]

    @property
    def choices(self) -> int:
        """How many arguments there are beside who asks."""
        return len(inspect.signature(self.function).parameters) - 1

    def ask(self, by: User, picks: Sequence[int]) -> bool:
        """Ask for it; return whether it was done. Whatever is no refusal is a fault of the action, and raised."""
        try:
            with transaction.atomic():
                self.function(by=by, **self._arguments(by, picks))
        except (NothingThere, PermissionDenied, ValidationError, IntegrityError, *self._refusals()):
            return False
        return True

    def _refusals(self) -> tuple[type[Exception], ...]:
        module = importlib.import_module(self.function.__module__)
        own = [value for value in vars(module).values() if inspect.isclass(value) and issubclass(value, Exception)]
        return (*own, UnreadableRoster, ContentErrors)

    def _arguments(self, by: User, picks: Sequence[int]) -> dict[str, Any]:
        hints = typing.get_type_hints(self.function)
        chosen: dict[str, Any] = {}
        for number, (name, parameter) in enumerate(inspect.signature(self.function).parameters.items()):
            pick = picks[number % len(picks)]
            if parameter.kind is inspect.Parameter.VAR_KEYWORD:
                chosen |= {key: value for key, value in MORE.items() if key not in chosen}
            elif name != "by":
                chosen[name] = _texts(name, pick) if hints[name] is str else _value(hints[name], pick)
        if "digest" in chosen:
            people = read_roster(chosen["text"]).people
            chosen["digest"] = plan_roster(by=by, cohort=chosen["cohort"], people=people).digest
        return chosen


def all_actions() -> list[Action]:
    """Every public function of a module of actions that takes `by`."""
    apps = sorted(path.name for path in PLATFORM.iterdir() if (path / "actions.py").is_file())
    found = []
    for module in [importlib.import_module(name) for name in (*(f"{app}.actions" for app in apps), *OTHERS)]:
        for name, function in inspect.getmembers(module, inspect.isfunction):
            full = f"{module.__name__}.{name}"
            own = function.__module__ == module.__name__ and not name.startswith("_") and full not in COMMANDS
            if own and _takes_by(function):
                found.append(Action(full, function))
    return found


def _takes_by(function: Callable[..., Any]) -> bool:
    by = inspect.signature(function).parameters.get("by")
    return by is not None and by.kind is inspect.Parameter.KEYWORD_ONLY


def _texts(name: str, pick: int) -> str:
    known = {
        "code": list(Cohort.objects.order_by("pk").values_list("join_code", flat=True)),
        "text": list(ROSTERS),
        "exercise_key": list(Exercise.objects.order_by("pk").values_list("key", flat=True)),
        "lesson_key": ["course/one/lesson", ""],
        "language": ["es", "en"],
        "theme": ["dark", "light"],
        "written": ["- file: note.txt\n", "- file: other.txt\n"],
        "reason": ["learner", "because"],
    }.get(name, ["x", "is_superuser", "root"])
    return str(known[pick % len(known)])


def _value(hint: Any, pick: int) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _value(next(each for each in inner if each is not type(None)), pick)
    if origin in (Iterable, Sequence, list, tuple):
        return [_value(inner[0], pick)]
    if origin in (Mapping, dict):
        return {"door": "open"}
    if not inspect.isclass(hint):
        raise TypeError(f"{hint} is a type that this does not know: say here how to choose one.")
    return _of_class(hint, pick)


def _of_class(kind: type, pick: int) -> Any:
    if issubclass(kind, models.Model):
        rows = list(kind._default_manager.order_by("pk"))
        if not rows:
            raise NothingThere(kind.__name__)
        return rows[pick % len(rows)]
    if issubclass(kind, Enum):
        members = list(kind)
        return members[pick % len(members)]
    moment = timezone.now() + timedelta(hours=1)
    simple = {bool: pick % 2 == 1, int: pick, str: "x", Decimal: Decimal(pick), datetime: moment, date: moment.date()}
    if kind not in simple:
        raise TypeError(f"{kind} is a type that this does not know: say here how to choose one.")
    return simple[kind]
