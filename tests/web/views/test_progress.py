"""What a learner has done, as they see it."""

from decimal import Decimal

from factories import EnrolmentFactory

from cohorts.models import Role
from gradebook.actions import override_grade
from tests.web.html import Structure


def test_shows_every_exercise_and_the_sums(browser, world, alice):
    world.submission(alice, world.task, "pass")
    world.submission(alice, world.answered, "fail", points=1)

    page = Structure(browser.get("/progress/").content.decode())

    marks = {link["href"]: link["data-state"] for link in page.all("a") if "data-state" in link}
    assert marks == {
        f"{world.path}#exercise-make-file": "passed",
        f"{world.path}#exercise-find-word": "partial",
        f"{world.path}#exercise-layers": "open",
    }
    assert "3 / 5" in page.text


def test_draws_the_pier(browser, world, alice):
    world.submission(alice, world.task, "pass")

    page = Structure(browser.get("/progress/").content.decode())

    planks = page.all("rect", **{"class": "plank"})
    assert [plank["data-state"] for plank in planks] == ["passed", "open", "open"]
    assert page.one("svg", role="img")["aria-label"] == "1 of 3 exercises done"


def test_numbers_in_drawings_are_numbers_in_every_language(browser, world, alice):
    world.submission(alice, world.task, "pass")
    browser.cookies["language"] = "es"

    page = Structure(browser.get("/progress/").content.decode())

    assert all("," not in plank["x"] + plank["width"] for plank in page.all("rect", **{"class": "plank"}))


def test_shows_nothing_of_somebody_else(browser, world, bob):
    world.submission(bob, world.task, "pass")

    assert "0 / 5" in Structure(browser.get("/progress/").content.decode()).text


def test_says_so_where_there_is_nothing(browser):
    assert "There are no courses here yet." in browser.get("/progress/").content.decode()


def test_a_class_shows_what_counts_and_why(browser, world, alice, ivy):
    EnrolmentFactory(cohort=world.cohort, user=ivy, role=Role.INSTRUCTOR)
    EnrolmentFactory(cohort=world.cohort, user=alice)
    override_grade(
        by=ivy, cohort=world.cohort, learner=alice, exercise=world.task, points=Decimal(1), reason="Oral exam"
    )

    page = browser.get("/progress/").content.decode()

    assert "Your grade: 1 of 5 points, 20 %" in page
    assert "Oral exam" in page
