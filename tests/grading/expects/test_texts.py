"""What sandboxes say is shown without harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grading.expects.texts import MAX_SHOWN, clean, code, decode, in_each_language, join, say, shorten


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"\x1b[31mred\x1b[0m", "red"),
        (b"\x1b]0;title\x07text", "text"),
        (b"\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        (b"\x1b[2J\x1b[Hgone", "gone"),
        (b"\x1b]never ends", ""),
        (b"a\x07b", "a\ufffdb"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ("a\u202egnp.exe", "a\ufffdgnp.exe"),
        ("zero\u200bwidth", "zero\ufffdwidth"),
        (b"tab\tand\r\nline", "tab\tand\nline"),
        ("ñandú 東京", "ñandú 東京"),
    ],
)
def test_what_a_terminal_would_obey_is_not_shown(raw, shown):
    assert clean(raw) == shown


@given(st.binary(max_size=5000))
def test_nothing_that_is_shown_can_move_a_cursor_or_hide(raw):
    text = shorten(raw)

    assert len(text) <= MAX_SHOWN + 1
    assert not [letter for letter in text if ord(letter) < 32 and letter not in "\n\t"]
    assert "\x1b" not in text


def test_long_texts_and_many_lines_end_in_an_ellipsis():
    assert shorten("a" * 1000).endswith("…")
    assert shorten("\n".join("abcdefghij")).count("\n") == 7


def test_code_is_one_piece_whatever_it_holds():
    assert code("a`b\nc") == "`aˋb ⏎ c`"
    assert code("") == "``"


def test_every_database_can_keep_what_was_decoded():
    assert "\0" not in decode(b"a\0b")


def test_a_part_of_a_sentence_comes_in_the_sentences_language():
    inner = {"es": "uno", "en": "one"}

    assert say("%(inner)s!", inner=inner) == {"es": "uno!", "en": "one!"}


def test_nothing_joined_is_nothing():
    assert join([]) == {}


def test_an_author_who_wrote_one_language_is_shown_in_each():
    assert in_each_language({"es": "hola"}) == {"es": "hola", "en": "hola"}
    assert in_each_language({}) == {}
