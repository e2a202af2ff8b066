"""The picture of somebody's progress."""

from types import SimpleNamespace

import pytest

from progress.standing import Standing
from web.pier import WIDEST, WIDTH, pier_of


def progress(*lessons: str) -> SimpleNamespace:
    """Return a course; each lesson is a word of p(assed), h(alf) and o(pen) exercises."""
    kinds = {"p": Standing(points=1, earned=1, passed=True), "h": Standing(points=2, earned=1), "o": Standing(points=1)}
    rows = [SimpleNamespace(exercises=[(None, kinds[letter]) for letter in lesson]) for lesson in lessons]
    return SimpleNamespace(chapters=[SimpleNamespace(lessons=rows)])


def test_lays_one_plank_for_each_exercise_in_order():
    pier = pier_of(progress("ph", "", "o"))

    assert [plank.state for plank in pier.planks] == ["passed", "partial", "open"]
    assert [plank.x for plank in pier.planks] == [0, WIDEST, 2 * WIDEST]


def test_the_bollard_stands_on_the_last_plank_that_is_laid():
    pier = pier_of(progress("popo"))

    assert pier.bollard == pier.planks[2].x + pier.planks[2].width / 2


def test_without_a_plank_there_is_no_bollard():
    assert pier_of(progress("oo")).bollard == 0


@pytest.mark.parametrize("count", [1, 5, 18, 19, 100, 1000])
def test_a_course_of_any_length_fits(count):
    pier = pier_of(progress("o" * count))

    last = pier.planks[-1]
    assert last.x + last.width <= WIDTH
    assert all(plank.width > 0 for plank in pier.planks)
    assert pier.posts[0] == 0
    assert pier.posts[-1] == pytest.approx(last.x + last.width)


def test_nothing_to_do_draws_nothing():
    pier = pier_of(progress(""))

    assert (pier.planks, pier.posts) == ([], [])
