"""Lists of people as CSV: what schools send, and what nobody should."""

import unicodedata

import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cohorts import roster
from cohorts.models import Role
from cohorts.roster import Person, UnreadableRoster, decode, read_roster
from cohorts.spreadsheets import write_table

ANA = Person(2, "Ana María", "López Núñez", "ana", "ana@example.org", Role.LEARNER)
TABLE = "nombre;apellidos;usuario;correo;rol\nAna María;López Núñez;ana;ana@example.org;alumna\n"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_list_is_read_however_it_was_saved(encoding, delimiter, line_end):
    data = TABLE.replace(";", delimiter).replace("\n", line_end).encode(encoding)

    assert read_roster(decode(data)).people == [ANA]


@pytest.mark.parametrize(
    "header",
    [
        "Nombre;Apellidos;Usuario;Correo electrónico;Rol",
        "First name;Last name;User name;E-mail;Role",
        " NAME ;surname; Login;mail;ROLE",
    ],
)
def test_columns_may_be_called_in_both_languages(header):
    assert read_roster(TABLE.replace("nombre;apellidos;usuario;correo;rol", header)).people == [ANA]


def test_columns_may_come_in_any_order_and_others_are_named():
    read = read_roster("grupo;usuario;nombre\n1A;ana;Ana\n")

    assert read.people == [Person(2, "Ana", username="ana")]
    assert read.ignored == ["grupo"]


def test_a_full_name_is_divided_at_its_comma():
    read = read_roster('"Alumno/a"\n"García López, María"\nSolo Nombre\n')

    assert [(each.first_name, each.last_name) for each in read.people] == [
        ("María", "García López"),
        ("Solo Nombre", ""),
    ]


def test_empty_lines_quotation_marks_and_excels_own_line_are_understood():
    read = read_roster('sep=,\r\nnombre,apellidos\r\n\r\n"Núñez, Ana","de la\r\nTorre"\r\n,,\r\nLuis,Gil\r\n')

    assert read.people == [Person(4, "Núñez, Ana", "de la Torre"), Person(7, "Luis", "Gil")]
    assert read.problems == []


@pytest.mark.parametrize("role", ["ayudante", "Assistant", "TA"])
def test_roles_may_be_called_in_both_languages(role):
    assert read_roster(f"nombre;rol\nAna;{role}\n").people[0].role == Role.ASSISTANT
    assert read_roster("nombre;rol\nAna;Profesora\n").people[0].role == Role.INSTRUCTOR


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (";López;;;", "neither a name nor a user name"),
        ("Ana;;ana gil;;", "“ana gil” has signs other"),
        ("Ana;;ana;ana at home;", "no e-mail address"),
        ("Ana;;;;boss", "“boss” is no role"),
        (f"{'A' * 151};;;;", "nombre is longer than 150"),
        ("Ana;;;;;;Gil", "more cells than columns"),
        ("A\u202ena;;;;", "cannot be seen"),
        ("A\x1bna;;;;", "cannot be seen"),
        ("A\ufffda;;;;", "got lost"),
    ],
)
def test_a_line_that_makes_no_sense_is_named_with_the_reason(line, words):
    read = read_roster(f"{TABLE}\n{line}\nLuis;Gil;;;\n")

    assert [problem.line for problem in read.problems] == [4]
    assert words in read.problems[0].sentence
    assert [person.first_name for person in read.people] == ["Ana María", "Luis"]


def test_one_user_name_is_not_for_two():
    read = read_roster(f"{TABLE}Anabel;Gil;ANA;;\n")

    assert [(each.line, "line 2" in each.sentence) for each in read.problems] == [(3, True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "must name the columns"),
        ("Ana;López\nLuis;Gil\n", "must name the columns"),
        ("apellidos;correo\nGil;\n", "must name the columns"),
        ("surname;name;apellidos\nSoto;Ana;Soto\n", r"mean the same \(surname\)"),
        ("nombre;apellidos\n\n;\n", "names nobody"),
        ('nombre;apellidos\nAna;Gil\n"Luis;Gil\nEva;Sol\n', "Line 3 cannot be read"),
        ("nombre\0", "is no text"),
        ("nombre" + ";x" * 41, "too many columns"),
        ("nombre\n" + "Ana\n" * 501, "more than 500 people"),
        ("nombre\n" + "a" * 300_000, "longer than a list"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(text, words):
    with pytest.raises(UnreadableRoster, match=words):
        read_roster(text)


def test_a_large_file_is_refused_before_it_is_read():
    with pytest.raises(UnreadableRoster, match="256 KiB"):
        decode(b"\xff" * (roster.MAX_BYTES + 1))


def read_or_refuse(text: str) -> roster.Roster | None:
    """Whatever it is, a list comes out or a sentence."""
    try:
        return read_roster(text)
    except UnreadableRoster:
        return None


@given(st.binary(max_size=2000))
def test_no_file_brings_the_reader_down(data):
    read = read_or_refuse(decode(data))

    assert read is None or read.people or read.problems


CELLS = st.text(st.sampled_from("aÑ é;,\t\"'\n\r\x0b\x1c\u2028=+-@|\u202e\ufeff\ud800") | st.characters(), max_size=12)


@settings(max_examples=300)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), max_size=8), st.sampled_from(";,\t"))
def test_no_table_brings_the_reader_down(rows, delimiter):
    text = f"nombre{delimiter}apellidos{delimiter}usuario\n" + "\n".join(delimiter.join(cells) for cells in rows)

    read = read_or_refuse(text)

    for person in read.people if read else ():
        assert person.first_name or person.username
        assert all(sign.isprintable() for sign in person.name)
        assert 2 <= person.line <= text.count("\n") + text.count("\r") + 1


NAMES = st.text(st.sampled_from("abÑé'=+-@; ,\"") | st.characters(categories=["L"]), min_size=1, max_size=20)


@example([("'=", "''+"), ("'a", "' =")], ";")
@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5), st.sampled_from(";,"))
def test_what_was_exported_is_read_back(names, delimiter):
    tidy = [tuple(unicodedata.normalize("NFC", " ".join(name.split())) for name in pair) for pair in names]
    tidy = [pair for pair in tidy if pair[0]] or [("Ana", "Gil")]

    read = read_roster(write_table([("nombre", "apellidos"), *tidy], delimiter=delimiter))

    assert [(person.first_name, person.last_name) for person in read.people] == tidy
