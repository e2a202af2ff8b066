"""No cell is a formula (abuse cases of CSV exports)."""

import csv
import io

import pytest

from web.spreadsheets import csv_response, safe_cell


@pytest.mark.parametrize(
    "hostile",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")'],
)
def test_formulas_are_shown_and_not_calculated(hostile):
    assert safe_cell(hostile) == f"'{hostile}"


@pytest.mark.parametrize(("value", "text"), [("alice", "alice"), (None, ""), (3, "3"), ("a=b", "a=b"), ("", "")])
def test_what_is_harmless_stays(value, text):
    assert safe_cell(value) == text


def test_a_table_is_a_file_to_keep():
    response = csv_response("audit.csv", ("a", "b"), [("=1", 'say "x", y'), (None, "ñ")])

    text = response.content.decode()
    assert response["Content-Disposition"] == 'attachment; filename="audit.csv"'
    assert text.startswith("\ufeff")
    assert list(csv.reader(io.StringIO(text[1:]))) == [["a", "b"], ["'=1", 'say "x", y'], ["", "ñ"]]
