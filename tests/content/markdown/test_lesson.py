"""A lesson cut at its tasks and questions."""
# ruff: noqa: E501  # sentences are compared whole, one a line

import sys
import time

import pytest
from content_files import html_of, render_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.documents import ANSWER_PLACEHOLDER, HtmlPart, QuizPart, TaskPart
from content.markdown.parser import MAX_BYTES, MAX_LINE, MAX_LINES

TASK = "::::task a Título\nHaz esto. {answer}\n\n:::hint\nUno.\n:::\n:::hint\nDos.\n:::\n:::solution\nAsí.\n:::\n::::\n"
QUIZ = ":::quiz q\n¿Sí?\n\n- [x] Sí\n- [ ] No\n:::\n"


def said(text: str, *values: str) -> list[str]:
    return render_text(text, *values)[1]


def test_parts_come_in_the_order_of_the_text():
    rendered, problems = render_text(f"Antes.\n\n{TASK}\nEntre.\n\n{QUIZ}\nDespués.")

    assert problems == []
    assert [type(part) for part in rendered.parts] == [HtmlPart, TaskPart, HtmlPart, QuizPart, HtmlPart]
    assert rendered.tasks == {"a": 3}
    assert rendered.quizzes["q"].line == 19


def test_a_task_keeps_its_words_apart():
    rendered, _ = render_text(TASK)

    assert rendered.parts == [
        TaskPart(
            slug="a",
            title="Título",
            html=f"<p>Haz esto. {ANSWER_PLACEHOLDER}</p>\n",
            hints=("<p>Uno.</p>\n", "<p>Dos.</p>\n"),
            solution="<p>Así.</p>\n",
            answer=True,
        )
    ]


def test_a_title_is_plain_text():
    rendered, _ = render_text("::::task a Usa `ls` **ya** <b>\nHaz.\n::::")

    assert isinstance(rendered.parts[0], TaskPart)
    assert rendered.parts[0].title == "Usa ls ya <b>"


def test_callouts_have_a_title_in_the_language_of_the_lesson():
    assert html_of(":::tip\nx\n:::", language="es") == (
        '<aside class="tip"><p class="title">Consejo</p>\n<p>x</p>\n</aside>\n'
    )
    assert "Warning" in html_of(":::warning\nx\n:::", language="en")
    assert "<em>Mira</em>" in html_of(":::note *Mira*\nx\n:::")


def test_details_open_by_their_title():
    assert html_of(":::details ¿Y `si`?\nx\n:::") == (
        "<details><summary>¿Y <code>si</code>?</summary>\n<p>x</p>\n</details>\n"
    )


def test_containers_nest_with_more_colons():
    html = html_of("::::details a\n:::note\nx\n:::\n::::")

    assert html.index("<details>") < html.index("<aside") < html.index("</aside>") < html.index("</details>")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a\n\n:::nota\nx\n:::", "3: There is no container `nota`. Did you mean `note`? Possible: `details`, `hint`, `note`, `quiz`, `solution`, `task`, `tip`, `warning`."),
        (":::note\nx", "1: `note` is never closed. Write `:::` below its last line."),
        ("x\n\n:::", "3: `:::` closes nothing here. Delete it, or give the container around it more colons than those inside."),
        (":::details\nx\n:::", "1: `details` has no title. Write what opens it: `:::details Why?`."),
        (":::hint\nx\n:::", "1: `hint` stands outside a task. Move it into a `::::task`, directly, with more colons around the task."),
        ("::::note\n:::quiz q\nx\n:::\n::::", "2: `quiz` stands inside something else. Move it out: it is part of the lesson itself."),
        (":::task a T\nx\n:::hint\ny\n:::\n:::", "6: `:::` closes nothing here. Delete it, or give the container around it more colons than those inside."),
        ("a\n:::", "2: `:::` closes nothing here. Delete it, or give the container around it more colons than those inside."),
        ("::::task\nx\n::::", "1: This task has no id. Write lower-case letters without accents, digits and hyphens: `:::task ver-procesos`."),
        ("::::task Á b\nx\n::::", "1: `Á` cannot be an id. Write lower-case letters without accents, digits and hyphens: `:::task ver-procesos`."),
        ("::::task a\nx\n::::", "1: This task has no title. Write it behind the id: `::::task ver-procesos Mira tus procesos`."),
        (f"::::task a {'x' * 90}\nx\n::::", "1: The title has more than 80 characters. Shorten it: it stands in a list."),
        ("::::task a T\n::::", "1: This task does not say what to do. Write it between the colons."),
        ("::::task a T\n{answer} {answer}\n::::", "1: `{answer}` stands in this task more than once. Keep one: a task has one answer."),
        ("::::task a T\nx\n\n:::hint\n{answer}\n:::\n::::", "5: `{answer}` stands outside a task's text. Move it into the text of the task."),
        (f"{TASK}\n{TASK}", "15: The id `a` is here twice. Give this one another id: exercises of a lesson share them."),
        (f"{TASK}\n{QUIZ.replace('quiz q', 'quiz a')}", "15: The id `a` is here twice. Give this one another id: exercises of a lesson share them."),
        (QUIZ.replace("¿Sí?", "¿${puerto}?"), "2: A value stands in this question. Write the question without values: it is answered without a lab too."),
        ("> " * 20 + "x", "1: This is nested too deep. Take some of the lists, quotes or containers apart."),
        ("x" * (MAX_LINE + 1), "1: This line has more than 4000 characters. Break it into several."),
        (("x" * 3_000 + "\n") * 4, "4: Here are more than 10000 characters without an empty line. Put one between."),
        ("a\nb\u202ec", "2: An invisible control character is in this line. Delete it and type the line again."),
        ("a\n\nb\ue000", "3: An invisible control character is in this line. Delete it and type the line again."),
        ("x\n" * MAX_BYTES, "1: The lesson has more than 64 KiB or 3000 lines. Split it into two lessons."),
        ("| a | b |\n|---|---|\n| 1 |\nx", "4: This row has fewer cells than the table's head. Fill it up, or put an empty line before it."),
        ("|a" * 30 + "|\n" + "|-" * 30 + "|", "2: This table has more than 12 columns. Turn it on its side, or split it."),
    ],
)  # fmt: skip
def test_mistakes_are_said_in_sentences(text: str, sentence: str):
    assert sentence in said(text, "puerto")


N = MAX_BYTES
WORST = {
    key: (key * N)[:N]
    for key in [
        "[",
        "![",
        "*_",
        "_a_ *",
        "**a",
        "`",
        "<",
        "a\n\n",
        "x\n",
        "[a](",
        "[a](b",
        "&",
        "~~a",
        "# a\n",
        "[a]: x\n[a]\n",
    ]
}
WORST |= {
    "backticks": "".join("`" * number + " " for number in range(1, 350)),
    "emphasis": "*" * (N // 2 - 1) + "a" + "*" * (N // 2 - 1),
    "table": "|a" * 12 + "|\n" + "|-" * 12 + "|\n" + ("|a" * 12 + "\n") * (N // 25 - 10),
    "quotes": "\n".join(">" * number + " a" for number in range(1, 350)),
    "lists": "\n".join("  " * number + "- a" for number in range(1, 250)),
    "containers": ":::note\n" * (N // 8),
    "tasks": "::::task a T\nx\n::::\n" * (N // 20),
    "choices": ":::quiz q\nx\n\n" + "- [x] a {b}\n" * (N // 13) + ":::\n",
    "values": "${puerto}" * (N // 9),
    "code": "```bash\n" + "$((" * 5000 + "\n```",
}  # fmt: skip


# Seconds of processor. About 1 on an idle machine; a busy one and a coverage tracer multiply that.
ALLOWED = 4 if sys.gettrace() is None else 20


@pytest.mark.abuse
@pytest.mark.parametrize("name", WORST)
def test_the_worst_of_texts_take_little_time(name: str):
    lines = [
        line[start : start + 3_300] for line in WORST[name].split("\n") for start in range(0, max(len(line), 1), 3_300)
    ]
    text = "\n".join(line for number, line in enumerate(lines) for line in ([line] if number % 3 else ["", line]))
    started = time.process_time()

    render_text("\n".join(text[:MAX_BYTES].split("\n")[:MAX_LINES]), "puerto")

    assert time.process_time() - started < ALLOWED


WORDS = st.sampled_from(
    [
        ":::", "::::", ":::note\n", "::::task a T\n", ":::quiz q\n", ":::hint\n", "- [x] a {b}\n", "answer: 1\n", "{answer}", "${puerto}",
        "```bash {run}\n", "```diagram\n// caption: x\n", "```\n", "\n", "\n\n", " ", "a", "é", "<", ">", "&", "*", "_", "`", "[", "](", ")",
        "![", "|", "---\n", "## ", "> ", "1. ", "<script>", "javascript:", "&#x3c;", "\\", "{", "}", "digraph{a}", "\t",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=5000, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(WORDS, max_size=40).map("".join))
def test_any_text_is_parts_or_problems_with_lines(text: str):
    rendered, problems = render_text(text, "puerto")

    assert all(1 <= int(problem.split(":")[0]) <= text.count("\n") + 2 for problem in problems)
    assert "<script" not in repr(rendered)
