"""Markdown to HTML: what each construct becomes, and what is said about it."""
# ruff: noqa: E501  # sentences are compared whole, one a line

from html import unescape

import pytest
from content_files import COURSE, Elements, html_of, make_context, render_text
from django.utils.html import strip_tags

from content.markdown.lesson import render


def said(text: str, *values: str) -> list[str]:
    return render_text(text, *values)[1]


def test_raw_html_is_text():
    assert html_of("a <b>x</b>\n\n<div>y</div>") == ("<p>a &lt;b&gt;x&lt;/b&gt;</p>\n<p>&lt;div&gt;y&lt;/div&gt;</p>\n")


def test_declared_values_are_marked_and_others_left_alone():
    html = html_of("`${puerto}` y ${puerto} en ${HOME} y ${otro}", "puerto")

    marked = '<var class="value">${puerto}</var>'
    assert html == f"<p><code>{marked}</code> y {marked} en ${{HOME}} y ${{otro}}</p>\n"


def test_code_is_coloured_and_says_what_a_click_does():
    html = html_of("```bash {run terminal=main}\necho ${puerto} # hola\n```", "puerto")
    figure = Elements(html).found[0]

    assert figure == (
        "figure",
        {
            "class": "code",
            "data-code": "",
            "data-mode": "run",
            "data-terminal": "main",
            "data-language": "bash",
        },
    )
    assert '<var class="value">${puerto}</var>' in html
    assert '<span class="c1"># hola</span>' in html


def test_code_to_be_written_shows_its_path():
    html = html_of("```sh {file=notas/plan.sh}\nls\n```")

    assert 'data-mode="file"' in html
    assert 'data-path="notas/plan.sh"' in html
    assert "<figcaption>notas/plan.sh</figcaption>" in html


def test_text_survives_colours_letter_by_letter():
    code = "a <b> & \"c\" 'd'\n\tx=${puerto}  # é\n\n"
    html = html_of(f"```bash\n{code}```", "puerto")

    assert unescape(strip_tags(html)).strip("\n") == code.strip("\n")


def test_headings_have_anchors_that_stay_apart():
    context = make_context()
    render("## ¿Qué es?\n### Qué `es`\n#### Más\n## 日本", context)

    assert not context.problems
    assert [(heading.level, heading.anchor, heading.text) for heading in context.headings] == [
        (2, "sec-que-es", "¿Qué es?"),
        (3, "sec-que-es-2", "Qué es"),
        (4, "sec-mas", "Más"),
        (2, "sec-x", "日本"),
    ]


def test_tables_scroll_and_say_what_heads_them():
    html = html_of("| a | b |\n|---|--:|\n| 1 | 2 |")

    assert html.startswith('<div class="table-scroll" tabindex="0">\n<table>')
    assert '<th scope="col">a</th>' in html
    assert '<td class="right">2</td>' in html


def test_an_empty_corner_of_a_table_is_no_heading():
    html = html_of("| | b |\n|---|---|\n| 1 | 2 |")

    assert '<td></td>\n<th scope="col">b</th>' in html


def test_a_diagram_has_its_caption_twice():
    html = html_of("```diagram\n// caption: Un <barco>\ndigraph { a }\n```")

    assert html.startswith('<figure class="diagram"><svg role="img" aria-label="Un &lt;barco&gt;" viewBox=')
    assert "<figcaption>Un &lt;barco&gt;</figcaption></figure>" in html


def test_pictures_are_in_the_page():
    html = html_of("![Una boya](boya.png)")

    [(_, picture)] = [found for found in Elements(html).found if found[0] == "img"]
    assert picture["src"].startswith("data:image/png;base64,iVBOR")
    assert picture["alt"] == "Una boya"


def test_links_say_where_they_lead():
    html = html_of("[a](https://example.org/?q=1&r=2) <mailto:ana@example.org>")

    assert '<a href="https://example.org/?q=1&amp;r=2" rel="noopener noreferrer nofollow">a</a>' in html
    assert 'href="mailto:ana@example.org"' in html


def test_lists_quotes_and_rules():
    assert html_of("3. a\n4. b\n\n> c\n\n---\n\n~~d~~") == (
        '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n<blockquote>\n<p>c</p>\n</blockquote>\n<hr>\n<p><s>d</s></p>\n'
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("# Alto", "1: This heading has level 1. Use two to four `#`: the title is on top already."),
        ("##### Bajo", "1: This heading has level 5. Use two to four `#`: the title is on top already."),
        ("### Salto", "1: This heading skips a level. Use one `#` less, so that the outline has no holes."),
        ("## ", "1: This heading is empty. Write its text, or delete the line."),
        ("- ## Dentro", "1: A heading stands inside something else. Write it in **bold**, or move it out."),
        ("a\n\n```\nls\n```", "3: This block does not say its language. Write it behind the backticks; `text` if it has none."),
        ("```bash {runn}\nls\n```", "1: `runn` is nothing that a block can do. Write `{run}`, `{run terminal=NAME}`, `{copy}`, `{file=PATH}` or `{output}`."),
        ("```bash run\nls\n```", "1: What follows the backticks cannot be read. Write a language and what a click does: `bash {run}`."),
        ("```bash {terminal=a}\nls\n```", "1: `terminal=` stands in a block that is not run. Write `{run terminal=NAME}`."),
        ("```sh {file=/etc/x}\nls\n```", "1: The path of `file=` is not one inside the learner's home. Write a relative path without `..` or spaces: `{file=notas.txt}`."),
        ("a\n\n```bash\nls", "3: This block of code is never closed. Write ``` below its last line."),
        ("```diagram\ndigraph { a }\n```", "1: This diagram has no caption. Write `// caption: what the picture shows` as the first line: it is read aloud too."),
        ("a\n\n```diagram\n// caption: x\ndigraph {\na -> }\n```", "6: This is not DOT, the language of Graphviz. Look at the brackets, quotes and semicolons of this line and the one above."),
        ("a {answer}", "1: `{answer}` stands outside a task's text. Move it into the text of the task."),
        ("![](boya.png)", "1: This picture has no description. Write what it shows: `![a diagram of ...](file.png)`."),
        ("a\n\n![x](otra.png)", "3: There is no picture `otra.png` in the lesson's folder. Put the file beside the lesson and write its name alone."),
        ("![x](https://evil.example/x.png)", "1: There is no picture `https://evil.example/x.png` in the lesson's folder. Put the file beside the lesson and write its name alone."),
        ("![x](../01-amarrar/lab.yaml)", "1: There is no picture `../01-amarrar/lab.yaml` in the lesson's folder. Put the file beside the lesson and write its name alone."),
        ("![x](lesson.es.md)", "1: `lesson.es.md` is not a PNG, JPEG, GIF or WebP picture. Convert it; for drawings use a `diagram`."),
    ],
)  # fmt: skip
def test_mistakes_are_said_in_sentences(text: str, sentence: str):
    assert sentence in said(text)


def test_an_unknown_language_lists_the_known_ones():
    [sentence] = said("```brainfuck\n+\n```")

    assert sentence.startswith("1: `brainfuck` is not a language that can be coloured. Possible: `text`, `sh`, `bash`,")


def test_the_course_renders_its_own_words():
    text = (COURSE / "01-muelle/01-amarrar/lesson.es.md").read_text(encoding="utf-8").split("---\n", 2)[2]

    rendered, problems = render_text(text, "cabo", "clave")

    assert problems == []
    assert list(rendered.tasks) == ["hacer-nota", "leer-clave"]
    assert list(rendered.quizzes) == ["cabo", "nudos"]
