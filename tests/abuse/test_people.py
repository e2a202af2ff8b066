"""H02, H03, H05: nobody makes themselves more than they are, works in another's name, or guesses their way in."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.test import Client
from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.models import User
from api.actions import create_token
from api.models import ApiToken
from api.scopes import Scope
from audit.actions import NotPossible
from cohorts import actions as cohort_actions
from cohorts.models import Cohort, Enrolment, Role
from cohorts.permissions import teaches
from grading.actions import submit_exercise
from grading.models import Submission
from tests.abuse.anybodys_actions import PLATFORM, Action, all_actions
from tests.web.conftest import _one_image, browser_of, woken, world

__all__ = ["_one_image", "woken", "world"]

pytestmark = [pytest.mark.abuse, pytest.mark.django_db]

ACTIONS = all_actions()
MOST = 5  # calls in a row
EXAMPLES = 200
# Which rows a single call is tried with, by how many arguments there are to choose.
RANGES = ((), (range(8),), (range(8), range(8)), (range(3), range(8), range(3)))
# What decides about people is tried more often than labs and announcements.
ABOUT_PEOPLE = ("accounts.", "cohorts.", "gradebook.", "api.", "operations.")
NUMBERS = [
    number for number, action in enumerate(ACTIONS) for _more in range(4 if action.name.startswith(ABOUT_PEOPLE) else 1)
]
Step = tuple[int, tuple[int, ...]]
STEPS = st.lists(st.tuples(st.sampled_from(NUMBERS), st.tuples(*[st.integers(0, 9)] * 5)), min_size=1, max_size=MOST)


@dataclass(frozen=True)
class School:
    """Ivy runs a class with an assistant and a colleague who teach elsewhere; the other class is not hers."""

    ivy: User
    mine: Cohort
    theirs: Cohort


@pytest.fixture
def school(world, ivy: User, alice: User, bob: User, root: User) -> School:
    other = User.objects.create_user("other", password="other-password", is_staff=True)
    helper = User.objects.create_user("helper", password="helper-password")
    mine, theirs = world.cohort, CohortFactory(name="Class 2B", join_until=timezone.now() + timedelta(hours=1))
    theirs.courses.set(mine.courses.all())
    places = [
        (mine, ivy, Role.INSTRUCTOR), (mine, alice, Role.LEARNER), (mine, helper, Role.ASSISTANT),
        (mine, other, Role.ASSISTANT), (mine, root, Role.ASSISTANT),
        (theirs, other, Role.INSTRUCTOR), (theirs, bob, Role.LEARNER), (theirs, helper, Role.INSTRUCTOR),
    ]  # fmt: skip
    for cohort, user, role in places:
        EnrolmentFactory(cohort=cohort, user=user, role=role)
    return School(ivy, mine, theirs)


def rights_of_all(school: School) -> dict[str, object]:
    """Everything that Ivy must not be able to change. Bob, who learns elsewhere, is in it by his place."""
    teaching = User.objects.filter(is_staff=True) | User.objects.filter(pk__in=teachers_of(school.theirs))
    return {
        "admins": set(User.objects.filter(is_superuser=True).values_list("pk", flat=True)),
        "instructors": set(User.objects.filter(is_staff=True).values_list("pk", flat=True)),
        "teachers elsewhere": teachers_of(school.theirs),
        "learners elsewhere": set(school.theirs.enrolments.learners().values_list("user", flat=True)) - {school.ivy.pk},
        "passwords of who teaches": set(teaching.exclude(pk=school.ivy.pk).values_list("pk", "password", "is_active")),
        "tokens of others": set(ApiToken.objects.exclude(user=school.ivy).values_list("pk", flat=True)),
        # Who only helps in another class may well learn in this one.
        "learner of hers is": [each.pk for each in teaching if each.is_staff and teaches(school.ivy, each)],
    }


def teachers_of(cohort: Cohort) -> set[int]:
    return set(cohort.enrolments.staff().values_list("user", flat=True))


def carry_out(who: str, steps: Sequence[Step]) -> list[str]:
    """Ask for one action after the other; return the names of those that were done."""
    done = []
    for number, picks in steps:
        action: Action = ACTIONS[number]
        if action.ask(User.objects.get(username=who), picks):
            done.append(action.name)
    return done


@pytest.mark.parametrize("action", ACTIONS, ids=[action.name for action in ACTIONS])
def test_h02_no_single_call_of_an_instructor_gives_a_right(school: School, action: Action) -> None:
    before = rights_of_all(school)
    for picks in itertools.product(*RANGES[min(action.choices, 3)]):
        with transaction.atomic():
            done = action.ask(User.objects.get(pk=school.ivy.pk), (0, *picks, 0))
            after = rights_of_all(school) if done else before  # what was refused was rolled back
            transaction.set_rollback(True)
        assert after == before, f"{action.name} with {picks}"


def test_h02_no_five_calls_of_an_instructor_give_a_right(school: School) -> None:
    before = rights_of_all(school)
    done: set[str] = set()

    @hypothesis_settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(steps=STEPS)
    def ask(steps: list[Step]) -> None:
        with transaction.atomic():
            names = carry_out("ivy", steps)
            done.update(names)
            after = rights_of_all(school) if names else before
            transaction.set_rollback(True)
        assert after == before

    ask()
    # The control: most of what an instructor may do was done; a search that is always refused would find nothing.
    mine = {"cohorts.actions.enrol", "cohorts.actions.set_role", "cohorts.actions.create_cohort"}
    assert mine <= done, sorted(done)
    assert len(done) >= 15, sorted(done)


def test_h02_the_search_finds_a_right_that_is_given(school: School, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: where nobody asks whose class it is, the same search sees what it must never see."""
    before = rights_of_all(school)
    monkeypatch.setattr(cohort_actions, "check_can_run", lambda by, cohort: None)
    enrol = next(action for action in ACTIONS if action.name == "cohorts.actions.enrol")

    found = []
    for picks in itertools.product(range(2), range(6), range(3)):
        with transaction.atomic():
            enrol.ask(school.ivy, (0, *picks))
            found.append(rights_of_all(school) != before)
            transaction.set_rollback(True)

    assert any(found)


def test_h02_nobody_makes_a_learner_of_who_teaches(school: School) -> None:
    """It would give an instructor what they have over learners: their labs, and new passwords."""
    places = school.mine.enrolments.filter(user__username__in=["other", "root"]).order_by("pk")

    for place in places:
        with pytest.raises(PermissionDenied):
            cohort_actions.set_role(by=school.ivy, enrolment=place, role=Role.LEARNER)

    assert set(places.values_list("role", flat=True)) == {Role.ASSISTANT}
    # The control: of who teaches nowhere, and by an admin.
    root = User.objects.get(username="root")
    cohort_actions.set_role(by=root, enrolment=places[0], role=Role.LEARNER)
    own = Enrolment.objects.get(cohort=school.mine, user__username="alice")
    cohort_actions.set_role(by=school.ivy, enrolment=own, role=Role.ASSISTANT)
    cohort_actions.set_role(by=school.ivy, enrolment=own, role=Role.LEARNER)
    assert school.mine.enrolments.get(pk=places[0].pk).role == Role.LEARNER


@pytest.mark.parametrize("who", ["ivy", "helper", "root", "bob"])
def test_h03_nobody_hands_in_for_a_learner(school: School, world, alice: User, who: str) -> None:
    session = world.session(alice)
    person = User.objects.get(username=who)

    with pytest.raises((NotPossible, PermissionDenied)):
        submit_exercise(by=person, exercise=world.task, lab_session=session)
    browser = browser_of(person, raise_request_exception=False)
    for exercise in (world.task, world.quiz):
        as_alice = {"learner": alice.pk, "user": alice.pk, "by": "alice", "lab_session": str(session.pk), "choices": 0}
        browser.post(world.submit_path(exercise), as_alice)
    browser.post(f"{world.path}lab/start/", {"learner": alice.pk, "user": "alice"})

    assert not Submission.objects.filter(learner=alice).exists()
    assert alice.lab_sessions.count() == 1
    # The control: she herself may.
    submit_exercise(by=alice, exercise=world.task, lab_session=session)
    assert Submission.objects.filter(learner=alice, lab_session=session).exists()


def test_h03_nobody_can_become_somebody_else() -> None:
    """There is no impersonation: a sign-in begins where a secret was right, and at no other place in the code."""
    begins = {"login", "perform_login", "force_login", "_login_user"}

    found = {
        str(path.relative_to(PLATFORM))
        for path in PLATFORM.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and _name_of(node.func) in begins
    }

    assert found == {"web/signing_in.py"}


def _name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@pytest.fixture
def open_class(school: School) -> Cohort:
    """A class that lets people join with its code, for an hour."""
    Cohort.objects.filter(pk=school.mine.pk).update(join_until=timezone.now() + timedelta(hours=1))
    school.mine.refresh_from_db()
    return school.mine


def join(person: User, code: str) -> int:
    """Join by the API, which has the pages' door behind it."""
    _token, secret = create_token(by=person, name="x", scopes=Scope)
    program = Client(headers={"Authorization": f"Bearer {secret}"})
    return int(program.post("/api/v1/join", data={"code": code}, content_type="application/json").status_code)


def test_h05_who_guesses_codes_is_refused_the_right_one_too(open_class: Cohort, bob: User, root: User) -> None:
    for number in range(5):
        join(bob, f"WRONG{number}")
        browser_of(bob).post(f"/join/WRONX{number}/")

    assert join(bob, open_class.join_code) == 409
    assert browser_of(bob).post(f"/join/{open_class.join_code}/").status_code == 409
    assert not open_class.enrolments.filter(user=bob).exists()
    # The control: somebody who did not guess gets in with it, meanwhile.
    carol = User.objects.create_user("carol")
    assert join(carol, open_class.join_code) == 200
    assert open_class.enrolments.get(user=carol).role == Role.LEARNER


@pytest.mark.parametrize(
    "change",
    [{"join_until": None}, {"join_until": timezone.now() - timedelta(1)}, {"archived_at": timezone.now()}],
    ids=["closed", "expired", "archived"],
)
def test_h05_a_code_that_lets_nobody_in_is_refused(open_class: Cohort, bob: User, change: dict[str, object]) -> None:
    Cohort.objects.filter(pk=open_class.pk).update(**change)

    assert join(bob, open_class.join_code) == 409
    assert not open_class.enrolments.filter(user=bob).exists()


def test_h05_a_code_that_was_renewed_is_worth_nothing(open_class: Cohort, ivy: User, bob: User) -> None:
    old = open_class.join_code
    new = cohort_actions.renew_join_code(by=ivy, cohort=open_class)

    assert join(bob, old) == 409
    assert join(bob, new) == 200, "The control."
