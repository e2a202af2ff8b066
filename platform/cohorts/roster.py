"""Lists of people as CSV, as schools have them: read with patience, and every line that makes no sense is named.

Nothing here asks the database; `roster_plan` says what would become of a list.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import User
from cohorts.models import Role
from cohorts.spreadsheets import plain_cell

MAX_BYTES = 256 * 1024  # ten times what a whole school's list takes; what is larger is some other file
MAX_LINES = 500  # people; more than any class, and few enough for one transaction and one page
MAX_COLUMNS = 40  # exports of school programs have about twenty; more means that the delimiter is wrong
MAX_PROBLEMS = 50  # shown at once; who has more has one mistake fifty times
DELIMITERS = ";,\t"
# The lengths that the user's own fields have.
MAX_LENGTHS = {"first_name": 150, "last_name": 150, "username": 150, "email": 254}

# How columns are called, without accents and in small letters.
COLUMNS = {
    "first_name": ("nombre", "nombres", "name", "first name", "firstname", "given name", "first_name"),
    "last_name": ("apellidos", "apellido", "surname", "surnames", "last name", "lastname", "family name", "last_name"),
    "username": ("usuario", "usuaria", "nombre de usuario", "user", "user name", "username", "login"),
    "email": ("correo", "correo electronico", "e-mail", "email", "mail", "email address"),
    "role": ("rol", "role", "papel"),
    # One cell for both, as school programs export it: García López, María.
    "full_name": (
        "alumno/a",
        "alumno",
        "alumna",
        "nombre y apellidos",
        "apellidos y nombre",
        "apellidos, nombre",
        "nombre completo",
        "full name",
        "student",
    ),
}
ROLES = {
    Role.LEARNER: ("", "alumno", "alumna", "alumnado", "estudiante", "aprendiz", "learner", "student"),
    Role.ASSISTANT: ("ayudante", "asistente", "auxiliar", "assistant", "helper", "ta"),
    Role.INSTRUCTOR: ("docente", "profesor", "profesora", "instructor", "instructora", "teacher"),
}
_COLUMN_OF = {alias: column for column, aliases in COLUMNS.items() for alias in aliases}
_ROLE_OF = {alias: role for role, aliases in ROLES.items() for alias in aliases}
_USERNAME = re.compile(r"[\w.@+-]+")


class UnreadableRoster(Exception):
    """Shown to who sent it: why the whole list cannot be read, and what to do. The text is translated."""


@dataclass(frozen=True)
class Person:
    """One line of a list. Empty: the list does not say."""

    line: int
    first_name: str = ""
    last_name: str = ""
    username: str = ""
    email: str = ""
    role: Role = Role.LEARNER

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True)
class LineProblem:
    """Why one line cannot be taken over, and what to do. Translated."""

    line: int
    sentence: str


@dataclass
class Roster:
    """A list as it was read."""

    people: list[Person] = field(default_factory=list)
    problems: list[LineProblem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    """Columns that mean nothing here."""


def decode(data: bytes) -> str:
    """Return the text of a file, whichever of the usual ways it was saved in. Raises UnreadableRoster."""
    if len(data) > MAX_BYTES:
        raise UnreadableRoster(
            _("The file is larger than %(size)d KiB. A list of people is not; choose another, or send it in parts.")
            % {"size": MAX_BYTES // 1024}
        )
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    else:
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            encoding = "cp1252"  # Latin-1 as Windows has it, with the dashes and quotation marks of Excel
    return data.decode(encoding, errors="replace")


def read_roster(text: str) -> Roster:
    """Return the people of a list and what is wrong with it. Raises UnreadableRoster where it makes no sense at all."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_BYTES:
        raise UnreadableRoster(_("This is longer than a list of people can be. Send it in parts."))
    if "\0" in text:
        raise UnreadableRoster(_("This is no text. In your spreadsheet program, save the table as CSV."))
    rows = _rows(text)
    header = next(rows, (0, []))[1]
    columns = [_COLUMN_OF.get(_plain(cell)) for cell in header]
    _check_header(header, columns)
    roster = Roster(
        ignored=[cell.strip()[:40] for cell, known in zip(header, columns, strict=True) if not known and cell.strip()]
    )
    for line, cells in rows:
        if len(roster.people) + len(roster.problems) >= MAX_LINES:
            raise UnreadableRoster(
                _("The list has more than %(number)d people. Send it in parts.") % {"number": MAX_LINES}
            )
        _read_line(roster, line, cells, columns)
    _find_doubles(roster)
    if not roster.people and not roster.problems:
        raise UnreadableRoster(_("The list names nobody: below the names of the columns there is nothing."))
    return roster


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every row that says something, with the number of the line that it begins on. Raises UnreadableRoster."""
    lines = list(io.StringIO(text, newline=""))
    skipped = 1 if lines and lines[0].lower().startswith("sep=") else 0  # Excel's own way to name the delimiter
    reader = csv.reader(lines[skipped:], delimiter=_delimiter(lines[skipped:]), strict=True, skipinitialspace=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins + skipped, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UnreadableRoster(
            _("Line %(line)d cannot be read: a quotation mark is missing or stands in the wrong place.")
            % {"line": begins + skipped}
        ) from error


def _delimiter(lines: list[str]) -> str:
    """Return what the line with the names of the columns is divided by."""
    header = next((line for line in lines if line.strip()), "")
    return max(DELIMITERS, key=header.count)


def _check_header(header: list[str], columns: list[str | None]) -> None:
    known = [column for column in columns if column]
    if not {"first_name", "full_name", "username"} & set(known):
        raise UnreadableRoster(
            _("The first line must name the columns, such as: first name; last name; user name; e-mail; role. One of"
              " first name and user name is needed.")
        )  # fmt: skip
    if len(header) > MAX_COLUMNS:
        raise UnreadableRoster(_("The first line has too many columns to be that of a list of people."))
    double = next(
        (cell for cell, column in zip(header, columns, strict=True) if column and known.count(column) > 1), None
    )
    if double is not None:  # in the list's own word, which whoever wrote it reads
        raise UnreadableRoster(_("Two columns mean the same (%(name)s). Remove one.") % {"name": double.strip()})


def _read_line(roster: Roster, line: int, cells: list[str], columns: list[str | None]) -> None:
    if len(cells) > len(columns) and any(cell.strip() for cell in cells[len(columns) :]):
        sentence = _("There are more cells than columns. Put quotation marks around what holds the delimiter.")
        roster.problems.append(LineProblem(line, sentence))
        return
    values = {
        column: unicodedata.normalize("NFC", " ".join(plain_cell(cell.strip()).split()))
        for column, cell in zip(columns, cells, strict=False)
        if column is not None
    }
    _split_name(values)
    sentence = _problem_with(values)
    role = _plain(values.pop("role", ""))
    if sentence:
        roster.problems.append(LineProblem(line, sentence))
    else:
        roster.people.append(Person(line, role=_ROLE_OF[role], **values))


def _split_name(values: dict[str, str]) -> None:
    """Divide a full name at its comma, family names first; without one, all of it is the name."""
    full = values.pop("full_name", "")
    if full and not values.get("first_name"):
        family, comma, given = full.partition(",")
        values["first_name"] = given.strip() if comma else full
        values["last_name"] = values.get("last_name") or (family.strip() if comma else "")


def _problem_with(values: dict[str, str]) -> str:
    """Return what is wrong with the cells of one line; empty where nothing is."""
    for column, most in MAX_LENGTHS.items():
        if len(values.get(column, "")) > most:
            return _("%(name)s is longer than %(most)d letters.") % {"name": COLUMNS[column][0], "most": most}
    if any("\ufffd" in text for text in values.values()):
        return _("A letter of it got lost. Save the file as “CSV UTF-8”, and send it again.")
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for text in values.values() for sign in text):
        return _("There are signs in it that cannot be seen. Type the line anew.")
    username = values.get("username", "")
    if not username and not values.get("first_name"):
        return _("There is neither a name nor a user name. Add one, or remove the line.")
    if username and not _USERNAME.fullmatch(username):
        return _("The user name “%(name)s” has signs other than letters, digits and @ . + - _.") % {"name": username}
    if values.get("email"):
        try:
            validate_email(values["email"])
        except ValidationError:
            return _("“%(email)s” is no e-mail address. Mend it, or leave it empty.") % {"email": values["email"]}
    if _plain(values.get("role", "")) not in _ROLE_OF:
        return _("“%(role)s” is no role. Write learner, assistant or instructor, or leave it empty for learners.") % {
            "role": values["role"]
        }
    return ""


def _find_doubles(roster: Roster) -> None:
    """Move people whose user name stands on an earlier line, too, to the problems."""
    first: dict[str, int] = {}
    for person in list(roster.people):
        name = User.normalize_username(person.username).lower()
        if not name:
            continue
        if name in first:
            sentence = _("The user name “%(name)s” is on line %(line)d already. Everybody needs their own.")
            values = {"name": person.username, "line": first[name]}
            roster.problems.append(LineProblem(person.line, sentence % values))
            roster.people.remove(person)
        first.setdefault(name, person.line)
    roster.problems.sort(key=lambda problem: problem.line)


def _plain(text: str) -> str:
    """Return a word of the header in small letters, without accents and double spaces."""
    letters = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return " ".join(letters.lower().split())
