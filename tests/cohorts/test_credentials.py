"""PINs of a class and drawn passwords: who may draw them, what is stored, and what they open."""

import re

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from factories import CohortFactory, EnrolmentFactory, UserFactory

from accounts.models import User
from audit.models import Entry
from cohorts import credentials
from cohorts.actions import archive_cohort, create_cohort
from cohorts.credentials import (
    Slip,
    can_reset,
    change_password,
    clean_pin,
    draw_pins,
    find_by_pin,
    reset_password,
)
from cohorts.models import Cohort, Enrolment, Role


@pytest.fixture
def cohort(ivy) -> Cohort:
    """A class of Ivy's."""
    return create_cohort(by=ivy, name="Mañanas")


@pytest.fixture
def slip(ivy, cohort, alice) -> Slip:
    """Alice's."""
    enrolment = EnrolmentFactory(cohort=cohort, user=alice)
    return draw_pins(by=ivy, cohort=cohort, enrolments=[enrolment])[0]


def test_a_class_code_and_a_pin_name_one_learner(cohort, slip, alice):
    assert find_by_pin(cohort.join_code, slip.pin).user == alice
    assert find_by_pin(cohort.join_code.lower(), slip.pin).user == alice


def test_a_pin_is_six_digits_and_printed_in_two_groups(slip):
    assert re.fullmatch(r"\d{6}", slip.pin)
    assert clean_pin(slip.spaced) == slip.pin


def test_a_pin_opens_no_other_class(ivy, slip):
    other = create_cohort(by=ivy, name="Tardes")

    assert find_by_pin(other.join_code, slip.pin) is None


def test_looking_costs_the_same_whether_the_class_exists_or_not(cohort, slip, django_assert_num_queries):
    for code, pin in ((cohort.join_code, slip.pin), (cohort.join_code, "000000"), ("XXXXXX", "000000")):
        with django_assert_num_queries(2):
            find_by_pin(code, pin)


def test_no_pin_is_stored(slip):
    row = Enrolment.objects.filter(pk=slip.enrolment.pk).values().get()

    assert slip.pin not in str(row)
    assert slip.pin not in str(list(Entry.objects.values()))


def test_a_digest_needs_the_key_of_the_site(settings, cohort, slip):
    settings.SECRET_KEY = "another-" + "0" * 50

    assert find_by_pin(cohort.join_code, slip.pin) is None


def test_learners_without_a_pin_are_not_found_by_an_empty_one(cohort):
    EnrolmentFactory(cohort=cohort)

    assert find_by_pin(cohort.join_code, "") is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": True}, {"is_superuser": True}])
def test_a_pin_opens_no_disabled_account_and_none_of_staff(cohort, slip, alice, change):
    User.objects.filter(pk=alice.pk).update(**change)

    assert find_by_pin(cohort.join_code, slip.pin) is None


@pytest.mark.parametrize("role", [Role.INSTRUCTOR, Role.ASSISTANT])
def test_a_pin_opens_no_account_of_somebody_who_teaches_elsewhere(cohort, slip, alice, role):
    EnrolmentFactory(user=alice, role=role)

    assert find_by_pin(cohort.join_code, slip.pin) is None


def test_a_pin_ends_with_the_class(ivy, cohort, slip):
    archive_cohort(by=ivy, cohort=cohort)

    assert find_by_pin(cohort.join_code, slip.pin) is None


def test_a_new_pin_replaces_the_old_one(ivy, cohort, slip, alice):
    new = draw_pins(by=ivy, cohort=cohort, enrolments=[slip.enrolment])[0]

    assert find_by_pin(cohort.join_code, new.pin).user == alice
    assert new.pin == slip.pin or find_by_pin(cohort.join_code, slip.pin) is None


def test_a_new_pin_ends_the_sign_ins_of_who_has_no_password(ivy, cohort, client):
    learner = UserFactory()
    learner.set_unusable_password()
    learner.save()
    enrolment = EnrolmentFactory(cohort=cohort, user=learner)
    client.force_login(learner)

    draw_pins(by=ivy, cohort=cohort, enrolments=[enrolment])

    assert client.get("/progress/").status_code == 302


def test_a_class_gets_different_pins(ivy, cohort, monkeypatch):
    drawn = iter([1, 123456, 1, 111111, 2, 3])
    monkeypatch.setattr(credentials.secrets, "randbelow", lambda _limit: next(drawn))
    enrolments = [EnrolmentFactory(cohort=cohort) for _learner in range(3)]

    slips = draw_pins(by=ivy, cohort=cohort, enrolments=enrolments)

    assert sorted(slip.pin for slip in slips) == ["000001", "000002", "000003"]


def test_the_database_holds_that_a_pin_names_one_person(cohort, slip):
    other = EnrolmentFactory(cohort=cohort)
    other.pin_digest = Enrolment.objects.get(pk=slip.enrolment.pk).pin_digest

    with pytest.raises(IntegrityError):
        other.save()


def test_only_the_classs_own_instructors_draw(cohort, slip, alice, root):
    assistant, foreign = UserFactory(), UserFactory(is_staff=True)
    EnrolmentFactory(cohort=cohort, user=assistant, role=Role.ASSISTANT)
    EnrolmentFactory(user=foreign, role=Role.INSTRUCTOR)

    for person in (alice, assistant, foreign):
        with pytest.raises(PermissionDenied):
            draw_pins(by=person, cohort=cohort, enrolments=[slip.enrolment])
    assert draw_pins(by=root, cohort=cohort, enrolments=[slip.enrolment])


def test_learners_of_other_classes_are_passed_over(ivy, cohort):
    foreign = EnrolmentFactory(cohort=CohortFactory())

    assert draw_pins(by=ivy, cohort=cohort, enrolments=[foreign]) == []


def test_drawing_is_recorded_without_the_pin(ivy, cohort, slip, alice):
    entry = Entry.objects.get(action="draw_pins")

    assert (entry.actor, entry.details) == (ivy, {"users": [alice.pk]})


def test_who_may_draw_a_password_for_whom(ivy, root, cohort, slip, alice, bob):
    assistant, other_teacher, teaching_learner = UserFactory(), UserFactory(is_staff=True), UserFactory()
    EnrolmentFactory(cohort=cohort, user=assistant, role=Role.ASSISTANT)
    EnrolmentFactory(cohort=cohort, user=teaching_learner)
    EnrolmentFactory(user=teaching_learner, role=Role.INSTRUCTOR)

    table = {
        (ivy, alice): True,
        (ivy, bob): False,  # in none of her classes
        (ivy, ivy): False,  # she has a page for that
        (ivy, root): False,
        (ivy, assistant): False,
        (ivy, other_teacher): False,
        (ivy, teaching_learner): False,  # or she could act in classes that are not hers
        (assistant, alice): False,
        (other_teacher, alice): False,
        (alice, bob): False,
        (alice, alice): False,
        (root, alice): True,
        (root, ivy): True,
    }

    assert {pair: can_reset(*pair) for pair in table} == table


def test_an_archived_class_gives_no_right(ivy, cohort, slip, alice):
    archive_cohort(by=ivy, cohort=cohort)

    assert not can_reset(ivy, alice)


def test_a_drawn_password_works_and_must_be_changed(ivy, cohort, slip, alice):
    drawn = reset_password(by=ivy, person=alice)

    found = authenticate(username="alice", password=drawn)
    assert found == alice
    assert found.must_change_password
    assert authenticate(username="alice", password="alice-password") is None
    assert Entry.objects.filter(action="reset_password", actor=ivy, subject_id=str(alice.pk)).exists()
    assert drawn not in str(list(Entry.objects.values()))


def test_a_refused_reset_changes_nothing(ivy, bob):
    with pytest.raises(PermissionDenied):
        reset_password(by=ivy, person=bob)

    assert authenticate(username="bob", password="bob-password") == bob


def test_an_own_password_is_ones_own_again(ivy, cohort, slip, alice):
    reset_password(by=ivy, person=alice)
    alice.refresh_from_db()

    change_password(by=alice, password="three words here")

    alice.refresh_from_db()
    assert not alice.must_change_password
    assert authenticate(username="alice", password="three words here") == alice
    assert Entry.objects.filter(action="change_password", actor=alice).exists()
