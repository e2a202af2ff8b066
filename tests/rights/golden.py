"""The table of rights as a file that people read and review: one line for each address and method.

A cell is what came back: `yes` (2xx), `moved` (3xx), `sign in` (3xx to the sign-in page, or 401), `no` (403), `hidden`
(404), `wrong` (400, 409, 422: they may, and what was asked makes no sense), `-` (405: there is no such method).
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.rights.people import PEOPLE

HERE = Path(__file__).resolve().parent
# What writes the tables anew, after which a person reads the difference.
WRITE = "MUELLE_WRITE_RIGHTS"

Line = tuple[str, ...]  # an address, a method, and a cell for each of PEOPLE


def hold_against(name: str, lines: list[Line]) -> None:
    """Assert that the table `name` says exactly this: neither a route without a line nor a line without a route."""
    path = HERE / f"{name}.tsv"
    wanted = "\n".join("\t".join(line) for line in [("address", "method", *PEOPLE), *sorted(lines)]) + "\n"
    if os.environ.get(WRITE):
        path.write_text(wanted, encoding="utf-8")
    known = path.read_text(encoding="utf-8") if path.is_file() else ""
    if known != wanted:
        pytest.fail(f"{_difference(known, wanted)}\n\nIf that is meant: {WRITE}=1 writes {path.name} anew; read it.")


def cell_of(status: int, location: str = "") -> str:
    """Return the word for a status."""
    if status == 401 or "/sign-in/" in location:
        return "sign in"
    words = {403: "no", 404: "hidden", 405: "-", 400: "wrong", 409: "wrong", 422: "wrong", 429: "wrong"}
    return words.get(status) or {2: "yes", 3: "moved"}[status // 100]


def _difference(known: str, wanted: str) -> str:
    before, after = set(known.splitlines()), set(wanted.splitlines())
    gone = [f"- {line}" for line in sorted(before - after)]
    new = [f"+ {line}" for line in sorted(after - before)]
    return "\n".join(["The table of rights is not what the site does:", *gone, *new])
