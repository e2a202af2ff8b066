"""Values: drawn alike from one seed, filled in where they are declared and nowhere else."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.documents import ValueSpec
from content.values import SAFE, UnsafeValue, draw, example, extremes, fill, names_in, specs_from, substitute

PORT = ValueSpec(name="port", kind="int", minimum=8081, maximum=8999)
ROPE = ValueSpec(name="rope", kind="choice", choices=("red", "blue", "green"))
KEY = ValueSpec(name="key", kind="hex", length=8)
SPECS = (PORT, ROPE, KEY)


def test_declarations_become_specifications():
    specs = specs_from({"port": {"int": [8081, 8999]}, "rope": {"choice": ["red", "blue", "green"]}, "key": {"hex": 8}})

    assert specs == SPECS


@given(st.text(max_size=40))
def test_one_seed_gives_one_set_of_safe_values(seed: str):
    drawn = draw(seed, SPECS)

    assert drawn == draw(seed, SPECS)
    assert 8081 <= int(drawn["port"]) <= 8999
    assert drawn["rope"] in ROPE.choices
    assert len(drawn["key"]) == 8
    assert all(SAFE.fullmatch(value) for value in drawn.values())


def test_seeds_differ():
    keys = {draw(str(seed), SPECS)["key"] for seed in range(100)}

    assert len(keys) == 100


def test_every_value_of_a_range_can_be_drawn():
    dice = ValueSpec(name="dice", kind="int", minimum=-1, maximum=1)

    assert {draw(str(seed), [dice])["dice"] for seed in range(50)} == {"-1", "0", "1"}


def test_another_value_leaves_the_others_as_they_are():
    assert draw("s", (PORT,))["port"] == draw("s", SPECS)["port"]


def test_an_example_is_plausible_and_for_everybody():
    assert example(SPECS) == {"port": "8081", "rope": "red", "key": "0a1b2c3d"}


def test_extremes_hold_both_ends_and_every_choice():
    sets = extremes(SPECS)

    assert {values["port"] for values in sets} == {"8081", "8999"}
    assert {values["rope"] for values in sets} == {"red", "blue", "green"}
    assert extremes(()) == [{}]


def test_only_declared_names_are_filled_in():
    assert substitute("${port} ${PORT} $port ${other} ${HOME}", {"port": "80"}) == "80 ${PORT} $port ${other} ${HOME}"
    assert names_in("${a} $b ${C} ${d1}") == ["a", "d1"]


def test_a_value_is_never_filled_into_a_value():
    assert substitute("${a}${b}", {"a": "b", "b": "x"}) == "bx"


@pytest.mark.parametrize(
    "value", ["", " ", "a b", "<b>", "a;b", "$(id)", "`id`", "../x", "é", "a\n", "x" * 65, "--help"]
)
def test_unsafe_values_are_never_filled_in(value: str):
    with pytest.raises(UnsafeValue, match="value of a"):
        substitute("${a}", {"a": value})


def test_a_tree_is_filled_whole_and_typed():
    tree = {"port": "${port}", "text": "at ${port}", "${rope}": ["${rope}", 5, None, True], "key": "${key}"}

    filled = fill(tree, {"port": "8081", "rope": "red", "key": "12345678"}, SPECS)

    assert filled == {"port": 8081, "text": "at 8081", "red": ["red", 5, None, True], "key": "12345678"}
    assert json.dumps(tree)  # the tree itself is left as it was
    assert tree["port"] == "${port}"
