"""What templates of all areas use."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from grading.expects import KINDS
from tests.web.html import Structure
from web.icons import ICONS
from web.kinds import CHECKS
from web.templatetags.muelle import address, check_kind, duration, figure, icon, share, spoken


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_a_drawing_that_screen_readers_skip(name):
    page = Structure(icon(name))

    assert page.elements[0][0] == "svg"
    assert page.elements[0][1]["aria-hidden"] == "true"
    assert len(page.elements) > 1


@pytest.mark.parametrize(
    ("value", "english", "spanish"),
    [(Decimal("2.00"), "2", "2"), (Decimal("1.50"), "1.5", "1,5"), (10, "10", "10"), (Decimal("0"), "0", "0")],
)
def test_points_are_written_as_people_do(value, english, spanish):
    with override("en"):
        assert figure(value) == english
    with override("es"):
        assert figure(value) == spanish


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (80, "80 min"), (99, "99 min"), (120, "2 h"), (170, "2 h 50 min"), (2880, "2 d"), (20533, "14 d")],
)
def test_a_time_is_said_as_people_do(minutes, said):
    assert duration(minutes) == said


@pytest.mark.parametrize(
    ("part", "whole", "shown"), [(1, 4, "25.0%"), (0, 0, "0.0%"), (5, 4, "100.0%"), (1, 3, "33.3%")]
)
def test_a_share_is_an_attribute_of_a_drawing_in_every_language(part, whole, shown):
    with override("es"):
        assert share(part, whole) == shown


def test_every_kind_of_check_has_words():
    assert CHECKS.keys() == KINDS.keys()
    with override("es"):
        assert (check_kind("http"), check_kind("gone")) == ("Lo que responde un servidor", "gone")


def test_texts_come_in_the_readers_language():
    with override("en"):
        assert spoken({"es": "Usa `ls`", "en": "Use `ls`"}) == "Use <code>ls</code>"
    assert spoken("plain") == "plain"


def test_addresses_come_from_any_key_below_a_lesson():
    assert address("lessons:lesson", "a/b/c/task") == "/courses/a/b/c/"
    assert address("submissions:submit", "a/b/c", exercise="d") == "/courses/a/b/c/exercises/d/"
