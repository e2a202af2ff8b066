"""Files become revisions: whole ones, or none."""

import shutil
from datetime import timedelta

import pytest
import time_machine
from content_files import COURSE, MOORING, copy_course, edit
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from content.documents import LabDocument, LessonText, QuizDocument, TaskDocument
from content.problems import ContentErrors
from courses.actions import hide_course, sync_courses
from courses.models import Course, Exercise, Lab, Lesson, Revision
from courses.reading import read_courses
from courses.sync import GRACE, store
from grading.models import Submission
from lab_sessions.models import LabSession
from lab_sessions.transitions import State

pytestmark = pytest.mark.django_db

KEY = "puerto/muelle/amarrar"


@pytest.fixture(autouse=True)
def diagram_cache(settings, tmp_path_factory):
    settings.MUELLE_DIAGRAM_CACHE = str(tmp_path_factory.getbasetemp() / "diagrams")


@pytest.fixture
def course(tmp_path):
    return copy_course(tmp_path)


def sync(path) -> bool:
    [result] = sync_courses(by=None, path=path)
    return result.changed


def shown() -> Revision:
    revision = Course.objects.get(slug="puerto").current
    assert revision is not None
    return revision


def change(course, title: str) -> None:
    path = course / "course.yaml"
    head, _, rest = path.read_text(encoding="utf-8").partition("\n")
    assert head.startswith("title:")
    path.write_text(f"title: {{es: {title}, en: x}}\n{rest}", encoding="utf-8")


def test_a_course_is_there_whole():
    assert sync(COURSE)

    revision = shown()
    assert (revision.titles["en"], revision.languages) == ("The harbour", ["es", "en"])
    assert [chapter.slug for chapter in revision.chapters.all()] == ["muelle"]
    assert [lesson.key for lesson in Lesson.objects.all()] == [KEY, "puerto/muelle/zarpar"]
    assert [lab.key for lab in Lab.objects.all()] == [KEY]
    assert Lesson.objects.get(key=KEY).texts.count() == 2


def test_exercises_come_in_the_order_of_the_text():
    sync(COURSE)

    exercises = Exercise.objects.filter(lesson__key=KEY)

    assert [(row.position, row.kind, row.slug, row.points) for row in exercises] == [
        (1, "task", "hacer-nota", 3),
        (2, "task", "leer-clave", 1),
        (3, "quiz", "cabo", 1),
        (4, "quiz", "nudos", 1),
    ]
    assert exercises[0].key == f"{KEY}/hacer-nota"
    assert exercises[0].titles == {"es": "Escribe una nota", "en": "Write a note"}
    assert exercises[2].titles == {"es": "¿Para qué sirve un cabo?", "en": "What is a rope for?"}


def test_rows_hold_documents():
    sync(COURSE)

    exercises = {row.slug: row for row in Exercise.objects.all()}

    assert TaskDocument.from_json(exercises["hacer-nota"].document).expect[0].kind == "file"
    assert QuizDocument.from_json(exercises["nudos"].document).answers == ("2",)
    assert LabDocument.from_json(Lab.objects.get().document).image == "standard"
    text = Lesson.objects.get(key=KEY).texts.get(language="en")
    assert LessonText.from_json(text.document).title == text.title == "Mooring"
    assert text.objectives == ["Tie a knot", "Untie it"]


def test_the_same_again_changes_nothing():
    sync(COURSE)
    before = shown().pk

    assert not sync(COURSE)

    assert shown().pk == before
    assert Revision.objects.count() == 1


def test_a_change_makes_a_whole_new_revision(course):
    sync(course)
    before = shown()
    edit(course / MOORING / "lesson.es.md", "title: Amarrar", "title: Atracar")

    assert sync(course)

    assert shown().pk != before.pk
    assert {text.title for text in Lesson.objects.get(revision=shown(), key=KEY).texts.all()} == {"Atracar", "Mooring"}
    assert {text.title for text in Lesson.objects.get(revision=before, key=KEY).texts.all()} == {"Amarrar", "Mooring"}


def test_going_back_brings_the_earlier_revision_back(course):
    sync(course)
    first = shown().pk
    change(course, "Otro")
    sync(course)

    shutil.copy(COURSE / "course.yaml", course / "course.yaml")
    sync(course)

    assert shown().pk == first
    assert Revision.objects.count() == 2


def test_broken_content_changes_nothing(course):
    sync(course)
    before = shown().pk
    edit(course / MOORING / "lab.yaml", "image: standard", "image: [")
    entries = Entry.objects.count()

    with pytest.raises(ContentErrors):
        sync(course)

    assert shown().pk == before
    assert (Revision.objects.count(), Entry.objects.count()) == (1, entries)


def test_one_broken_course_stops_all(tmp_path):
    good, bad = copy_course(tmp_path), copy_course(tmp_path / "x").rename(tmp_path / "barco")
    edit(bad / "course.yaml", "languages: [es, en]", "languages: []")

    with pytest.raises(ContentErrors):
        sync_courses(by=None, path=tmp_path)

    assert good.is_dir()
    assert not Course.objects.exists()


def test_a_failure_while_writing_leaves_nothing(course, monkeypatch):
    sync(course)
    before = shown().pk
    change(course, "Otro")

    def fail(*args: object) -> None:
        raise RuntimeError("The disk is full.")

    monkeypatch.setattr("courses.sync._exercises", fail)
    with pytest.raises(RuntimeError):
        sync(course)

    assert shown().pk == before
    assert (Revision.objects.count(), Lesson.objects.count()) == (1, 2)


def test_readers_of_a_revision_never_see_another(course, django_assert_max_num_queries):
    sync(course)
    revision = shown()
    change(course, "Otro")
    sync(course)

    with django_assert_max_num_queries(3):
        titles = {lesson.title for lesson in Lesson.objects.filter(revision=revision).prefetch_related("texts")}

    assert titles == {"Amarrar", "Zarpar"}


def test_limits_beyond_the_profile_are_a_problem_of_the_file(course):
    edit(course / MOORING / "lab.yaml", "memory: 128 MiB", "memory: 64 GiB")

    with pytest.raises(ContentErrors) as caught:
        sync(course)

    [problem] = caught.value.problems
    assert (problem.line, problem.rule) == (3, "limits")
    assert problem.message.startswith("The lab cannot run: profile standard: memory_bytes is 68719476736, allowed is")


def test_a_sync_is_on_record(course, ivy: User):
    sync_courses(by=ivy, path=course)

    entry = Entry.objects.get(action="sync_course")

    assert (entry.actor, entry.details["digest"]) == (ivy, shown().digest)


def test_a_hidden_course_keeps_everything_and_comes_back(course):
    sync(course)

    hide_course(by=None, slug="puerto")
    assert Course.objects.get().current is None
    assert Revision.objects.count() == 1

    assert sync(course)
    assert Revision.objects.count() == 1
    assert Entry.objects.filter(action="hide_course").count() == 1


class TestPruning:
    """Old revisions go once nothing needs them."""

    def renew(self, course, title: str, *, hours: int) -> int:
        """Sync a change some hours from now; return how many old revisions went."""
        change(course, title)
        with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False):
            [result] = sync_courses(by=None, path=course)
        return result.pruned

    def test_open_pages_have_time(self, course):
        sync(course)

        assert self.renew(course, "Dos", hours=0) == 0

        assert Revision.objects.count() == 2

    def test_a_revision_goes_after_its_grace(self, course):
        sync(course)
        self.renew(course, "Dos", hours=1)

        assert timedelta(hours=1) >= GRACE
        assert self.renew(course, "Tres", hours=3) == 1
        assert Revision.objects.count() == 2
        assert Course.objects.get().current in Revision.objects.all()

    def test_a_submission_keeps_its_revision(self, course, alice: User):
        sync(course)
        exercise = Exercise.objects.get(slug="cabo")
        Submission.objects.create(
            learner=alice, exercise=exercise, exercise_key=exercise.key, origin=Submission.Origin.ASKED
        )
        self.renew(course, "Dos", hours=1)

        assert self.renew(course, "Tres", hours=3) == 0
        assert Revision.objects.count() == 3

    def test_a_session_keeps_its_revision(self, course, alice: User):
        sync(course)
        lab = Lab.objects.get()
        LabSession.objects.create(
            learner=alice, lab=lab, lab_key=lab.key, state=State.QUEUED, expires_at=timezone.now() + timedelta(hours=1)
        )
        self.renew(course, "Dos", hours=1)

        assert self.renew(course, "Tres", hours=3) == 0
        assert Lab.objects.filter(pk=lab.pk).exists()

    def test_the_one_that_is_shown_stays_however_old(self, course):
        sync(course)
        first = shown().pk
        self.renew(course, "Dos", hours=1)
        shutil.copy(COURSE / "course.yaml", course / "course.yaml")
        with time_machine.travel(timezone.now() + timedelta(hours=5), tick=False):
            sync(course)

        assert shown().pk == first


def test_store_does_not_touch_other_courses(course):
    other = Course.objects.create(slug="otro")

    sync(course)

    other.refresh_from_db()
    assert other.current is None


def test_storing_twice_is_storing_once():
    [document] = read_courses(COURSE)

    stored, changed = store(document)
    again, changed_again = store(document)

    assert (stored, changed, changed_again) == (again, True, False)
