"""A class's grades: who sees them, who changes them."""

import pytest
from factories import EnrolmentFactory

from cohorts.models import Role
from gradebook.models import GradeOverride
from grading.models import CheckCorrection
from progress.models import HintUse
from tests.web.conftest import browser_of
from tests.web.html import Structure

LESSON = "courses/course/one/lesson/"


@pytest.fixture
def base(world, ivy, alice) -> str:
    """Ivy's class with Alice in it."""
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    EnrolmentFactory(cohort=world.cohort, user=alice)
    return f"/cohorts/{world.cohort.pk}/grades/"


@pytest.fixture
def helper(world):
    """An assistant of the class."""
    return EnrolmentFactory(cohort=world.cohort, role=Role.ASSISTANT).user


def pages(base, world, alice):
    return [base, f"{base}export/", f"{base}learners/{alice.pk}/", f"{base}{LESSON}"]


def test_instructors_and_assistants_see_them(base, world, alice, ivy, helper):
    world.submission(alice, world.task, "pass")

    for person in (ivy, helper):
        for path in pages(base, world, alice):
            assert browser_of(person).get(path).status_code == 200, path
    assert "alice" in browser_of(ivy).get(base).content.decode()


def test_others_learn_nothing(base, world, alice, bob):
    foreign = EnrolmentFactory(role=Role.INSTRUCTOR).user

    for person in (alice, bob, foreign):
        for path in [*pages(base, world, alice), f"{base}{LESSON}exercises/make-file/"]:
            assert browser_of(person).get(path).status_code == 404, path


def test_a_learner_of_another_class_is_not_found(base, ivy, bob):
    assert browser_of(ivy).get(f"{base}learners/{bob.pk}/").status_code == 404


def test_points_are_given_and_taken_back(base, world, alice, ivy):
    client = browser_of(ivy)
    path = f"{base}learners/{alice.pk}/exercises/{world.task.pk}/"

    client.post(path, {"points": "1.5", "reason": "Oral exam"})
    shown = client.get(f"{base}learners/{alice.pk}/").content.decode()
    override = GradeOverride.objects.get()
    client.post(f"{base}overrides/{override.pk}/withdraw/")

    assert "Oral exam" in shown
    assert not GradeOverride.objects.in_force().exists()


@pytest.mark.parametrize("data", [{"points": "99", "reason": "x"}, {"points": "many", "reason": "x"}, {"points": "1"}])
def test_points_that_make_no_sense_get_a_sentence(base, world, alice, ivy, data):
    response = browser_of(ivy).post(f"{base}learners/{alice.pk}/exercises/{world.task.pk}/", data, follow=True)

    assert Structure(response.content.decode()).all("p", role="status")
    assert not GradeOverride.objects.exists()


def test_assistants_decide_nothing(base, world, alice, helper):
    client = browser_of(helper)

    statuses = [
        client.post(f"{base}learners/{alice.pk}/exercises/{world.task.pk}/", {"points": "1", "reason": "x"}),
        client.get(f"{base}{LESSON}exercises/make-file/"),
        client.post(f"{base}{LESSON}exercises/make-file/again/", {"lower": "on"}),
    ]

    assert [response.status_code for response in statuses] == [403, 403, 403]
    assert "Give these points" not in client.get(f"{base}learners/{alice.pk}/").content.decode()


def test_a_check_is_corrected(base, world, ivy):
    client = browser_of(ivy)
    path = f"{base}{LESSON}exercises/make-file/"

    before = client.get(path).content.decode()
    wrong = client.post(path, {"written": "- fil: {}", "reason": "x"})
    done = client.post(path, {"written": "- file: {path: other.txt}", "reason": "Wrong file"}, follow=True)

    assert "note.txt" in before
    assert wrong.status_code == 422
    assert "Line 1:" in wrong.content.decode()
    assert "- fil: {}" in wrong.content.decode()  # nothing that was typed is lost
    assert CheckCorrection.objects.get().reason == "Wrong file"
    assert "other.txt" in done.content.decode()
    client.post(f"{path}again/", {"withdraw": "on"})
    assert CheckCorrection.objects.get().withdrawn_at is not None


def test_a_question_has_no_checks_to_correct(base, ivy):
    assert browser_of(ivy).get(f"{base}{LESSON}exercises/layers/").status_code == 404


def test_grades_as_csv(base, world, alice, ivy):
    world.submission(alice, world.task, "pass")

    response = browser_of(ivy).get(f"{base}export/")

    assert response["Content-Disposition"] == 'attachment; filename="class-1a-grades.csv"'
    assert "alice;" in response.content.decode()


def test_uncovering_a_hint_is_noted_once(htmx, world, alice):
    for _ in range(2):
        response = htmx.post(f"{world.path}exercises/make-file/hints/1/")

    assert response.status_code == 204
    assert HintUse.objects.get().learner == alice
    assert htmx.post(f"{world.path}exercises/make-file/hints/9/").status_code == 404
    assert htmx.post(f"{world.path}exercises/nothing/hints/1/").status_code == 404
