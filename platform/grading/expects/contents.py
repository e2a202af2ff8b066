"""What is in a file, against conditions on the whole text, its lines, or places of it read as JSON or YAML."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_noop as _

from content.problems import ContentErrors
from content.yaml import parse
from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect
from grading.expects.operators import OPERATORS
from grading.expects.texts import say
from grading.expects.trees import dig

# These are about the whole text, so that its beginning says nothing about them.
_NEED_ALL = {"equals", "one_of", "min", "max"}


class Unreadable(Exception):
    """The text is not what it should be: the learner's mistake, so a finding and not an error."""


def judge_content(arguments: Arguments, content: str | None, *, complete: bool, path: str) -> list[Aspect]:
    """Compare the content, None where it is not a file that can be read.

    Not `complete`: there is more than was read.
    """
    aspects = []
    whole = {name: arguments[name] for name in OPERATORS if name in arguments and name != "absent"}
    if whole:
        subject = say(_("The content of %(path)s"), path=path)
        aspect = compare(subject, whole, content)
        aspects.append(aspect if complete or not _NEED_ALL & whole.keys() else _too_long(aspect, path))
    if "lines" in arguments:
        subject = say(_("The number of lines of %(path)s"), path=path)
        aspect = compare(subject, arguments["lines"], None if content is None else len(content.splitlines()))
        aspects.append(aspect if complete else _too_long(aspect, path))
    for syntax, read in _SYNTAXES.items():
        if syntax in arguments:
            aspects += _judge_places(arguments[syntax], content, read, syntax.upper(), path)
    return aspects


def _too_long(aspect: Aspect, path: str) -> Aspect:
    found = say(_("%(path)s is too long to be compared"), path=path)
    return Aspect(holds=False, expected=aspect.expected, found=found)


def _judge_places(
    conditions: Arguments, content: str | None, read: Callable[[str], Any], syntax: str, path: str
) -> list[Aspect]:
    try:
        tree = read(content or "")
    except Unreadable:
        expected = say(_("%(path)s is valid %(syntax)s"), path=path, syntax=syntax)
        found = say(_("%(path)s cannot be read as %(syntax)s"), path=path, syntax=syntax)
        return [Aspect(holds=False, expected=expected, found=found)]
    return [
        compare(say(_("In %(path)s, `%(place)s`"), path=path, place=place), condition, dig(tree, place))
        for place, condition in conditions.items()
    ]


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:  # a learner may nest as deep as they like
        raise Unreadable from error


def _read_yaml(text: str) -> Any:
    try:
        return parse(text, file="").data  # bounded in size, depth, nodes and aliases
    except ContentErrors as error:
        raise Unreadable from error


_SYNTAXES: dict[str, Callable[[str], Any]] = {"json": _read_json, "yaml": _read_yaml}
