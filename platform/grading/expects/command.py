"""`command`: a program that is run in the sandbox, without a shell, and what it prints."""

from __future__ import annotations

import shlex
from dataclasses import replace

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.errors import CouldNotLook
from grading.expects.operators import is_met
from grading.expects.probe import DISTURBED, SYSTEM_PATH
from grading.expects.texts import code, decode, say
from sandboxes.agent_client.sync import ProcessResult

LEVEL = "practice"

TIMEOUT = 10.0  # seconds, where the author names none
# Signals that somebody sends; those that a program earns by its own mistakes are its exit status.
_SENT = {1, 2, 3, 9, 15, 19}

# An argument may name a link that leads into /proc, where the program would read its own command line and find there
# the very word that it looks for. Only where the author wrote such a path is it meant.
# A name without a slash is looked for in the image's own folders only, never in the learner's PATH. Fields: the
# directory, the program, the argument that leads into /proc.
_LOOK = """
[ -d "$1" ] && printf yes
printf %s "$N"
case $2 in
    */*) case $2 in /*) f=$2 ;; *) f=$1/$2 ;; esac; [ -f "$f" ] && [ -x "$f" ] && printf %s "$f" ;;
    *)
        name=$2 IFS=:
        for d in $3; do
            [ -f "$d/$name" ] && [ -x "$d/$name" ] && printf %s "$d/$name" && break
        done ;;
esac
printf %s "$N"
[ -d "$1" ] && cd -- "$1"
shift 3
for a in "$@"; do
    case $a in /proc/* | /dev/*) continue ;; esac
    [ -e "$a" ] || continue
    case $($B readlink -f -- "$a") in /proc/*) printf %s "$a" && break ;; esac
done
"""

_STREAMS = {
    "stdout": (_("What %(command)s prints"), _("%(command)s prints nothing")),
    "stderr": (_("What %(command)s prints as errors"), _("%(command)s prints no errors")),
}


def gather(arguments: Arguments, view: View) -> Evidence:
    """Run the program to its end, or to its time limit. Raises CouldNotLook where somebody killed it."""
    argv, cwd = arguments["argv"], view.probe.place_of(arguments.get("cwd", "~/"))
    timeout = float(arguments.get("timeout", TIMEOUT))
    directory, program, loop = view.probe.look(_LOOK, cwd, argv[0], SYSTEM_PATH, *argv[1:])
    if directory != b"yes" or not program:
        return {"missing": "directory" if directory != b"yes" else "program"}
    if loop:
        return {"loop": decode(loop)}
    result = view.probe.program([program.decode("utf-8", "surrogateescape"), *argv[1:]], cwd, timeout)
    if result is None:
        return {"missing": "program"}
    evidence: Evidence = {
        "exit": None if result.timed_out else _exit_status(result),
        "stdout": decode(result.stdout),
        "stderr": decode(result.stderr),
    }
    if not result.timed_out and result.signal in _SENT and not is_met(arguments.get("exit", 0), evidence["exit"]):
        raise CouldNotLook(DISTURBED, f"{argv[0]} was ended by signal {result.signal}", transient=True)
    return evidence


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare how it ended, then what it printed."""
    line = code(shlex.join(arguments["argv"]))
    if "missing" in evidence:
        return _judge_missing(arguments, evidence["missing"], line)
    if "loop" in evidence:
        path = code(evidence["loop"])
        expected = say(_("%(path)s is a file or directory of your own"), path=path)
        aspect = Aspect(holds=False, expected=expected, found=say(_("%(path)s leads into `/proc`"), path=path))
        return Finding(aspects=(aspect,), observed=None)
    if evidence["exit"] is None:
        seconds = f"{arguments.get('timeout', TIMEOUT):g}"
        expected = say(_("%(command)s ends within %(seconds)s seconds"), command=line, seconds=seconds)
        aspect = Aspect(holds=False, expected=expected, found=say(_("%(command)s went on for longer"), command=line))
        return Finding(aspects=(aspect,), observed=_printed(evidence))
    exit_status = say(_("The exit status of %(command)s"), command=line)
    aspects = [compare(exit_status, arguments.get("exit", 0), evidence["exit"])]
    for name, (subject, nothing) in _STREAMS.items():
        if name in arguments:
            aspect = compare(say(subject, command=line), arguments[name], evidence[name].strip() or None)
            aspects.append(aspect if evidence[name].strip() else replace(aspect, found=say(nothing, command=line)))
    # What it prints is said before its status: it usually explains it.
    return Finding(aspects=(*aspects[1:], aspects[0]), observed=_printed(evidence))


def _printed(evidence: Evidence) -> str | None:
    """Return what it printed; None where that is nothing."""
    return evidence["stdout"].strip() or None


def _judge_missing(arguments: Arguments, missing: str, line: str) -> Finding:
    if missing == "directory":
        found = say(_("The directory %(path)s does not exist"), path=code(arguments.get("cwd", "~")))
    else:
        found = say(_("There is no program %(name)s that can be run"), name=code(arguments["argv"][0]))
    aspect = Aspect(holds=False, expected=say(_("%(command)s can be run"), command=line), found=found)
    return Finding(aspects=(aspect,), observed=None)


def _exit_status(result: ProcessResult) -> int:
    """Return the status as a shell would say it."""
    return 128 + result.signal if result.signal is not None else result.exit_code or 0
