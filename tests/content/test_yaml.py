"""YAML: what is read, where it stands, and what is refused."""

import json
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from content.problems import ContentErrors
from content.yaml import MAX_BYTES, MAX_DEPTH, parse


def refusal(text: str) -> str:
    with pytest.raises(ContentErrors) as caught:
        parse(text, file="f")
    [problem] = caught.value.problems
    return str(problem)


def test_core_types_and_nothing_cleverer():
    text = """
    number: -12
    decimal: 1.5
    power: 1e3
    yes: yes
    really: true
    nothing: ~
    also:
    date: 2024-01-01
    mode: 0644
    hex: 0x1f
    thousands: 1_000
    infinite: .inf
    long: 12345678901234567890
    quoted: "12"
    """

    assert parse(text, file="f").data == {
        "number": -12,
        "decimal": 1.5,
        "power": 1000.0,
        "yes": "yes",
        "really": True,
        "nothing": None,
        "also": None,
        "date": "2024-01-01",
        "mode": 644,
        "hex": "0x1f",
        "thousands": "1_000",
        "infinite": ".inf",
        "long": "12345678901234567890",
        "quoted": "12",
    }


def test_every_value_has_its_line_and_scalars_their_spelling():
    located = parse("a: 1\nb:\n  - x\n  - {c: 0644}\n", file="f", first_line=10)

    assert located.line() == 10
    assert located.line("b") == 11
    assert located.line("b", 1, "c") == 13
    assert located.line("b", 1, "missing", "deeper") == 13
    assert located.raw["b", 1, "c"] == "0644"


def test_aliases_are_written_out():
    assert parse("a: &x {k: [1]}\nb: *x\nc: &y 5\nd: [*y, *x]", file="f").data == {
        "a": {"k": [1]},
        "b": {"k": [1]},
        "c": 5,
        "d": [5, {"k": [1]}],
    }


def test_an_empty_file_is_nothing():
    assert parse("", file="f").data is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "f:2: The key `a` is here twice. Keep one of them: the first is in line 1."),
        ("\ta: 1", "f:1: A tab stands where spaces are needed. Indent with spaces."),
        ("a: b: c", 'f:1: A colon stands where none can. Put the text in quotes: `key: "text: more text"`.'),
        ("a: [1\nb: 2", "f:2: A list in brackets is not closed. Close it with `]`, or put a comma between its items."),
        (
            "{a: {b: c}",
            "f:1: A mapping in braces is not closed. Close it with `}`, or put a comma between its entries.",
        ),
        ("a: 'x", "f:1: A quote is opened and never closed. Close the quote."),
        ("a: @x", "f:1: `@` cannot start a value. Put the text in quotes."),
        ("a: `x`", "f:1: A backtick cannot start a value. Put the text in quotes."),
        ("a: %x", "f:1: `%` cannot start a value. Put the text in quotes."),
        ('a: "\\q"', "f:1: A backslash in double quotes starts an escape that does not exist. Use single quotes."),
        ("a:\n- b\n-c", "f:3: A key without a colon stands here. Write `key: value`."),
        (
            "a: |\n  x\n y",
            "f:3: The indentation does not fit the lines above. Align this line with the others of its level.",
        ),
        ("a: 1\nb: \x00", "f:2: There is a control character in this line. Delete it and type the line again."),
        ("a: b\n---\nc: d", "f:2: A second document starts here. Delete the line `---`: a file holds one document."),
        ("%YAML 1.1\n---\na: yes", "f:2: A YAML directive stands here. Delete the lines that start with `%`."),
        ("? [1]\n: 2", "f:1: A key is not plain text here. Write `key: value`, with a word as the key."),
        (
            "<<: {a: 1}",
            "f:1: The merge key `<<` stands here. Write its content out: merging is not part of the format.",
        ),
        ("a: *x", "f:1: The alias `*x` refers to nothing before it. Write the value out."),
        ("&a [*a]", "f:1: The alias `*a` refers to nothing before it. Write the value out."),
        ("a: !!str 1", "f:1: The tag `tag:yaml.org,2002:str` stands here. Delete it: only plain data can be written."),
    ],
)
def test_mistakes_are_said_in_sentences(text: str, said: str):
    assert refusal(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "!!python/object:os.system x",
        "!!python/object/apply:os.system ['true']",
        "a: !!python/name:os.system",
        "!ruby/object:Gem x",
        "a: !!binary eA==",
        "a: !!set {x}",
        "! x",
    ],
)
def test_tags_are_refused(text: str):
    assert "The tag `" in refusal(text)


BILLION_LAUGHS = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"a{n + 1}: &a{n + 1} [{','.join([f'*a{n}'] * 9)}]\n" for n in range(9)
)


@pytest.mark.abuse
@pytest.mark.parametrize(
    "text",
    [
        BILLION_LAUGHS,
        "x" * 50_000_000,
        "[" * 100_000,
        "{a: " * 30_000,
        "- " * 60_000,
        "? " * 60_000,
        "- a\n" * 30_000,
        "&" + "a" * 60_000 + " x: *" + "a" * 60_000,
        "!" * 60_000,
        "a: &x 1\n" + "".join(f"b{n}: *x\n" for n in range(200)),
    ],
    ids=["laughs", "50MB", "brackets", "braces", "dashes", "questions", "items", "anchor", "tag", "aliases"],
)
def test_bombs_are_refused_within_a_second(text: str):
    started = time.process_time()

    refusal(text)

    assert time.process_time() - started < (1 if sys.gettrace() is None else 5)


def test_nesting_up_to_the_limit_is_read():
    assert parse("[" * MAX_DEPTH + "]" * MAX_DEPTH, file="f").data


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=2000)
@given(st.text(alphabet=st.sampled_from(list("ab:-?[]{},&*!|>'\"%@`#\\ \t\n01.~<\x00é\ud800")), max_size=200))
def test_any_text_is_data_or_one_problem(text: str):
    try:
        lines = list(parse(text, file="f").lines.values())
    except ContentErrors as error:
        lines = [problem.line for problem in error.problems]

    assert all(1 <= line <= len(text) + 2 for line in lines)


plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(codec="ascii", categories="L")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4),
    max_leaves=20,
)


@given(plain)
def test_json_is_yaml(tree: object):
    assert parse(json.dumps(tree), file="f").data == tree


def test_the_size_limit_counts_bytes():
    assert "more than" in refusal("é" * (MAX_BYTES // 2 + 1))
