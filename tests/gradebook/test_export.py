"""E13: grades for spreadsheets."""

import csv

import pytest

from gradebook.export import csv_lines, grade_rows, safe
from gradebook.queries import grade_book


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", " =1", "＝1", "\n=1"]
)
def test_no_cell_is_a_formula(text):
    assert safe(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Alba Núñez", "7,5", "a=b", ""])
def test_other_cells_stay_as_they_are(text):
    assert safe(text) == text


def test_the_table_comes_back_as_it_went(cohort, exercises, alice, hand_in):
    alice.first_name, alice.last_name = '=HYPERLINK("http://evil")', 'O\'Neil; "x"'
    alice.save()
    hand_in(alice, exercises[0])

    text = "".join(csv_lines(grade_rows(grade_book(cohort))))

    assert text.startswith("\ufeff")
    rows = list(csv.reader(text.removeprefix("\ufeff").splitlines(), delimiter=";"))
    assert len(rows) == 4
    assert all(len(row) == 5 for row in rows)
    mine = next(row for row in rows if row[0] == "alice")
    assert mine[1] == '\'=HYPERLINK("http://evil") O\'Neil; "x"'
    assert mine[4] == "50"
