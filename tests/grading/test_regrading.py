"""Which evidence says something about which check."""

import json

import pytest
from factories import task_document

from content import schemas
from content.documents import ExpectDocument
from grading import regrading
from grading.expects import KINDS


def pairs(old: list[ExpectDocument], new: list[ExpectDocument]) -> list[int | None]:
    found = regrading._pairs(task_document(expect=tuple(old)), task_document(expect=tuple(new)))
    return [place for _expect, place in found]


def expect(kind: str, **arguments) -> ExpectDocument:
    return ExpectDocument(kind=kind, arguments=arguments)


def test_every_kind_says_where_it_looks():
    assert set(regrading.PLACES) == set(KINDS)
    assert set(KINDS) >= regrading.KEEP_ONLY_WHAT_WAS_ASKED


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_places_are_arguments_of_the_kind(kind):
    known = set(schemas.read(f"expects/{kind}")["properties"]) | {"source"}

    assert known >= regrading.PLACES[kind], json.dumps(sorted(known))


def test_the_same_look_is_found_wherever_it_stands():
    old = [expect("file", path="a"), expect("file", path="b", contains="x"), expect("process", name="sleep")]
    new = [expect("process", name="top"), expect("file", path="b", contains="y"), expect("file", path="c")]

    assert pairs(old, new) == [2, 1, None]


def test_evidence_is_used_once():
    assert pairs([expect("file", path="a")], [expect("file", path="a"), expect("file", path="a")]) == [0, None]


def test_what_was_not_asked_was_not_kept():
    old, new = [expect("container", name="web")], [expect("container", name="web", memory=1)]

    assert pairs(old, new) == [None]
    assert pairs(new, old) == [0]
