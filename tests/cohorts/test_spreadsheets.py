"""Tables that spreadsheet programs open without running anything."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cohorts.spreadsheets import plain_cell, safe_cell, write_table


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r=1", "\n@x", "＝1", '=HYPERLINK("http://x";"y")']
)
def test_formulas_become_text(text):
    assert safe_cell(text) == f"'{text}"
    assert plain_cell(safe_cell(text)) == text


@pytest.mark.parametrize("value", ["Ana", "", "O'Neill", "'quoted'", 7, -1.5])
def test_the_rest_stays_as_it_is(value):
    assert safe_cell(value) == str(value)
    assert plain_cell(str(value)) == str(value)


@given(st.lists(st.lists(st.text(), min_size=2, max_size=3), max_size=4), st.sampled_from(";,"))
def test_no_cell_of_a_table_begins_like_a_formula(rows, delimiter):
    text = write_table(rows, delimiter=delimiter)

    cells = [cell for row in csv.reader(io.StringIO(text[1:], newline=""), delimiter=delimiter) for cell in row]
    assert text.startswith("\ufeff")
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in cells)
    assert [plain_cell(cell) for cell in cells if cell] == [cell for row in rows for cell in row if cell]
