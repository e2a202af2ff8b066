"""Fields of somebody who may lie: in the form they must have, or left out, or nothing is believed."""

import pytest

from grading.expects.errors import CouldNotLook
from grading.expects.inside import fields

TREE = {"text": "x", "number": 3, "flag": True, "table": {"a": "b"}, "rows": ["a"], "nothing": None, "deep": {"x": [1]}}


def test_what_is_there_is_read():
    assert fields.text(TREE, "text") == "x"
    assert fields.number(TREE, "number") == 3
    assert fields.flag(TREE, "flag") is True
    assert fields.table(TREE, "table") == fields.texts(TREE, "table") == {"a": "b"}
    assert fields.rows(TREE, "deep", "x") == [1]
    assert fields.words(TREE, "rows") == ["a"]


@pytest.mark.parametrize("place", [("nothing",), ("missing",), ("deep", "missing"), ("nothing", "below")])
def test_what_is_left_out_is_empty(place):
    assert fields.text(TREE, *place) == ""
    assert fields.number(TREE, *place) == 0
    assert fields.flag(TREE, *place) is False
    assert fields.table(TREE, *place) == {}
    assert fields.rows(TREE, *place) == []


@pytest.mark.parametrize(
    ("read", "place"),
    [
        (fields.text, ("number",)),
        (fields.number, ("text",)),
        (fields.number, ("flag",)),
        (fields.flag, ("number",)),
        (fields.table, ("rows",)),
        (fields.texts, ("deep",)),
        (fields.rows, ("table",)),
        (fields.words, ("deep", "x")),
        (fields.text, ("text", "below")),
        (fields.text, ("rows", "below")),
    ],
)
def test_anything_else_is_not_believed(read, place):
    with pytest.raises(CouldNotLook, match="is a "):
        read(TREE, *place)


@pytest.mark.parametrize("tree", [[], "x", 3])
def test_an_answer_of_another_kind_is_not_believed(tree):
    with pytest.raises(CouldNotLook):
        fields.text(tree, "Name")
