"""Colours for code."""

from html import unescape

import pytest
from content_files import Elements
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from content.markdown.highlight import LANGUAGES, highlight_code


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_keeps_every_letter(language: str):
    code = 'if x < 1 && y > "2":\n\n\tz = \'é\' # ${name} ${other}\n  {"a": [1, null]}\n'

    html = highlight_code(code, language, frozenset({"name"}))

    assert unescape(strip_tags(html)) == code
    assert html.count('<var class="value">${name}</var>') == 1


@settings(max_examples=200, deadline=2000)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Co"], exclude_characters="\r\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
    ),
    st.sampled_from(["bash", "yaml", "python", "json"]),
)
def test_only_coloured_words_come_out(code: str, language: str):
    found = Elements(highlight_code(code, language, frozenset())).found

    assert {tag for tag, _ in found} <= {"span"}
    assert all(set(attributes) == {"class"} for _, attributes in found)


def test_several_values_keep_their_places():
    html = highlight_code("${a} ${b} ${a}", "bash", frozenset({"a", "b"}))

    assert strip_tags(html) == "${a} ${b} ${a}"
    assert html.count("<var") == 3
