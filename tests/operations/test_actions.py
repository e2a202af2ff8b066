"""What an admin does with accounts and labs: done, recorded, and nobody else's to do."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import translation
from factories import LabFactory

from accounts.actions import Role
from accounts.models import User
from audit.actions import NotPossible
from audit.models import Entry
from lab_sessions import events
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from operations import actions
from operations.models import HealthReport
from operations.queries import sign_ins_of


@pytest.fixture(autouse=True)
def _no_broker(monkeypatch):
    monkeypatch.setattr(events, "wake", lambda task, *args, **when: None)


def recorded() -> list[tuple[str, str]]:
    return list(Entry.objects.order_by("pk").values_list("actor__username", "action"))


def test_an_account_is_opened_with_a_password_that_works(root):
    person, password = actions.open_account(by=root, username="nuria", first_name="Nuria", role=Role.INSTRUCTOR)

    assert Client().login(username="nuria", password=password)
    person.refresh_from_db()
    assert (person.first_name, person.is_staff, person.is_superuser) == ("Nuria", True, False)
    assert person.must_change_password
    assert recorded() == [("root", "open_account")]
    assert password not in str(Entry.objects.values_list("details", flat=True))


def test_a_name_that_is_taken(root, alice):
    with pytest.raises(ValidationError):
        actions.open_account(by=root, username="alice")
    assert recorded() == []


def test_roles_change(root, alice):
    for role in (Role.INSTRUCTOR, Role.ADMIN, Role.ADMIN, Role.LEARNER):
        actions.set_account_role(by=root, person=alice, role=role)
        alice.refresh_from_db()
        assert actions.role_of(alice) == role

    assert len(recorded()) == 3  # being what one is already is no change


def test_who_is_disabled_is_out_at_once(root, alice):
    lab = LabFactory()
    session = LabSession.objects.create(learner=alice, lab=lab, lab_key=lab.key, state=State.STARTING)
    browser = Client()
    browser.force_login(alice)

    actions.disable_account(by=root, person=alice)

    session.refresh_from_db()
    assert (session.state, session.ended_reason) == (State.ENDING, "staff")
    assert sign_ins_of(alice) == 0
    assert not Client().login(username="alice", password="alice-password")
    assert recorded() == [("root", "disable_account"), ("root", "end_lab_session")]


def test_who_is_enabled_is_back(root, alice):
    actions.disable_account(by=root, person=alice)
    actions.enable_account(by=root, person=alice)
    actions.enable_account(by=root, person=alice)

    assert Client().login(username="alice", password="alice-password")
    assert [action for _who, action in recorded()] == ["disable_account", "enable_account"]


def test_signing_out_ends_only_theirs(root, alice, bob):
    for person in (alice, alice, bob):
        Client().force_login(person)

    assert actions.end_sign_ins(by=root, person=alice) == 2

    assert (sign_ins_of(alice), sign_ins_of(bob)) == (0, 1)
    assert recorded() == [("root", "end_sign_ins")]


def test_all_labs_of_a_lesson_end_and_no_others(root, alice, bob):
    lab, other = LabFactory(), LabFactory()
    for person, what in ((alice, lab), (bob, lab), (alice, other)):
        LabSession.objects.create(learner=person, lab=what, lab_key=what.key, state=State.QUEUED)

    assert actions.end_sessions_of_lab(by=root, lab_key=lab.key) == 2

    assert [session.lab_key for session in LabSession.objects.live()] == [other.key]
    assert recorded() == [("root", "end_lab_session")] * 2


def test_asking_for_a_report(root):
    actions.ask_for_report(by=root)
    actions.ask_for_report(by=root)

    assert HealthReport.objects.get().asked_at is not None


@pytest.mark.parametrize(
    "action",
    [
        lambda by: actions.set_account_role(by=by, person=by, role=Role.LEARNER),
        lambda by: actions.disable_account(by=by, person=by),
    ],
)
def test_an_admin_does_not_shut_themselves_out(root, action):
    with translation.override("en"), pytest.raises(NotPossible, match="your own account"):
        action(root)

    root.refresh_from_db()
    assert root.is_active
    assert root.is_superuser


@pytest.mark.parametrize("who", ["alice", "ivy", "retired"])
@pytest.mark.parametrize(
    "action",
    [
        lambda by, bob: actions.open_account(by=by, username="x"),
        lambda by, bob: actions.set_account_role(by=by, person=bob, role=Role.ADMIN),
        lambda by, bob: actions.set_account_role(by=by, person=by, role=Role.ADMIN),
        lambda by, bob: actions.disable_account(by=by, person=bob),
        lambda by, bob: actions.enable_account(by=by, person=bob),
        lambda by, bob: actions.end_sign_ins(by=by, person=bob),
        lambda by, bob: actions.end_sessions_of_lab(by=by, lab_key="x"),
        lambda by, bob: actions.ask_for_report(by=by),
    ],
)
def test_nobody_but_an_admin(who, action, alice, ivy, bob):
    retired = User.objects.create_superuser("retired", password="x", is_active=False)
    person = {"alice": alice, "ivy": ivy, "retired": retired}[who]
    before = list(User.objects.order_by("pk").values())

    with pytest.raises(PermissionDenied):
        action(person, bob)

    assert list(User.objects.order_by("pk").values()) == before
    assert recorded() == []
