"""User names made from names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.usernames import draw_username


@pytest.mark.parametrize(
    ("first", "last", "drawn"),
    [
        ("María", "García López", "mgarcia"),
        ("Iñaki", "de la Peña", "ipena"),
        ("Ana", "", "ana"),
        ("", "Gil", "gil"),
        ("Łukasz", "Żółć", "lzolc"),
        ("王", "小明", "persona"),
        ("Jo", "O'Neill", "jo"),
        ("X", "Wolfeschlegelsteinhausenbergerdorff", "xwolfeschlegelsteinhausen"[:24]),
    ],
)
def test_names_become_short_ascii(first, last, drawn):
    assert draw_username(first, last, set()) == drawn


def test_nobody_gets_a_name_that_is_taken():
    taken = {"agil", "agil2"}

    assert [draw_username("Ana", "Gil", taken), draw_username("Ada", "Gil", taken)] == ["agil3", "agil4"]


@given(st.lists(st.tuples(st.text(max_size=12), st.text(max_size=12)), max_size=20))
def test_whatever_the_names_are(names):
    taken: set[str] = set()

    drawn = [draw_username(first, last, taken) for first, last in names]

    assert len(set(drawn)) == len(names)
    assert all((name.isascii() and name.isalnum() and name.islower()) or name.isdigit() for name in drawn)
