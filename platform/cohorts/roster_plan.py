"""What would become of a list of people: who gets an account, who has one, who is in the class already."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.models import Cohort, Enrolment, Role
from cohorts.permissions import check_can_enrol
from cohorts.roster import LineProblem, Person
from cohorts.usernames import draw_username


class Fate(StrEnum):
    NEW = "new"  # gets an account and a place
    KNOWN = "known"  # has an account, gets a place
    HERE = "here"  # has a place; nothing is changed


@dataclass(frozen=True)
class Planned:
    """What would become of one line."""

    person: Person
    fate: Fate
    username: str
    user: User | None = None
    remark: str = ""
    """Something to know before confirming; translated."""


@dataclass
class Plan:
    """What would become of a list."""

    rows: list[Planned] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)

    @property
    def counts(self) -> Counter[Fate]:
        return Counter(row.fate for row in self.rows)

    @property
    def coming(self) -> int:
        """How many people would be new in the class."""
        return sum(row.fate != Fate.HERE for row in self.rows)

    @property
    def digest(self) -> str:
        """Changes whenever something else would be done, so that only what was looked at is confirmed."""
        facts = [
            [row.fate, row.username, row.user.pk if row.user else None, *map(str, astuple(row.person))]
            for row in self.rows
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def plan_roster(*, by: User, cohort: Cohort, people: Iterable[Person]) -> Plan:
    """Say what would become of `people`, without doing it. A fixed number of queries, however long the list is."""
    planner = _Planner(by, cohort, list(people))
    for person in planner.people:
        planner.add(person)
    return planner.plan


class _Planner:
    def __init__(self, by: User, cohort: Cohort, people: list[Person]) -> None:
        self.plan = Plan()
        self.by = by
        self.people = people
        wanted = [User.normalize_username(person.username).lower() for person in people if person.username]
        self.known: dict[str, list[User]] = defaultdict(list)
        for user in User.objects.annotate(small=Lower("username")).filter(small__in=wanted):
            self.known[user.username.lower()].append(user)
        self.taken = {*wanted, *User.objects.values_list(Lower("username"), flat=True)}
        places = list(Enrolment.objects.filter(cohort=cohort).select_related("user"))
        self.roles = {place.user_id: Role(place.role) for place in places}
        self.names: dict[str, list[User]] = defaultdict(list)
        for place in sorted(places, key=lambda place: place.pk):
            self.names[_folded(place.user.get_full_name())].append(place.user)
        emails = [person.email.lower() for person in people if person.email]
        written = User.objects.annotate(small=Lower("email")).filter(small__in=emails)
        self.emails = set(written.values_list("small", flat=True))

    def add(self, person: Person) -> None:
        user = self._account_named(person) if person.username else self._namesake(person)
        if user is None:
            self._add_new(person)
        elif user.pk in self.roles:
            self.plan.rows.append(Planned(person, Fate.HERE, user.username, user, self._remark_here(person, user)))
        elif sentence := self._objection(person, user):
            self.plan.problems.append(LineProblem(person.line, sentence))
        else:
            self.plan.rows.append(Planned(person, Fate.KNOWN, user.username, user, _remark_known(person, user)))

    def _account_named(self, person: Person) -> User | None:
        """Return the account with this user name; of several that differ in capitals only, the one meant exactly."""
        name = User.normalize_username(person.username)
        found = self.known.get(name.lower(), [])
        return next((user for user in found if user.username == name), found[0] if found else None)

    def _namesake(self, person: Person) -> User | None:
        """Return somebody of the class with this name, each only once, so that a list can be sent a second time."""
        same = self.names.get(_folded(person.name), [])
        return same.pop(0) if same else None

    def _add_new(self, person: Person) -> None:
        name = User.normalize_username(person.username)
        username = name or draw_username(person.first_name, person.last_name, self.taken)
        remark = ""
        if person.role != Role.LEARNER:
            remark = _("Who teaches signs in with a password, not with a PIN: an admin has to draw one.")
        elif person.email.lower() in self.emails:
            remark = _("An account with this e-mail address exists. Give its user name if it is the same person.")
        self.plan.rows.append(Planned(person, Fate.NEW, username, None, remark))

    def _remark_here(self, person: Person, user: User) -> str:
        role = self.roles[user.pk]
        if role == person.role:
            return ""
        return _("Is %(role)s in this class and stays it. Change that on their own page.") % {
            "role": role.label.lower()
        }

    def _objection(self, person: Person, user: User) -> str:
        try:
            check_can_enrol(self.by, user, person.role)
        except PermissionDenied as refusal:
            return str(refusal)
        return ""


def _remark_known(person: Person, user: User) -> str:
    """Names are compared, not shown: whose account it is, is told by who has it."""
    if person.name and _folded(person.name) != _folded(user.get_full_name()):
        return _("The account has another name than the list. Make sure that it is the same person.")
    return ""


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())
