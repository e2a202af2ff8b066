"""The HTML of a lesson, finished for one reader."""

import pytest

from content.documents import ANSWER_PLACEHOLDER
from content.values import UnsafeValue
from tests.web.html import Structure
from web.texts import MAX_ANSWER, fill_html, fill_task, with_code


def test_fills_and_marks_values():
    html = fill_html('<code>curl :<var class="value">${port}</var></code>', {"port": "8081"})

    assert html == '<code>curl :<var class="value" data-value="port">8081</var></code>'


def test_fills_values_in_attributes_without_marks():
    assert fill_html('<figure data-path="${name}.sh">', {"name": "buoy"}) == '<figure data-path="buoy.sh">'


def test_leaves_what_is_not_declared():
    assert fill_html('<var class="value">${other}</var> ${HOME}', {}) == (
        '<var class="value" data-value="other">${other}</var> ${HOME}'
    )


def test_a_value_that_could_be_markup_is_refused():
    with pytest.raises(UnsafeValue):
        fill_html("${a}", {"a": "<script>"})


def test_puts_the_answer_field_where_the_author_wants_it():
    page = Structure(fill_task(f"<p>Which? {ANSWER_PLACEHOLDER} Good.</p>", {}, slug="find", answer='a "b"'))

    field = page.one("input")
    assert field["form"] == "form-find"
    assert field["value"] == 'a "b"'
    assert field["maxlength"] == str(MAX_ANSWER)
    assert [tag for tag, _ in page.elements] == ["p", "input"]


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Use `ls -l`.", "Use <code>ls -l</code>."),
        ("`a` and `b`", "<code>a</code> and <code>b</code>"),
        ("one ` alone", "one ` alone"),
        ("`a\nb`", "`a\nb`"),
        ("<b>`</b>`", "&lt;b&gt;<code>&lt;/b&gt;</code>"),
    ],
)
def test_code_in_backticks_becomes_code_and_nothing_else_does(text, html):
    assert with_code(text) == html
