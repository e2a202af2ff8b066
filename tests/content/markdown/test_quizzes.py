"""Questions: choices, answers, and what is wrong with them."""
# ruff: noqa: E501  # sentences are compared whole, one a line

import pytest
from content_files import render_text

from content.markdown.quizzes import QuizSource


def quiz_of(inside: str, head: str = "q") -> QuizSource:
    rendered, problems = render_text(f":::quiz {head}\n{inside}\n:::")
    assert problems == []
    return rendered.quizzes["q"]


def test_one_right_choice():
    quiz = quiz_of("¿Qué es `ls`?\n\n- [x] Un programa. {Eso `es`.}\n- [ ] Un **barco**.")

    assert quiz.kind == "single"
    assert quiz.question == "<p>¿Qué es <code>ls</code>?</p>\n"
    assert quiz.choices == [
        (True, "Un programa.", "Eso <code>es</code>."),
        (False, "Un <strong>barco</strong>.", ""),
    ]


def test_several_right_choices():
    assert quiz_of("¿Cuáles?\n\n- [x] a\n- [X] b\n- [ ] c").kind == "multiple"


def test_one_right_choice_of_which_readers_do_not_know_that_it_is_one():
    assert quiz_of("¿Cuáles?\n\n- [x] a\n- [ ] b", "q multiple").kind == "multiple"


def test_loose_lists_are_read_too():
    assert [text for _, text, _ in quiz_of("¿?\n\n- [x] a\n\n- [ ] b\n").choices] == ["a", "b"]


@pytest.mark.parametrize(
    ("choice", "text", "feedback"),
    [
        ("`{{.Name}}`", "<code>{{.Name}}</code>", ""),
        ("a{b}", "a{b}", ""),
        ("a {b {c} d}", "a", "b {c} d"),
        ("a } {b}", "a }", "b"),
        ("a } b}", "a } b}", ""),
    ],
)
def test_braces_are_feedback_only_behind_a_space_and_balanced(choice: str, text: str, feedback: str):
    assert quiz_of(f"¿?\n\n- [x] {choice}\n- [ ] z").choices[0] == (True, text, feedback)


def test_a_number_has_a_tolerance():
    quiz = quiz_of("¿Cuánto?\n\nanswer: 2,5\ntolerance: 0.1\npoints: 3\nfeedback: Otra *vez*.")

    assert (quiz.kind, quiz.answers, quiz.tolerance, quiz.points) == ("number", ["2.5"], 0.1, 3)
    assert quiz.feedback == "Otra <em>vez</em>."


def test_a_text_can_be_said_in_several_ways():
    quiz = quiz_of("¿Cuál?\n\nanswer: núcleo\nanswer: kernel")

    assert (quiz.kind, quiz.answers) == ("text", ["núcleo", "kernel"])


def test_a_list_in_the_question_is_part_of_it():
    quiz = quiz_of("Mira:\n\n- uno\n- dos\n\n¿Cuántos?\n\nanswer: 2")

    assert "<li>uno</li>" in quiz.question


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        ("¿?", "1: This question has no answer. Write choices (`- [x] right`, `- [ ] wrong`) or `answer: ...`."),
        ("- [x] a\n- [ ] b", "1: This question asks nothing. Write the question above its choices."),
        ("¿?\n\n- [ ] a\n- [ ] b", "1: No choice of this question is right. Mark the right one: `- [x]`."),
        ("¿?\n\n- [x] a", "1: This question has 1 choices. Offer two to 12."),
        ("¿?\n\n- [x] a\n- b", "5: A choice does not say whether it is right. Write `- [x] right` or `- [ ] wrong`."),
        ("¿?\n\n- [x] a\n- [ ] b\n\nanswer: 1", "1: This question has choices and an answer. Keep one of them."),
        ("¿?\n\nanswer: a\ntolerance: 1", "1: `tolerance` belongs to one number. Delete it, or give one `answer:` that is a number."),
        ("¿?\n\nanswer: 1\ntolerance: x", "5: `tolerance` cannot be `x`. Write a number: `tolerance: 1`."),
        ("¿?\n\nanswer: 1\npoints: 0", "5: `points` cannot be `0`. Write a number: `points: 1`."),
        ("¿?\n\nanswer: 1\npoints: 1.5", "5: `points` cannot be `1.5`. Write a number: `points: 1`."),
        ("¿?\n\nanswer: 1\nhola", "5: This line of the question cannot be read. Write `answer:`, `tolerance:`, `feedback:` or `points:` and a value, one a line."),
    ],
)  # fmt: skip
def test_mistakes_are_said_in_sentences(inside: str, sentence: str):
    assert sentence in render_text(f":::quiz q\n{inside}\n:::")[1]


def test_words_behind_the_id_are_noticed():
    assert (
        "1: Words follow the question's id. Write the question below, in the lines between the colons."
        in render_text(":::quiz q ¿Qué?\n¿?\n\nanswer: 1\n:::")[1]
    )
