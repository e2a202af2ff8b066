"""Grades as CSV, for spreadsheets: safe to open in one."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.formats import localize
from django.utils.translation import gettext as _

from gradebook.queries import GradeBook

# What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"). Names are the learners' to choose.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK: Final = "\ufeff"  # without it a spreadsheet reads UTF-8 as something else


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(value: object) -> str:
    """Return a cell that no spreadsheet computes: text that looks like a formula gets an apostrophe in front."""
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield lines of CSV, each cell made safe; numbers are written as they are."""
    writer = csv.writer(_Echo(), delimiter=";", lineterminator="\r\n")
    yield BYTE_ORDER_MARK
    for row in rows:
        yield writer.writerow([cell if isinstance(cell, int) else safe(cell) for cell in row])


def grade_rows(book: GradeBook) -> Iterator[list[object]]:
    """Yield the heading and a row for each learner: points of each lesson, and all together.

    Points have a decimal comma or point as the active language has it.
    """
    lessons = [column.lesson.title for column in book.columns]
    yield [_("User name"), _("Name"), *lessons, _("Total"), _("Percent")]
    yield ["", _("Possible points"), *(column.points for column in book.columns), book.points, 100]
    for row in book.rows:
        name = row.learner.get_full_name()
        grades = [_number(grade.earned) for grade in (*row.lessons, row.total)]
        yield [row.learner.get_username(), name, *grades, row.total.percent]


def _number(value: object) -> str:
    return str(localize(value))
