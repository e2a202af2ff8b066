"""`process`: processes of the sandbox that fit; at least one, if `count` says nothing else."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import found_to_be
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.operators import describe, is_met
from grading.expects.texts import Texts, decode, join, say

LEVEL = "practice"

MAX_COMMAND = 1024  # bytes of a command line; a learner can make one megabytes long
MAX_STATUS = 3072  # bytes; the kernel writes about 1500

# Two files in one call for each process, since starting a program is what costs. `status` is written by the kernel,
# which escapes the one name in it; `stat` repeats that name unescaped and is read from its end. The look itself is
# left out: it and its children are no processes of the learner's.
_LOOK = """
$B head -c 65536 /etc/passwd
for p in /proc/[0-9]*; do
    [ "$p" = "/proc/$$" ] && continue
    printf %s "$N"
    $B head -q -c "$1" "$p/status" "$p/stat"
    printf %s "$N"
    $B head -c "$2" "$p/cmdline"
done
printf '%s%s' "$N" "$$"
"""
_STATES = {"R": "running", "T": "stopped", "t": "stopped", "Z": "zombie"}  # anything else sleeps
_FIELDS = ("name", "command", "user", "state", "nice", "threads", "memory")


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return every process that can be seen."""
    passwd, *fields, own = view.probe.look(_LOOK, str(MAX_STATUS), str(MAX_COMMAND))
    names = _user_names(decode(passwd))
    pairs = zip(fields[::2], fields[1::2], strict=True)
    return {"processes": [process for status, line in pairs if (process := _process(status, line, names, int(own)))]}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare how many fit with how many there should be."""
    processes = evidence["processes"]
    count = sum(_fits(arguments, process) for process in processes)
    wanted = {"equals": 0} if arguments.get("absent") else arguments.get("count", {"min": 1})
    aspect = Aspect(
        holds=is_met(wanted, count),
        expected=_wanted(arguments, wanted),
        found=_say_count(count) if count else _closest(arguments, processes),
    )
    return Finding(aspects=(aspect,), observed=count)


def _wanted(arguments: Arguments, wanted: Any) -> Texts:
    conditions = _conditions(arguments)
    if arguments.get("absent"):
        return say(_("There is no process where %(conditions)s"), conditions=conditions)
    if "count" not in arguments:
        return say(_("There is a process where %(conditions)s"), conditions=conditions)
    number = describe(wanted)
    return say(_("The number of processes where %(conditions)s, %(number)s"), conditions=conditions, number=number)


def _say_count(count: int) -> Texts:
    return (
        say(_("There is one such process")) if count == 1 else say(_("There are %(count)s such processes"), count=count)
    )


def _closest(arguments: Arguments, processes: list[dict[str, Any]]) -> Texts:
    """Say what is different about the process that was probably meant."""
    meant = {name: arguments[name] for name in ("name", "command") if name in arguments}
    for process in processes:
        if _fits(meant, process):
            facts = [found_to_be(say(_SUBJECTS[name]), process[name]) for name in _differing(arguments, process)]
            return say(_("Of process %(pid)s, %(facts)s"), pid=process["pid"], facts=join(facts, ", "))
    return say(_("There is no such process"))


_SUBJECTS = {
    "name": _("the name"),
    "command": _("the command line"),
    "user": _("the user"),
    "state": _("the state"),
    "nice": _("the nice value"),
    "threads": _("the number of threads"),
    "memory": _("the memory in bytes"),
}


def _conditions(arguments: Arguments) -> Texts:
    said = [
        say(_("%(subject)s %(condition)s"), subject=say(_SUBJECTS[name]), condition=describe(arguments[name]))
        for name in _FIELDS
        if name in arguments
    ]
    return join(said, ", ")


def _fits(arguments: Arguments, process: dict[str, Any]) -> bool:
    return not _differing(arguments, process)


def _differing(arguments: Arguments, process: dict[str, Any]) -> list[str]:
    return [name for name in _FIELDS if name in arguments and not _one_fits(arguments[name], process, name)]


def _one_fits(condition: Any, process: dict[str, Any], name: str) -> bool:
    return is_met(condition, process[name]) or (name == "user" and is_met(condition, process["uid"]))


def _process(status: bytes, command: bytes, names: dict[str, str], own: int) -> dict[str, Any] | None:
    """Return one process; None for one that ended meanwhile and for children of the look."""
    lines = decode(status).split("\n")
    # The first of each counts: behind `status` comes a name that may hold anything.
    known = dict(line.split(":\t", 1) for line in reversed(lines) if ":\t" in line)
    if "Pid" not in known or int(known["PPid"]) == own:
        return None
    uid = known["Uid"].split("\t")[1]  # the effective one, as `ps` shows it
    return {
        "pid": int(known["Pid"]),
        "name": _unescape(known["Name"]),
        "command": decode(command.rstrip(b"\0").replace(b"\0", b" ")),
        "user": names.get(uid, uid),
        "uid": uid,
        "state": _STATES.get(known["State"][:1], "sleeping"),
        "nice": _nice(lines),
        "threads": int(known.get("Threads", "1")),
        "memory": int(known.get("VmRSS", "0 kB").split()[0]) * 1024,
    }


def _nice(lines: list[str]) -> int | None:
    """Return field 19 of `stat`, which follows `status`. None where the process ended in between."""
    after_name = "\n".join(lines).rpartition(")")[2].split()
    return int(after_name[16]) if len(after_name) > 16 else None


def _unescape(name: str) -> str:
    return re.sub(r"\\(n|\\)", lambda found: "\n" if found[1] == "n" else "\\", name)


def _user_names(passwd: str) -> dict[str, str]:
    rows = [line.split(":") for line in passwd.splitlines()]
    return {row[2]: row[0] for row in reversed(rows) if len(row) >= 3}
