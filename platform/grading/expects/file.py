"""`file`: a file, directory or link, and what is in it."""

from __future__ import annotations

import stat
from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.contents import judge_content
from grading.expects.errors import CouldNotLook
from grading.expects.probe import NO_ANSWER
from grading.expects.texts import Texts, code, decode, say

LEVEL = "practice"

MAX_CONTENT = 65_536  # bytes that are read; what a lesson asks for fits on a page

# Nothing is opened before it is known to be a regular file: opening a FIFO would wait, and a device might never end.
# If it is swapped in between, the look times out. Numbers come first and names each on a line of their own, since
# names are the learner's to write.
_LOOK = """
facts() {
    s=$($B stat "$@" -c '%f %u %g %s
%U
%G' -- "$p" 2>&1) || s="!$s"
    printf '%s' "$s"
}
p=$1
facts
printf %s "$N"
[ -L "$p" ] && $B readlink -n -- "$p"
printf %s "$N"
facts -L
printf %s "$N"
[ -f "$p" ] && $B head -c "$2" -- "$p"
"""
_NOT_THERE = ("No such file or directory", "Not a directory")
_NOT_READABLE = ("Permission denied", "Too many levels of symbolic links", "File name too long")

_TYPES: dict[str, tuple[tuple[int, ...], str]] = {
    "file": ((stat.S_IFREG,), _("a file")),
    "directory": ((stat.S_IFDIR,), _("a directory")),
    "symlink": ((stat.S_IFLNK,), _("a symbolic link")),
    "socket": ((stat.S_IFSOCK,), _("a socket")),
    "fifo": ((stat.S_IFIFO,), _("a named pipe")),
    "device": ((stat.S_IFCHR, stat.S_IFBLK), _("a device")),
}


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return what stands at the path, of a link also what it leads to, of a regular file its beginning."""
    itself, target, led_to, content = view.probe.look(_LOOK, view.probe.place_of(arguments["path"]), str(MAX_CONTENT))
    evidence: Evidence = {"itself": _facts(itself), "led_to": _facts(led_to)}
    if _type_of(evidence["itself"]) == "symlink":
        evidence["target"] = decode(target)
    if _type_of(evidence["led_to"]) == "file":
        evidence["content"] = decode(content)
        evidence["complete"] = len(content) < MAX_CONTENT
    return evidence


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare whether it is there, then what it is, then what is in it."""
    path = code(arguments["path"])
    about_link = arguments.get("type") == "symlink" or "target" in arguments
    facts = evidence["itself"] if about_link else evidence["led_to"]
    if arguments.get("absent"):
        return Finding(aspects=(_absence(evidence, path),), observed=_type_of(facts))
    if facts is None:
        missing = Aspect(holds=False, expected=_wanted(arguments, path), found=_what_is_there(evidence, path))
        return Finding(aspects=(missing,), observed=None)
    content = evidence.get("content")
    is_there = Aspect(
        holds=facts["type"] == arguments.get("type", facts["type"]) and facts["type"] != "unreadable",
        expected=_wanted(arguments, path),
        found=_said_to_be(facts, path),
    )
    aspects = [is_there, *_judge_facts(arguments, facts, evidence, path)]
    aspects += judge_content(arguments, content, complete=evidence.get("complete", True), path=path)
    return Finding(aspects=tuple(aspects), observed=facts["type"] if content is None else content)


def _facts(field: bytes) -> dict[str, Any] | None:
    """Return what `stat` said; None where there is nothing. Raises CouldNotLook where it could not tell."""
    text = decode(field)
    if text.startswith("!"):
        if text.endswith(_NOT_THERE):
            return None
        if text.endswith(_NOT_READABLE):
            return {"type": "unreadable"}
        raise CouldNotLook(NO_ANSWER, text, transient=True)
    numbers, user, group = text.split("\n", 2)
    raw, uid, gid, size = numbers.split(" ")
    bits = int(raw, 16)
    return {
        "type": next(name for name, (types, _said) in _TYPES.items() if stat.S_IFMT(bits) in types),
        "mode": f"{stat.S_IMODE(bits):04o}",
        "size": int(size),
        "owner": [user, uid],
        "group": [group, gid],
    }


def _type_of(facts: dict[str, Any] | None) -> str | None:
    return None if facts is None else str(facts["type"])


def _absence(evidence: Evidence, path: str) -> Aspect:
    return Aspect(
        holds=evidence["itself"] is None,
        expected=say(_("%(path)s does not exist"), path=path),
        found=_what_is_there(evidence, path),
    )


def _wanted(arguments: Arguments, path: str) -> Texts:
    if "type" in arguments:
        return say(_("%(path)s is %(kind)s"), path=path, kind=say(_TYPES[arguments["type"]][1]))
    return say(_("%(path)s exists"), path=path)


def _what_is_there(evidence: Evidence, path: str) -> Texts:
    if evidence["itself"] is None:
        return say(_("%(path)s does not exist"), path=path)
    if evidence["led_to"] is None:
        return say(_("%(path)s is a symbolic link that leads nowhere"), path=path)
    return _said_to_be(evidence["led_to"], path)


def _said_to_be(facts: dict[str, Any], path: str) -> Texts:
    if facts["type"] == "unreadable":
        return say(_("%(path)s cannot be looked at with your permissions"), path=path)
    return say(_("%(path)s is %(kind)s"), path=path, kind=say(_TYPES[facts["type"]][1]))


def _judge_facts(arguments: Arguments, facts: dict[str, Any], evidence: Evidence, path: str) -> list[Aspect]:
    observed: dict[str, tuple[str, list[Any]]] = {
        "mode": (_("The mode of %(path)s"), [facts.get("mode")]),
        "owner": (_("The owner of %(path)s"), facts.get("owner", [None])),
        "group": (_("The group of %(path)s"), facts.get("group", [None])),
        "size": (_("The size of %(path)s in bytes"), [facts.get("size")]),
        "target": (_("The target of %(path)s"), [evidence.get("target")]),
    }
    return [
        compare(say(subject, path=path), arguments[name], *candidates)
        for name, (subject, candidates) in observed.items()
        if name in arguments
    ]
