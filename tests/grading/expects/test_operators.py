"""What operators mean, and how they are said."""

import time

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from grading.expects.errors import CouldNotLook
from grading.expects.operators import OPERATORS, as_number, describe, is_met

PAGE = "server nginx\nport 8081\n"


@pytest.mark.parametrize(
    ("condition", "observed", "met"),
    [
        ("nginx", "nginx", True),
        ("nginx", " nginx\n", True),
        ("nginx", "Nginx", False),
        (8081, "8081", True),
        (8081, 8081, True),
        (8081, "8081.0", True),
        (0.5, "0,5", True),
        ("0644", "644", False),
        (True, True, True),
        (True, "true", True),
        (1, True, False),
        ({"equals": "a", "contains": "b"}, "a", False),
        ({"contains": "nginx"}, PAGE, True),
        ({"contains": ["nginx", "8081"]}, PAGE, True),
        ({"contains": ["nginx", "8082"]}, PAGE, False),
        ({"contains": "web"}, ["db", "web"], True),
        ({"contains": "we"}, ["db", "web"], False),
        ({"matches": r"^port \d+$"}, PAGE, True),
        ({"matches": r"^8081"}, PAGE, False),
        ({"min": 3}, "3", True),
        ({"min": 3, "max": 5}, 6, False),
        ({"min": 3}, "three", False),
        ({"max": 3}, 2.5, True),
        ({"one_of": ["faro", "boya"]}, "boya", True),
        ({"one_of": [1, 2]}, "3", False),
        ({"absent": True}, None, True),
        ({"absent": True}, "", False),
        ({"contains": "x"}, None, False),
        ("", None, False),
    ],
)
def test_a_condition_is_met_or_not(condition, observed, met):
    assert is_met(condition, observed) is met


def test_capitals_and_the_way_accents_are_typed_can_be_disregarded():
    assert is_met("Número", "NU\u0301MERO", fold=True)
    assert is_met({"matches": "^n"}, "N", fold=True)


@pytest.mark.parametrize("text", ["nan", "inf", "1e5", "", "1.2.3", "0x10", "9" * 40])
def test_what_looks_like_a_number_to_python_only_is_none(text):
    assert as_number(text) is None


def test_a_number_that_is_too_large_to_compare_is_none():
    assert as_number(10**400) is None


def test_a_pattern_that_never_ends_is_given_up_and_is_no_fail():
    started = time.monotonic()

    with pytest.raises(CouldNotLook):
        is_met({"matches": "^(a|aa)+$"}, "a" * 60 + "b")

    assert time.monotonic() - started < 2


def test_a_pattern_that_is_none_is_the_authors_fault_and_no_fail():
    with pytest.raises(CouldNotLook):
        is_met({"matches": "("}, "a")


@pytest.mark.parametrize("name", OPERATORS)
def test_every_operator_is_said_in_every_language(name):
    wanted = {"contains": ["a"], "one_of": ["a", "b"], "min": 3, "max": 3, "absent": True}.get(name, "a")

    said = describe({name: wanted})

    assert set(said) == {"es", "en"}
    assert all(said.values())


def test_several_operators_are_one_sentence():
    with override("es"):  # the language of whoever happens to grade has no part in it
        said = describe({"contains": "a", "max": 4})

    assert said["en"] == "contains `a` and is at most 4"


@given(st.text(), st.text())
def test_any_text_can_be_compared_with_any_other(wanted, observed):
    for condition in (wanted, {"contains": wanted or "x"}, {"one_of": [wanted]}):
        is_met(condition, observed)
        describe(condition)
