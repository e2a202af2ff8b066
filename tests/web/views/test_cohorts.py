"""The pages of a class: who sees them, and what its instructors do there."""

import pytest
from django.utils import timezone
from factories import CohortFactory, EnrolmentFactory

from audit.models import Entry
from cohorts.models import Cohort, Enrolment, LessonRule, Role
from tests.web.conftest import browser_of


@pytest.fixture
def cohort(world, ivy) -> Cohort:
    """Ivy's class."""
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    return world.cohort


@pytest.fixture
def desk(ivy, cohort):
    """Ivy's browser."""
    return browser_of(ivy)


@pytest.fixture
def learner(cohort, alice) -> Enrolment:
    return EnrolmentFactory(cohort=cohort, user=alice)


def pages_of(cohort, enrolment, world) -> dict[str, str]:
    base = f"/cohorts/{cohort.pk}/"
    return {
        "people": base,
        "export": f"{base}people.csv",
        "person": f"{base}people/{enrolment.pk}/",
        "code": f"{base}code/",
        "lessons": f"{base}lessons/",
        "add": f"{base}people/add/",
        "list": f"{base}people/list/",
        "rule": f"{base}courses/{world.lesson.key}/",
        "settings": f"{base}settings/",
    }


DECIDING = ("add", "list", "rule", "settings")


def actions_of(cohort, enrolment, world) -> dict[str, dict[str, str]]:
    base = f"/cohorts/{cohort.pk}/"
    person = f"{base}people/{enrolment.pk}/"
    return {
        f"{base}people/add/": {"username": "bob", "role": "learner"},
        f"{base}people/list/confirm/": {"text": "nombre\nAna\n", "digest": "x"},
        f"{person}role/": {"role": "instructor"},
        f"{person}move/": {"to": str(CohortFactory().pk)},
        f"{person}remove/": {},
        f"{base}code/open/": {"hours": "8"},
        f"{base}code/close/": {},
        f"{base}code/renew/": {},
        f"{base}lessons/course/": {"door": "shut"},
        f"{base}courses/{world.lesson.key}/": {"door": "shut"},
        f"{base}courses/{world.lesson.key}/door/": {"door": "shut"},
        f"{base}settings/": {"name": "Mine now", "solutions": "never", "late_percent": "0"},
        f"{base}archive/": {},
        f"{base}reopen/": {},
    }


def rows() -> list[list[dict[str, object]]]:
    return [list(model.objects.order_by("pk").values()) for model in (Cohort, Enrolment, LessonRule)]


@pytest.mark.parametrize("role", [None, Role.LEARNER, "elsewhere"])
def test_a_class_of_others_does_not_exist(bob, cohort, learner, world, role):
    if role == "elsewhere":
        EnrolmentFactory(user=bob, role=Role.INSTRUCTOR)
    elif role:
        EnrolmentFactory(user=bob, cohort=cohort, role=role)
    client, posts = browser_of(bob), actions_of(cohort, learner, world)
    before = rows()

    assert {client.get(path).status_code for path in pages_of(cohort, learner, world).values()} == {404}
    assert {client.post(path, data).status_code for path, data in posts.items()} == {404}
    assert rows() == before


def test_assistants_see_the_class_and_decide_nothing(bob, cohort, learner, world):
    EnrolmentFactory(user=bob, cohort=cohort, role=Role.ASSISTANT)
    client, posts = browser_of(bob), actions_of(cohort, learner, world)
    before = rows()

    for name, path in pages_of(cohort, learner, world).items():
        assert client.get(path).status_code == (403 if name in DECIDING else 200), name
    assert {client.post(path, data).status_code for path, data in posts.items()} == {403}
    assert rows() == before
    people = client.get(f"/cohorts/{cohort.pk}/").content.decode()
    assert "Settings</a>" not in people
    assert "people/add/" not in people
    assert "role/" not in client.get(f"/cohorts/{cohort.pk}/people/{learner.pk}/").content.decode()


def test_an_admin_sees_and_does_everything(root, cohort, learner, world):
    client = browser_of(root)

    assert {client.get(path).status_code for path in pages_of(cohort, learner, world).values()} == {200}
    client.post(f"/cohorts/{cohort.pk}/archive/")
    cohort.refresh_from_db()
    assert cohort.is_archived


def test_somebody_of_another_class_is_not_found_through_mine(desk, cohort, alice):
    elsewhere = EnrolmentFactory(user=alice)

    for path in ("", "role/", "move/", "remove/"):
        address = f"/cohorts/{cohort.pk}/people/{elsewhere.pk}/{path}"
        assert (desk.post(address, {"role": "instructor"}) if path else desk.get(address)).status_code == 404
    assert Enrolment.objects.get(pk=elsewhere.pk).role == Role.LEARNER


@pytest.mark.parametrize(("person", "shown"), [("alice", False), ("ivy", True), ("root", True)])
def test_the_entry_of_the_navigation_is_for_who_teaches(world, request, person, shown):
    page = browser_of(request.getfixturevalue(person)).get("/progress/").content.decode()

    assert ('href="/cohorts/"' in page) == shown


def test_the_list_shows_what_one_teaches(desk, cohort, learner):
    CohortFactory(name="Class of others")
    EnrolmentFactory(cohort__name="Old class", cohort__archived_at=timezone.now(), user__username="old")
    Enrolment.objects.create(cohort=Cohort.objects.get(name="Old class"), user=desk_owner(desk), role=Role.INSTRUCTOR)

    page = desk.get("/cohorts/").content.decode()

    assert cohort.name in page
    assert "1 learner<" in page
    assert "1 archived class" in page
    assert "Class of others" not in page


def desk_owner(client):
    from accounts.models import User

    return User.objects.get(pk=client.session["_auth_user_id"])


def test_a_class_is_made_and_its_maker_teaches_it(desk, ivy, world):
    course = world.lesson.revision.course

    response = desk.post("/cohorts/new/", {"name": "1B", "courses": [course.pk], "starts_on": "2026-09-10"})

    made = Cohort.objects.get(name="1B")
    assert response.headers["Location"] == f"/cohorts/{made.pk}/people/add/"
    assert list(made.courses.all()) == [course]
    assert made.enrolments.get().user == ivy
    assert Entry.objects.filter(action="create_cohort", actor=ivy).exists()


def test_learners_make_no_classes(browser):
    before = Cohort.objects.count()

    assert browser.get("/cohorts/new/").status_code == browser.post("/cohorts/new/", {"name": "X"}).status_code == 403
    assert Cohort.objects.count() == before


def test_impossible_dates_get_a_sentence(desk, cohort):
    answer = desk.post("/cohorts/new/", {"name": "1B", "starts_on": "2026-09-10", "ends_on": "2026-09-09"})

    assert "The last day is before the first." in answer.content.decode()
    assert not Cohort.objects.filter(name="1B").exists()


def test_settings_are_changed(desk, cohort, world):
    course = world.lesson.revision.course
    data = {
        "name": "1A bis", "courses": [course.pk], "solutions": "after_date", "solutions_at": "2026-12-01T10:00",
        "late_percent": "20", "max_sessions": "1", "max_minutes_a_day": "90", "profiles": ["standard"],
    }  # fmt: skip

    assert desk.post(f"/cohorts/{cohort.pk}/settings/", data).status_code == 302

    cohort.refresh_from_db()
    assert (cohort.name, cohort.solutions, cohort.late_percent) == ("1A bis", "after_date", 20)
    assert (cohort.max_sessions, cohort.max_minutes_a_day, cohort.profiles) == (1, 90, ["standard"])
    assert "max_sessions" in Entry.objects.get(action="change_cohort").details["changed"]
    page = desk.get(f"/cohorts/{cohort.pk}/settings/").content.decode()
    assert 'value="2026-12-01T10:00"' in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"solutions": "after_date"}, "Say from when on"),
        ({"late_percent": "101"}, "No more can be taken off"),
        ({"profiles": ["vm"]}, "vm is not one"),
        ({"max_sessions": "-1"}, "greater than or equal to 0"),
        ({"courses": ["999999"]}, "999999 is not one"),
        ({"name": ""}, "required"),
    ],
)
def test_impossible_settings_get_a_sentence(desk, cohort, wrong, sentence):
    data = {"name": "1A", "solutions": "never", "late_percent": "0", **wrong}

    answer = desk.post(f"/cohorts/{cohort.pk}/settings/", data)

    assert sentence in answer.content.decode()
    assert not Entry.objects.filter(action="change_cohort").exists()


def test_a_class_is_archived_and_reopened(desk, cohort):
    desk.post(f"/cohorts/{cohort.pk}/archive/")
    assert "Archived on" in desk.get(f"/cohorts/{cohort.pk}/settings/").content.decode()

    desk.post(f"/cohorts/{cohort.pk}/reopen/")
    cohort.refresh_from_db()
    assert not cohort.is_archived
