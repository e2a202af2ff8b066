"""`script`: an author's shell script that looks. Exit 0: pass; 1: not yet; anything else: could not look."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from content.values import draw_challenge
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.errors import CouldNotLook
from grading.expects.texts import code, decode, in_each_language, say

LEVEL = "practice"

TIMEOUT = 10.0  # seconds, where the author names none
PASSED, NOT_YET = 0, 1


def gather(arguments: Arguments, view: View) -> Evidence:
    """Run the script with the values, the answer as ANSWER, and CHALLENGE in its environment. Raises CouldNotLook."""
    environment = {**view.values, "ANSWER": view.answer, "CHALLENGE": draw_challenge()}
    result = view.probe.script(arguments["source"], environment, float(arguments.get("timeout", TIMEOUT)))
    if result.exit_code not in (PASSED, NOT_YET):
        said = decode(result.stderr or result.stdout)[:500]
        detail = f"{arguments['file']} ended with {result.exit_code}: {said}"
        raise CouldNotLook(_("The check could not find out. Tell your teacher."), detail)
    return {"exit": result.exit_code, "stdout": decode(result.stdout)}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Take the script's word."""
    printed = evidence["stdout"].strip()
    passed = evidence["exit"] == PASSED
    found = say(_("It is so") if passed else _("It is not so yet"))
    if printed:
        found = in_each_language({"": code(printed)})
    aspect = Aspect(holds=passed, expected=in_each_language(arguments["expected"]), found=found)
    return Finding(aspects=(aspect,), observed=printed or None)
