"""Tables for spreadsheet programs, which run whatever looks like a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

BYTE_ORDER_MARK = "\ufeff"  # without it, Excel takes UTF-8 for the letters of its own country
QUOTE = "'"  # in front of a cell, it makes spreadsheet programs take the rest for text
# What makes them take a cell for a formula, or cut it in two.
FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """Return a cell that no spreadsheet program takes for a formula. Numbers stay numbers."""
    text = str(value)
    return QUOTE + text if not isinstance(value, int | float) and _looks_like_a_formula(text) else text


def plain_cell(cell: str) -> str:
    """Return what `safe_cell` was given: the way back, for tables that were exported here."""
    return cell[1:] if cell.startswith(QUOTE) and _looks_like_a_formula(cell[1:]) else cell


def _looks_like_a_formula(text: str) -> bool:
    text = text.lstrip(QUOTE)  # what begins with quotes of its own gets one more, or it would come back with one less
    return text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)


def write_table(rows: Iterable[Sequence[object]], *, delimiter: str = ";") -> str:
    """Return rows as CSV, safe against formulas, as spreadsheet programs open it without asking."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + out.getvalue()
