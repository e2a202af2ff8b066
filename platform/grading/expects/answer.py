"""`answer`: what the learner typed into the field of the task."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.operators import OPERATORS, is_met
from grading.expects.texts import code, say

LEVEL = "practice"


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the answer with white space, and quotation marks around it, made plain."""
    return {"answer": normalise(view.answer)}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare without regard to capital letters, unless `exact`. What would be right is never said."""
    answer = evidence["answer"]
    condition = {name: arguments[name] for name in OPERATORS if name in arguments}
    holds = bool(answer) and is_met(condition, answer, fold=not arguments.get("exact", False))
    found = say(_("You answered %(answer)s"), answer=code(answer)) if answer else say(_("No answer was given"))
    aspect = Aspect(holds=holds, expected=say(_("The answer that can be found in the lab")), found=found)
    return Finding(aspects=(aspect,), observed=answer or None)


def normalise(answer: str) -> str:
    """Return an answer as it was meant: copied from a terminal, typed on a phone, put between quotation marks."""
    text = " ".join(answer.split())
    for opening, closing in (("'", "'"), ('"', '"'), ("`", "`"), ("«", "»"), ("“", "”")):
        if len(text) > 2 and text.startswith(opening) and text.endswith(closing):
            text = text[1:-1].strip()
    return text
