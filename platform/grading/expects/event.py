"""`event`: something that the lab's own engine did since the lab was the learner's, and remembers.

For what leaves nothing else behind: `docker exec`, a pull of what is there already, a container that was removed again.
Engines remember their last 256 events; where what was asked for may have been forgotten, nothing is known.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.errors import CouldNotLook
from grading.expects.inside.events import REMEMBERED, happened
from grading.expects.inside.references import all_spellings
from grading.expects.operators import describe, is_met
from grading.expects.texts import Texts, code, join, say

LEVEL = "practice"

FORGOTTEN = _(
    "Docker remembers only the last things it did, and so much has happened in your lab that this may have been"
    " forgotten. Do it once more, then check again."
)

_SUBJECTS = {
    "type": _("the kind of thing"),
    "action": _("what happened"),
    "name": _("the name"),
    "image": _("the image"),
    "command": _("the command"),
    "exit_code": _("the exit code"),
    "signal": _("the signal"),
}
MAX_SHOWN = 3  # of the last events, for a sentence


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the events of the kind that is asked for, and whether older ones may be forgotten. Raises CouldNotLook."""
    events = happened(view.engine, view.since)
    kinds = {wanted["type"] for wanted in (arguments, arguments.get("after", {})) if "type" in wanted}
    kept = [event for event in events if not kinds or event["type"] in kinds]
    return {"events": kept, "full": len(events) >= REMEMBERED}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Count the events that fit. Raises CouldNotLook where those that are forgotten could change the verdict."""
    events = _after(arguments.get("after"), evidence["events"])
    count = sum(_fits(arguments, event) for event in events)
    wanted = {"equals": 0} if arguments.get("absent") else arguments.get("count", {"min": 1})
    holds = is_met(wanted, count)
    # What is remembered is the least that happened: enough for a `min`, and for nothing else.
    if evidence["full"] and not (holds and isinstance(wanted, dict) and set(wanted) == {"min"}):
        raise CouldNotLook(FORGOTTEN, f"{count} events fit")
    aspect = Aspect(holds=holds, expected=_say_wanted(arguments, wanted), found=_say_found(arguments, events, count))
    return Finding(aspects=(aspect,), observed=count or None)


def _after(earlier: Arguments | None, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the events after the first that is as `earlier` says; all of them where it says nothing."""
    if earlier is None:
        return events
    first = next((place for place, event in enumerate(events) if _fits(earlier, event)), len(events))
    return events[first + 1 :]


def _fits(arguments: Arguments, event: dict[str, Any]) -> bool:
    return all(_is_so(arguments[name], _candidates(event, name)) for name in _SUBJECTS if name in arguments)


def _candidates(event: dict[str, Any], name: str) -> list[Any]:
    """Return a fact of an event in all ways to write it."""
    if name == "name":
        return all_spellings(event["name"]) if event["type"] == "image" else event["name"]
    if name == "image" and event["image"]:
        return all_spellings([event["image"]])
    return [event[name]]


def _is_so(condition: Any, candidates: list[Any]) -> bool:
    return any(is_met(condition, candidate) for candidate in candidates or [None])


def _say_wanted(arguments: Arguments, wanted: Any) -> Texts:
    conditions = _conditions(arguments)
    if "after" in arguments:
        earlier = _conditions(arguments["after"])
        conditions = say(_("%(conditions)s (and before it: %(earlier)s)"), conditions=conditions, earlier=earlier)
    if arguments.get("absent"):
        return say(_("Docker did nothing of this: %(conditions)s"), conditions=conditions)
    if "count" in arguments:
        number = describe(wanted)
        return say(_("How often Docker did this %(number)s: %(conditions)s"), number=number, conditions=conditions)
    return say(_("Docker did this: %(conditions)s"), conditions=conditions)


def _conditions(arguments: Arguments) -> Texts:
    said = [
        say(_("%(subject)s %(condition)s"), subject=say(subject), condition=describe(arguments[name]))
        for name, subject in _SUBJECTS.items()
        if name in arguments
    ]
    return join(said, ", ")


def _say_found(arguments: Arguments, events: list[dict[str, Any]], count: int) -> Texts:
    if count:
        return say(_("It did so once")) if count == 1 else say(_("It did so %(count)s times"), count=count)
    alike = [event for event in events if "type" not in arguments or event["type"] == arguments["type"]]
    if not alike:
        return say(_("It did nothing of that kind"))
    last = [" ".join([event["type"], event["action"], *event["name"][:1]]) for event in alike[-MAX_SHOWN:]]
    return say(_("It did not; the last things it did: %(events)s"), events=", ".join(code(line) for line in last))
