"""Questions in the text."""

from decimal import Decimal
from typing import Any

import pytest

from content.documents import ChoiceDocument, QuizDocument
from grading.quiz import BadAnswer, assess, clean_answer


def question(kind: Any, **changes: Any) -> QuizDocument:
    return QuizDocument(slug="q", kind=kind, question={"es": "¿?"}, **changes)


def choices(*correct: bool) -> tuple[ChoiceDocument, ...]:
    return tuple(
        ChoiceDocument(correct=each, text={"es": str(number)}, feedback={"es": f"dicho {number}"})
        for number, each in enumerate(correct)
    )


SINGLE = question("single", choices=choices(False, True, False), feedback={"es": "Lee otra vez.", "en": "Read again."})
MULTIPLE = question("multiple", choices=choices(True, False, True, False))


@pytest.mark.parametrize(("chosen", "right"), [(0, False), (1, True), (2, False)])
def test_one_choice_is_right(chosen, right):
    result = assess(SINGLE, {"choices": [chosen]})

    assert result.right is right
    assert result.share == (1 if right else 0)
    assert result.feedback == ({} if right else {"es": "Lee otra vez.", "en": "Read again."})


def test_only_what_was_chosen_is_talked_about():
    [chosen] = assess(SINGLE, {"choices": [0]}).chosen

    assert (chosen.position, chosen.right, chosen.feedback["en"]) == (0, False, "dicho 0")


@pytest.mark.parametrize(
    ("chosen", "right", "share"),
    [
        ([0, 2], True, "1"),
        ([0], False, "0.5"),
        ([0, 1], False, "0"),
        ([0, 1, 2], False, "0.5"),
        ([0, 1, 2, 3], False, "0"),
        ([1, 3], False, "0"),
    ],
)
def test_of_several_right_choices_each_counts_and_each_wrong_one_takes_one_away(chosen, right, share):
    result = assess(MULTIPLE, {"choices": chosen})

    assert (result.right, result.share) == (right, Decimal(share))


@pytest.mark.parametrize(
    ("typed", "right"), [("núcleo", True), ("  NUCLEO ", True), ("nucleo\n", True), ("nuclear", False)]
)
def test_words_are_compared_without_capitals_accents_and_white_space(typed, right):
    words = question("text", answers=("Núcleo", "kernel"))

    assert assess(words, clean_answer(words, {"text": typed})).right is right


@pytest.mark.parametrize(
    ("typed", "right"),
    [("9", True), ("9.0", True), ("9,05", True), ("9.1", True), ("8.9", True), ("9.11", False), ("-9", False)],
)
def test_numbers_may_be_off_by_the_tolerance(typed, right):
    number = question("number", answers=("9",), tolerance=0.1)

    assert assess(number, clean_answer(number, {"text": typed})).right is right


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        (SINGLE, {}),
        (SINGLE, {"choices": []}),
        (SINGLE, {"choices": [7]}),
        (SINGLE, {"choices": [-1]}),
        (SINGLE, {"choices": [True]}),
        (SINGLE, {"choices": ["1"]}),
        (SINGLE, {"choices": "1"}),
        (SINGLE, {"choices": [0, 1]}),
        (MULTIPLE, {"text": "1"}),
        (question("text", answers=("a",)), {"text": "  "}),
        (question("text", answers=("a",)), {"text": 5}),
        (question("text", answers=("a",)), {"text": "a" * 501}),
        (question("number", answers=("1",)), {"text": "one"}),
    ],
)
def test_what_is_no_answer_gets_a_sentence(asked, given):
    with pytest.raises(BadAnswer) as caught:
        clean_answer(asked, given)

    assert str(caught.value).endswith(".")


def test_an_answer_is_stored_as_it_was_meant():
    assert clean_answer(MULTIPLE, {"choices": [2, 0, 2]}) == {"choices": [0, 2]}
    assert clean_answer(question("text", answers=("a",)), {"text": " a\0  b\n"}) == {"text": "a b"}
