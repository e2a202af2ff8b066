"""What programs can do, and what they cannot."""

import uuid

import pytest
from factories import CohortFactory, EnrolmentFactory, UserFactory

from api.scopes import Scope
from cohorts.models import Cohort, Enrolment, LessonRule, Role
from gradebook.models import GradeOverride
from grading.models import Submission

LESSON = "course/one/lesson"


@pytest.fixture
def ivys(program, world, ivy):
    """Ivy's program; she runs the world's class."""
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    return program(ivy)


@pytest.fixture
def alices(program, world, alice):
    """Alice's program; she learns in that class."""
    EnrolmentFactory(cohort=world.cohort, user=alice)
    return program(alice)


def test_who_am_i(alices, alice):
    answer = alices("get", "/me").json()

    assert (answer["username"], answer["is_admin"]) == ("alice", False)
    assert answer["scopes"] == sorted(scope.value for scope in Scope)


def test_without_a_token_there_is_a_sentence(client):
    response = client.get("/api/v1/me")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.json()["detail"]


def test_being_signed_in_is_no_token(client, alice):
    client.force_login(alice)

    assert client.get("/api/v1/me").status_code == 401
    assert client.post("/api/v1/cohorts", {"name": "x"}, content_type="application/json").status_code == 401


def test_a_class_from_its_beginning_to_its_end(ivys, ivy):
    made = ivys("post", "/cohorts", {"name": "Tardes", "courses": ["course"], "late_percent": 10})
    path = f"/cohorts/{made.json()['id']}"
    UserFactory(username="newcomer")

    changed = ivys("patch", path, {"late_percent": 20})
    enrolled = ivys("post", f"{path}/enrolments", {"username": "newcomer"})
    promoted = ivys("patch", f"/enrolments/{enrolled.json()['id']}", {"role": "assistant"})
    removed = ivys("delete", f"/enrolments/{enrolled.json()['id']}")
    archived = ivys("post", f"{path}/archive")

    assert [each.status_code for each in (made, changed, enrolled, promoted, removed, archived)] == [
        201, 200, 201, 200, 204, 200,
    ]  # fmt: skip
    assert (changed.json()["name"], changed.json()["late_percent"]) == ("Tardes", 20)
    assert promoted.json()["role"] == "assistant"
    cohort = Cohort.objects.get(name="Tardes")
    assert cohort.is_archived
    assert [each.user for each in cohort.enrolments.all()] == [ivy]


def test_moving_a_learner(ivys, ivy, world, alice):
    other = CohortFactory()
    EnrolmentFactory(cohort=other, user=ivy, role=Role.INSTRUCTOR)
    enrolment = EnrolmentFactory(cohort=world.cohort, user=alice)

    response = ivys("post", f"/enrolments/{enrolment.pk}/move", {"to": other.pk})

    assert response.json()["cohort_id"] == other.pk
    assert Enrolment.objects.get(user=alice).cohort == other


def test_lessons_open_and_shut(ivys, world):
    path = f"/cohorts/{world.cohort.pk}/lessons"

    response = ivys("put", path, {"lesson": LESSON, "door": "shut"})

    assert response.json()["door"] == "shut"
    assert ivys("get", path).json() == [response.json()]
    assert LessonRule.objects.get().lesson_key == LESSON


@pytest.mark.parametrize("opens_at", ["2027-03-01T08:00:00+16:42", "2027-03-01T08:00:00", "2027-03-01T08:00:00Z"])
def test_moments_come_with_whatever_offset(ivys, world, opens_at):
    response = ivys("put", f"/cohorts/{world.cohort.pk}/lessons", {"lesson": LESSON, "opens_at": opens_at})

    assert response.status_code == 200
    assert response.json()["opens_at"].startswith(("2027-03-01T08:00:00", "2027-02-28T15:18:00"))


def test_grades_and_points_by_hand(ivys, world, alice):
    EnrolmentFactory(cohort=world.cohort, user=alice)
    path = f"/cohorts/{world.cohort.pk}/grades"
    exercise = f"{LESSON}/make-file"

    given = ivys("post", f"{path}/{alice.pk}/overrides", {"exercise": exercise, "points": "1.5", "reason": "Oral"})
    [row] = ivys("get", path).json()
    taken = ivys("delete", f"/cohorts/{world.cohort.pk}/overrides/{given.json()['id']}")

    assert (given.status_code, taken.status_code) == (201, 204)
    assert row == ivys("get", f"{path}/{alice.pk}").json() | {
        key: row[key] for key in ("total", "lessons", "exercises")
    }
    assert row["exercises"][exercise]["earned"] in ("1.5", "1.50")
    assert not GradeOverride.objects.in_force().exists()


def test_own_progress(alices, world, alice):
    world.submission(alice, world.task, "pass")

    [course] = alices("get", "/courses").json()

    assert course == alices("get", "/courses/course").json()
    assert (float(course["earned"]), course["points"]) == (2, 5)
    assert course["lessons"][0]["exercises"][0]["state"] == "passed"
    assert alices("get", "/courses/nothing").status_code == 404


def test_a_lab_and_an_answer(alices, world):
    started = alices("post", "/lab-sessions", {"lesson": LESSON})
    path = f"/lab-sessions/{started.json()['id']}"
    again = alices("post", "/lab-sessions", {"lesson": LESSON})
    answered = alices("post", "/submissions", {"exercise": f"{LESSON}/layers", "answer": {"choices": [1]}})
    early = alices("post", "/submissions", {"exercise": f"{LESSON}/make-file"})
    ended = alices("delete", path)

    assert started.json() == again.json()
    assert (answered.status_code, answered.json()["state"]) == (201, "queued")
    assert alices("get", f"/submissions/{answered.json()['id']}").json() == answered.json()
    assert (early.status_code, early.json()["detail"]) == (409, "Start the lab first: this task is checked in it.")
    assert ended.json()["state"] == "ending"
    assert alices("post", f"{path}/extend").status_code == 409
    assert alices("post", f"{path}/reset").status_code == 409


def test_what_is_somebody_elses_is_not_found(ivys, alices, program, world, alice, bob):
    session = world.session(bob)
    submission = world.submission(bob, world.quiz, "pass")
    enrolment = EnrolmentFactory(cohort=CohortFactory())
    mine = Enrolment.objects.get(user=alice)
    stranger = program(UserFactory(is_staff=True))

    for ask, method, path, data in (
        (alices, "get", f"/lab-sessions/{session.pk}", None),
        (alices, "delete", f"/lab-sessions/{session.pk}", None),
        (alices, "get", f"/submissions/{submission.pk}", None),
        (alices, "get", f"/lab-sessions/{uuid.uuid4()}", None),
        (alices, "get", f"/cohorts/{world.cohort.pk}", None),
        (alices, "get", f"/cohorts/{world.cohort.pk}/grades", None),
        (alices, "delete", f"/enrolments/{mine.pk}", None),
        (stranger, "patch", f"/cohorts/{world.cohort.pk}", {"name": "Taken"}),
        (stranger, "get", f"/cohorts/{world.cohort.pk}/grades/{alice.pk}", None),
        (ivys, "delete", f"/enrolments/{enrolment.pk}", None),
        (ivys, "post", f"/enrolments/{mine.pk}/move", {"to": enrolment.cohort_id}),
    ):
        assert ask(method, path, data).status_code == 404, (method, path)
    assert Submission.objects.filter(learner=alice).count() == 0


def test_assistants_decide_nothing(program, world, alice):
    helper = program(EnrolmentFactory(cohort=world.cohort, role=Role.ASSISTANT).user)
    EnrolmentFactory(cohort=world.cohort, user=alice)

    assert helper("get", f"/cohorts/{world.cohort.pk}/grades").status_code == 200
    for method, path, data in (
        ("patch", f"/cohorts/{world.cohort.pk}", {"name": "x"}),
        ("post", f"/cohorts/{world.cohort.pk}/archive", None),
        ("put", f"/cohorts/{world.cohort.pk}/lessons", {"lesson": LESSON}),
        (
            "post",
            f"/cohorts/{world.cohort.pk}/grades/{alice.pk}/overrides",
            {"exercise": f"{LESSON}/make-file", "points": "1", "reason": "x"},
        ),
    ):
        assert helper(method, path, data).status_code == 403, path


@pytest.mark.parametrize(
    ("method", "path", "data", "status"),
    [
        ("post", "/cohorts", {}, 422),
        ("post", "/cohorts", {"name": ""}, 422),
        ("post", "/cohorts", {"name": "a\0b"}, 422),
        ("post", "/cohorts", {"name": "x", "surprise": 1}, 422),
        ("post", "/cohorts", {"name": "x", "courses": ["no-such-course"]}, 404),
        ("post", "/cohorts", {"name": "x", "starts_on": "2027-02-01", "ends_on": "2027-01-01"}, 422),
        ("post", "/cohorts", {"name": "x", "solutions": "after_date"}, 422),
        ("post", "/cohorts", {"name": "x", "join_until": "0346-02-19T11:17:14+16:42"}, 422),
        ("get", f"/cohorts/{2**63}", None, 422),
        ("get", "/cohorts?limit=9999", None, 422),
        ("post", "/join", {"code": "NOPE99"}, 409),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(ivys, method, path, data, status):
    response = ivys(method, path, data)

    assert response.status_code == status
    assert response.json()["detail"]


@pytest.mark.parametrize("scope", Scope)
def test_a_scope_opens_what_it_says_and_nothing_else(program, world, root, scope):
    ask = program(root, [scope])
    wanted = {
        Scope.COHORTS_READ: ("get", "/cohorts", None),
        Scope.COHORTS_WRITE: ("post", "/cohorts", {"name": "x"}),
        Scope.GRADES_READ: ("get", f"/cohorts/{world.cohort.pk}/grades", None),
        Scope.GRADES_WRITE: ("delete", f"/cohorts/{world.cohort.pk}/overrides/1", None),
        Scope.PROGRESS_READ: ("get", "/courses", None),
        Scope.SESSIONS_READ: ("get", "/lab-sessions", None),
        Scope.SESSIONS_WRITE: ("post", "/submissions", {"exercise": f"{LESSON}/layers", "answer": {"choices": [1]}}),
    }

    denied = {each for each, call in wanted.items() if ask(*call).status_code == 403}

    assert denied == set(Scope) - {scope}
