"""`container`: a container of the lab's own engine, by its name; or those that fit, by image or label."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.errors import CouldNotLook
from grading.expects.inside.container_aspects import aspects_of
from grading.expects.inside.containers import MAX_INSPECTED, all_containers, changes, one_container
from grading.expects.inside.engine import TOO_MUCH
from grading.expects.operators import describe, is_met
from grading.expects.texts import Texts, code, join, say

LEVEL = "practice"

MAX_NAMES = 5  # of other containers that a sentence names
# Arguments that say which containers are meant, where no name does.
_SELECT = ("image", "labels")


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return what the engine says of the container, or of all that have the labels. Raises CouldNotLook."""
    listed = all_containers(view.engine)
    names = sorted(item["name"] for item in listed if item["name"])[: MAX_NAMES + 1]
    if "name" in arguments:
        chosen = [item for item in listed if item["name"] == arguments["name"]]
    else:
        labels = arguments.get("labels", {})
        chosen = [item for item in listed if all(is_met(labels[key], item["labels"].get(key)) for key in labels)]
    if len(chosen) > MAX_INSPECTED:
        raise CouldNotLook(TOO_MUCH, f"{len(chosen)} containers to be read")
    found = [facts for item in chosen if (facts := one_container(view.engine, item["id"])) is not None]
    if "changes" in arguments:
        for item, facts in zip(chosen, found, strict=False):
            facts["changes"] = _wanted_changes(arguments, changes(view.engine, item["id"]))
    return {"containers": found, "names": names}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare the one container with what is asked of it, or count those that are so."""
    return _judge_named(arguments, evidence) if "name" in arguments else _judge_fitting(arguments, evidence)


def _judge_named(arguments: Arguments, evidence: Evidence) -> Finding:
    subject = say(_("the container %(name)s"), name=code(arguments["name"]))
    facts = next(iter(evidence["containers"]), None)
    if arguments.get("absent"):
        found = _not_there(arguments, evidence) if facts is None else _is(subject, facts)
        expected = say(_("There is no container %(name)s"), name=code(arguments["name"]))
        return Finding(aspects=(Aspect(holds=facts is None, expected=expected, found=found),), observed=_state(facts))
    expected = say(_("There is a container %(name)s"), name=code(arguments["name"]))
    if facts is None:
        missing = Aspect(holds=False, expected=expected, found=_not_there(arguments, evidence))
        return Finding(aspects=(missing,), observed=None)
    is_there = Aspect(holds=True, expected=expected, found=_is(subject, facts))
    return Finding(aspects=(is_there, *aspects_of(arguments, facts, subject)), observed=_state(facts))


def _judge_fitting(arguments: Arguments, evidence: Evidence) -> Finding:
    subject = say(_("the container"))
    judged = [(facts, aspects_of(arguments, facts, subject)) for facts in evidence["containers"]]
    fitting = [facts["name"] for facts, aspects in judged if all(aspect.holds for aspect in aspects)]
    wanted = {"equals": 0} if arguments.get("absent") else arguments.get("count", {"min": 1})
    found = _say_fitting(fitting) if fitting else _closest(arguments, judged)
    aspect = Aspect(holds=is_met(wanted, len(fitting)), expected=_say_wanted(arguments, wanted), found=found)
    return Finding(aspects=(aspect,), observed=len(fitting))


def _say_wanted(arguments: Arguments, wanted: Any) -> Texts:
    # Of a container about which nothing is known, the sentences say what is expected.
    conditions = join([aspect.expected for aspect in aspects_of(arguments, None, say(_("the container")))], "; ")
    number = describe(wanted)
    return say(_("The number of containers with this %(number)s: %(conditions)s"), number=number, conditions=conditions)


def _say_fitting(names: list[str]) -> Texts:
    shown = ", ".join(code(name) for name in names[:MAX_NAMES])
    if len(names) == 1:
        return say(_("There is one: %(names)s"), names=shown)
    return say(_("There are %(count)s: %(names)s"), count=len(names), names=shown)


def _closest(arguments: Arguments, judged: list[tuple[dict[str, Any], list[Aspect]]]) -> Texts:
    """Say what is different about the container that was probably meant."""
    selecting = {name: arguments[name] for name in _SELECT if name in arguments}
    for facts, aspects in judged:
        if all(aspect.holds for aspect in aspects_of(selecting, facts, say(_("the container")))):
            differing = join([aspect.found for aspect in aspects if not aspect.holds], "; ")
            return say(_("There is none. Of %(name)s: %(facts)s"), name=code(facts["name"]), facts=differing)
    return say(_("There is none"))


def _is(subject: Texts, facts: dict[str, Any]) -> Texts:
    return say(_("There is %(container)s, and its state is %(state)s"), container=subject, state=code(facts["state"]))


def _not_there(arguments: Arguments, evidence: Evidence) -> Texts:
    found = say(_("There is no container %(name)s"), name=code(arguments["name"]))
    names = evidence["names"]
    if not names:
        return say(_("%(found)s, nor any other"), found=found)
    shown = ", ".join(code(name) for name in names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    return say(_("%(found)s, but %(names)s"), found=found, names=shown)


def _state(facts: dict[str, Any] | None) -> str | None:
    return None if facts is None else str(facts["state"])


def _wanted_changes(arguments: Arguments, found: dict[str, str]) -> dict[str, str]:
    """Keep what was asked for: a container can change thousands of files."""
    return {path: found[path] for path in arguments["changes"] if path in found}
