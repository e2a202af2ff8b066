import pytest
from django.utils import timezone
from factories import EnrolmentFactory

from cohorts.models import Role
from tests.operations.test_queries import sample
from tests.web.conftest import browser_of

SEATS = "/operations/seats/"
GIB = 1024**3


@pytest.fixture
def _roomy(db):
    sample(at=timezone.now(), memory_used=2 * GIB, memory_total=32 * GIB)


@pytest.mark.usefixtures("_roomy")
def test_a_class_that_fits(world, ivy):
    page = browser_of(ivy).get(SEATS, {"lesson": world.lab.key, "learners": 30}).content.decode()

    assert "Yes, 30 learners fit" in page
    assert "720 MiB" in page
    assert "Warming up for everybody" in page


@pytest.mark.usefixtures("_roomy")
def test_a_class_that_does_not_and_why(world, root):
    page = browser_of(root).get(SEATS, {"lesson": world.lab.key, "learners": 80}).content.decode()

    assert "No: 60 of 80 fit" in page
    assert "20 would wait in the queue" in page


@pytest.mark.usefixtures("_roomy")
@pytest.mark.parametrize(
    "query", [{"lesson": "no/such/lesson", "learners": 3}, {"learners": 0}, {"learners": "many"}, {"learners": 100000}]
)
def test_what_makes_no_sense_is_said_beside_the_field(world, root, query):
    page = browser_of(root).get(SEATS, {"lesson": world.lab.key, **query}).content.decode()

    assert 'class="field-error"' in page
    assert 'id="answer"' not in page


def test_a_machine_that_cannot_run_it_says_so(world, root, settings):
    settings.MUELLE_IMAGES = {}

    page = browser_of(root).get(SEATS, {"lesson": world.lab.key, "learners": 3}).content.decode()

    assert "image is not installed" in page


def test_instructors_of_a_class_may_ask(world, bob):
    EnrolmentFactory(user=bob, role=Role.INSTRUCTOR)

    page = browser_of(bob).get(SEATS).content.decode()

    assert "Lesson one" in page
    assert "/operations/audit/" not in page


def test_without_labs_there_is_nothing_to_plan(root):
    assert "No lesson has a lab" in browser_of(root).get(SEATS).content.decode()
