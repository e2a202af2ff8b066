"""From a list to accounts and places: what would be done, and doing it all or not at all."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation
from factories import CohortFactory, EnrolmentFactory, UserFactory

from accounts.models import User
from audit.actions import NotPossible
from audit.models import Entry
from cohorts.actions import enrol, import_roster
from cohorts.models import Enrolment, Role
from cohorts.roster import read_roster
from cohorts.roster_plan import Fate, plan_roster

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def cohort(ivy):
    cohort = CohortFactory()
    EnrolmentFactory(cohort=cohort, user=ivy, role=Role.INSTRUCTOR)
    return cohort


def plan(by, cohort, text):
    return plan_roster(by=by, cohort=cohort, people=read_roster(text).people)


def carry_out(by, cohort, text):
    return import_roster(by=by, cohort=cohort, text=text, digest=plan(by, cohort, text).digest)


def thirty() -> str:
    return "nombre;apellidos\n" + "".join(f"Nombre{number};García {number}\n" for number in range(30))


def test_a_class_of_thirty_comes_in_one_go(ivy, cohort):
    carry_out(ivy, cohort, thirty())

    people = User.objects.filter(enrolments__cohort=cohort, enrolments__role=Role.LEARNER)
    assert people.count() == 30
    assert {user.username for user in people} == {"ngarcia", *(f"ngarcia{number}" for number in range(2, 31))}
    assert not any(user.has_usable_password() or user.is_staff or user.is_superuser for user in people)
    assert Entry.objects.filter(action="enrol", actor=ivy).count() == 30
    assert Entry.objects.get(action="import_roster", actor=ivy).details == {"new": 30}


def test_planning_writes_nothing_and_asks_little(ivy, cohort, django_assert_max_num_queries):
    people = read_roster(thirty()).people

    with django_assert_max_num_queries(4):
        planned = plan_roster(by=ivy, cohort=cohort, people=people)

    assert (planned.coming, planned.counts) == (30, {Fate.NEW: 30})
    assert User.objects.count() == Enrolment.objects.count() == 1


def test_a_list_that_is_sent_twice_changes_nothing(ivy, cohort):
    text = "nombre;apellidos\nAna;Gil\nAna;Gil\nLuis;Sol\n"
    carry_out(ivy, cohort, text)

    again = carry_out(ivy, cohort, text)

    assert again.counts == {Fate.HERE: 3}
    assert User.objects.count() == 4


def test_accounts_are_found_by_user_name_and_stay_as_they_are(ivy, cohort, alice, bob):
    EnrolmentFactory(cohort=cohort, user=bob)

    done = carry_out(ivy, cohort, "usuario;nombre;correo;rol\nALICE;Alicia;new@example.org;\nbob;Bob;;ayudante\n")

    alice.refresh_from_db()
    assert [(row.fate, row.username) for row in done.rows] == [(Fate.KNOWN, "alice"), (Fate.HERE, "bob")]
    assert "another name" in done.rows[0].remark
    assert "stays it" in done.rows[1].remark
    assert (alice.first_name, alice.email, alice.has_usable_password()) == ("", "", True)
    assert Enrolment.objects.get(cohort=cohort, user=bob).role == Role.LEARNER


def test_of_accounts_that_differ_in_capitals_the_exact_one_is_meant(ivy, cohort):
    UserFactory(username="Eva")
    exact = UserFactory(username="eva")

    assert plan(ivy, cohort, "usuario\neva\n").rows[0].user == exact


def test_user_names_in_the_list_and_drawn_ones_never_meet(ivy, cohort):
    done = carry_out(ivy, cohort, "nombre;apellidos;usuario\nAna;Gil;\nOtra;Persona;agil\nAna;Gil;agil2\n")

    assert [row.username for row in done.rows] == ["agil3", "agil", "agil2"]


def test_roles_come_with_the_list_but_no_rights_beyond_the_class(ivy, cohort):
    done = carry_out(ivy, cohort, "nombre;rol\nAna;docente\nLuis;ayudante\n")

    assert "password" in done.rows[0].remark
    assert [each.role for each in Enrolment.objects.exclude(user=ivy).order_by("pk")] == ["instructor", "assistant"]
    assert User.objects.filter(is_staff=True).get() == ivy


def test_nobody_makes_a_learner_of_who_teaches(ivy, root, cohort):
    assert "teaches here" in plan(ivy, cohort, "usuario\nroot\n").problems[0].sentence
    assert plan(root, cohort, "usuario\nroot\n").problems == []
    with pytest.raises(PermissionDenied, match="teaches here"):
        enrol(by=ivy, cohort=cohort, user=root)
    assert enrol(by=ivy, cohort=cohort, user=root, role=Role.ASSISTANT).user == root


def test_a_disabled_account_is_named(ivy, cohort, alice):
    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert "disabled" in plan(ivy, cohort, "usuario\nalice\n").problems[0].sentence


def test_an_e_mail_address_of_another_account_is_remarked(ivy, cohort):
    UserFactory(email="Ana@Example.org")

    assert "exists" in plan(ivy, cohort, "nombre;correo\nAna;ana@example.org\n").rows[0].remark


@pytest.mark.parametrize("text", ["nombre;correo\nAna;\nLuis;nowhere\n", "usuario\neva\nroot\n"])
def test_one_wrong_line_and_nobody_is_added(ivy, root, cohort, text):
    with pytest.raises(NotPossible, match="Nobody was added"):
        carry_out(ivy, cohort, text)
    assert Enrolment.objects.count() == 1


def test_only_what_was_looked_at_is_done(ivy, cohort):
    text = "nombre;apellidos\nAna;Gil\n"
    seen = plan(ivy, cohort, text).digest
    UserFactory(username="agil")

    with pytest.raises(NotPossible, match="Meanwhile"):
        import_roster(by=ivy, cohort=cohort, text=text, digest=seen)
    assert Enrolment.objects.count() == 1


def test_a_failure_in_the_middle_leaves_nothing(ivy, cohort, monkeypatch):
    from cohorts import actions

    real, made = actions._new_account, []

    def stolen(by, row):
        if made:
            User.objects.create(username=row.username)  # somebody else took it a moment ago
        made.append(row)
        return real(by, row)

    monkeypatch.setattr(actions, "_new_account", stolen)

    with pytest.raises(NotPossible, match="Meanwhile"):
        carry_out(ivy, cohort, "nombre\nAna\nLuis\n")
    assert User.objects.count() == Enrolment.objects.count() == 1
    assert not Entry.objects.filter(action="import_roster").exists()


@pytest.mark.parametrize("role", [Role.LEARNER, Role.ASSISTANT])
def test_only_instructors_import(bob, cohort, role):
    EnrolmentFactory(cohort=cohort, user=bob, role=role)

    with pytest.raises(PermissionDenied):
        carry_out(bob, cohort, "nombre\nAna\n")
