"""Dockerfiles, read as BuildKit reads them: directives, continued lines, comments between them, here-documents.

Our own, because the libraries that exist either take the lines of a here-document for instructions, or bring a second
runtime into the worker's process.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

MAX_LINEAGE = 20  # stages, each of which starts from the next

_DIRECTIVE = re.compile(r"#\s*([A-Za-z]+)\s*=\s*(.+?)\s*")
_HERE_DOCUMENT = re.compile(r"(?<!<)<<(-?)([\"']?)([A-Za-z_][A-Za-z0-9_]*)\2")
_WITH_HERE_DOCUMENTS = ("RUN", "COPY", "ADD")
_FLAG = re.compile(r"--[a-z]+(=\S*)?")


@dataclass(frozen=True, kw_only=True)
class Instruction:
    """One instruction, on one line."""

    name: str
    """In capital letters."""
    value: str
    """What follows, its white space made single; a here-document keeps its lines, below."""
    line: int
    """Where it begins, from 1."""
    stage: int
    """From 0; -1 for what stands before the first FROM."""

    @property
    def spellings(self) -> list[str]:
        """Return the value, and what a list in JSON says without its signs."""
        listed = _as_list(self.value)
        return [self.value] if listed is None else [self.value, " ".join(listed)]


def parse(text: str) -> list[Instruction]:
    """Return the instructions of a Dockerfile. Any text is one: what Docker would refuse has odd instructions."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    escape = _escape_of(lines)
    instructions: list[Instruction] = []
    number, stage = 0, -1
    while number < len(lines):
        first = number
        joined, number = _join(lines, number, escape)
        if not joined:
            continue
        name, _space, value = joined.partition(" ")
        name = name.upper()
        if name in _WITH_HERE_DOCUMENTS:
            bodies, number = _here_documents(value, lines, number)
            value = "\n".join([value, *bodies])
        stage += name == "FROM"
        instructions.append(Instruction(name=name, value=value, line=_line_of(lines, first), stage=stage))
    return instructions


def stages(instructions: list[Instruction]) -> list[tuple[str, str]]:
    """Return base and name of each stage; the name is empty where it has none."""
    found = []
    for instruction in instructions:
        if instruction.name == "FROM":
            words = [word for word in instruction.value.split() if not _FLAG.fullmatch(word)]
            named = len(words) == 3 and words[1].upper() == "AS"
            found.append((words[0] if words else "", words[2] if named else ""))
    return found


def lineage(instructions: list[Instruction]) -> list[int]:
    """Return the last stage, the stage it starts from, and so on."""
    known = stages(instructions)
    chain = [len(known) - 1] if known else []
    while 0 < len(chain) < MAX_LINEAGE:
        base = known[chain[-1]][0].lower()
        earlier = [number for number in range(chain[-1]) if base in (known[number][1].lower(), str(number)) and base]
        if not earlier:
            break
        chain.append(earlier[-1])
    return chain


def _escape_of(lines: list[str]) -> str:
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line.strip())
        if directive is None:
            break
        if directive[1].lower() == "escape" and directive[2] in ("\\", "`"):
            return directive[2]
    return "\\"


def _join(lines: list[str], number: int, escape: str) -> tuple[str, int]:
    """Return one instruction without its continuations and comments, and the number of the line after it."""
    pieces: list[str] = []
    while number < len(lines):
        line = lines[number].strip()
        number += 1
        if line.startswith("#") or (not line and pieces):
            continue
        continued = line.endswith(escape) and not line.endswith(escape * 2)
        pieces.append(line.removesuffix(escape) if continued else line)
        if not continued:
            break
    return " ".join(" ".join(pieces).split()), number


def _here_documents(value: str, lines: list[str], number: int) -> tuple[list[str], int]:
    """Return the lines of all here-documents of an instruction, and the number of the line after them."""
    bodies: list[str] = []
    for dash, _quote, name in _HERE_DOCUMENT.findall(value):
        while number < len(lines):
            line = lines[number].lstrip("\t") if dash else lines[number]
            number += 1
            if line == name:
                break
            bodies.append(line)
    return bodies, number


def _line_of(lines: list[str], first: int) -> int:
    """Return the number of the line where the instruction itself begins, behind comments."""
    while first < len(lines) - 1 and (not lines[first].strip() or lines[first].lstrip().startswith("#")):
        first += 1
    return first + 1


def _as_list(value: str) -> list[str] | None:
    try:
        listed = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return listed if isinstance(listed, list) and all(isinstance(item, str) for item in listed) else None
