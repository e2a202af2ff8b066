"""Tables for spreadsheet programs, in which no cell is a formula, whoever wrote what is in it."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# What makes a program calculate; a tab or a line's end before it is taken away by some.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
# Says to spreadsheet programs that this is UTF-8.
_MARK = "\ufeff"


def safe_cell(value: object) -> str:
    """Return a value as text that is shown and never calculated."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def csv_response(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """Return a table as a file to keep."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(_MARK)
    writer = csv.writer(response)
    writer.writerow(header)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return response
