"""The people of a class: found, added, moved, removed and sent as a table."""

from datetime import timedelta

import pytest
from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory, UserFactory

from cohorts.models import Enrolment, Role
from tests.web.views.test_cohorts import cohort, desk, learner

__all__ = ["cohort", "desk", "learner"]


def test_people_are_listed_with_when_they_were_there_last(desk, cohort, learner, world, alice):
    world.session(alice, last_activity_at=timezone.now() - timedelta(hours=3))

    page = desk.get(f"/cohorts/{cohort.pk}/").content.decode()

    assert "3\xa0hours ago" in page
    assert "never" in page


@pytest.mark.parametrize(("typed", "found"), [("munoz", True), ("MARÍA", True), ("mu mar", True), ("ana", False)])
def test_people_are_found_without_accents(desk, cohort, typed, found):
    EnrolmentFactory(cohort=cohort, user=UserFactory(first_name="María", last_name="Muñoz", username="mm"))

    answer = desk.get(f"/cohorts/{cohort.pk}/", {"q": typed}, headers={"HX-Request": "true"}).content.decode()

    assert ("María Muñoz" in answer) == found
    assert "<html" not in answer


def test_what_is_looked_for_is_shown_as_text(desk, cohort):
    answer = desk.get(f"/cohorts/{cohort.pk}/", {"q": "<script>x</script>"}).content.decode()

    assert "<script>x" not in answer
    assert "&lt;script&gt;x" in answer


def test_many_people_take_few_questions(desk, cohort, django_assert_max_num_queries):
    for _ in range(30):
        EnrolmentFactory(cohort=cohort)

    with django_assert_max_num_queries(12):
        desk.get(f"/cohorts/{cohort.pk}/")


def test_somebody_who_has_an_account_is_added(desk, cohort, bob):
    desk.post(f"/cohorts/{cohort.pk}/people/add/", {"username": "bob", "role": "assistant"})

    assert Enrolment.objects.get(cohort=cohort, user=bob).role == Role.ASSISTANT


@pytest.mark.parametrize(("username", "status"), [("nobody", 200), ("root", 403)])
def test_who_cannot_be_added_is_not(desk, cohort, root, username, status):
    answer = desk.post(f"/cohorts/{cohort.pk}/people/add/", {"username": username, "role": "learner"})

    assert answer.status_code == status
    assert not Enrolment.objects.filter(cohort=cohort, user=root).exists()


def test_a_role_is_changed_but_the_last_instructor_stays(desk, cohort, learner, ivy):
    person = f"/cohorts/{cohort.pk}/people/{learner.pk}/role/"
    mine = cohort.enrolments.get(user=ivy)

    desk.post(person, {"role": "assistant"})
    answer = desk.post(f"/cohorts/{cohort.pk}/people/{mine.pk}/role/", {"role": "learner"}, follow=True)

    learner.refresh_from_db()
    mine.refresh_from_db()
    assert (learner.role, mine.role) == (Role.ASSISTANT, Role.INSTRUCTOR)
    assert "needs an instructor" in answer.content.decode()


def test_a_learner_is_moved_only_to_a_class_of_ones_own(desk, cohort, learner, ivy, alice):
    mine = EnrolmentFactory(user=ivy, role=Role.INSTRUCTOR).cohort
    others = CohortFactory()
    path = f"/cohorts/{cohort.pk}/people/{learner.pk}/move/"

    desk.post(path, {"to": others.pk})
    assert alice.enrolments.get().cohort == cohort

    desk.post(path, {"to": mine.pk})
    assert alice.enrolments.get().cohort == mine


def test_somebody_is_removed_and_keeps_what_they_did(desk, cohort, learner, world, alice):
    world.submission(alice, world.quiz, "pass")

    desk.post(f"/cohorts/{cohort.pk}/people/{learner.pk}/remove/")

    assert not alice.enrolments.exists()
    assert alice.submissions.count() == 1


def test_the_roster_is_sent_safe_against_formulas(desk, cohort):
    EnrolmentFactory(cohort=cohort, user=UserFactory(first_name='=HYPERLINK("x")', last_name="Gil", username="gil"))

    answer = desk.get(f"/cohorts/{cohort.pk}/people.csv")

    text = answer.content.decode("utf-8-sig")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="class-1a.csv"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert '"\'=HYPERLINK(""x"")",Gil,gil,,learner' in text.splitlines()
    assert text.splitlines()[0] == "first name,last name,user name,e-mail,role"
