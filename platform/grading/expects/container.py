"""`container`: a container of the lab's own engine, by its name; or those that fit, by image or label."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.errors import CouldNotLook
from grading.expects.inside.container_aspects import aspects_of
from grading.expects.inside.containers import MAX_INSPECTED, all_containers, changes, image_names, one_container
from grading.expects.inside.engine import TOO_MUCH
from grading.expects.inside.names import MAX_NAMES, missing
from grading.expects.operators import describe, is_met
from grading.expects.texts import Texts, code, join, say

LEVEL = "practice"

_THERE = (_("There is a container %(name)s"), _("There is no container %(name)s"))


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the container that is named, or all that have the image and the labels. Raises CouldNotLook."""
    listed = all_containers(view.engine)
    names = sorted(item["name"] for item in listed if item["name"])[: MAX_NAMES + 1]
    chosen = [item for item in listed if _is_meant(arguments, item, view)]
    if len(chosen) > MAX_INSPECTED:
        raise CouldNotLook(TOO_MUCH, f"{len(chosen)} containers to be read")
    found = []
    for item in chosen:
        facts = one_container(view.engine, item["id"])
        if facts is not None and "changes" in arguments:
            facts["changes"] = _wanted_changes(arguments, changes(view.engine, item["id"]))
        found.append(facts)
    return {"containers": [facts for facts in found if facts is not None], "names": names}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare the one container with what is asked of it, or count those that are so."""
    return _judge_named(arguments, evidence) if "name" in arguments else _judge_fitting(arguments, evidence)


def _judge_named(arguments: Arguments, evidence: Evidence) -> Finding:
    subject = say(_("the container %(name)s"), name=code(arguments["name"]))
    facts = next(iter(evidence["containers"]), None)
    if arguments.get("absent"):
        found = missing(_THERE, arguments, evidence["names"]) if facts is None else _is(facts)
        expected = say(_THERE[1], name=code(arguments["name"]))
        return Finding(aspects=(Aspect(holds=facts is None, expected=expected, found=found),), observed=_state(facts))
    expected = say(_THERE[0], name=code(arguments["name"]))
    if facts is None:
        found = missing(_THERE, arguments, evidence["names"])
        return Finding(aspects=(Aspect(holds=False, expected=expected, found=found),), observed=None)
    is_there = Aspect(holds=True, expected=expected, found=_is(facts))
    return Finding(aspects=(is_there, *aspects_of(arguments, facts, subject)), observed=_state(facts))


def _judge_fitting(arguments: Arguments, evidence: Evidence) -> Finding:
    subject = say(_("the container"))
    judged = [(facts, aspects_of(arguments, facts, subject)) for facts in evidence["containers"]]
    fitting = [facts["name"] for facts, aspects in judged if all(aspect.holds for aspect in aspects)]
    wanted = {"equals": 0} if arguments.get("absent") else arguments.get("count", {"min": 1})
    found = _say_fitting(fitting) if fitting else _closest(judged)
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


def _closest(judged: list[tuple[dict[str, Any], list[Aspect]]]) -> Texts:
    """Say what is different about the first that has the image and the labels."""
    if not judged:
        return say(_("There is none"))
    facts, aspects = judged[0]
    differing = join([aspect.found for aspect in aspects if not aspect.holds], "; ")
    return say(_("There is none. Of %(name)s: %(facts)s"), name=code(facts["name"]), facts=differing)


def _is(facts: dict[str, Any]) -> Texts:
    state = code(facts["state"])
    return say(_("The container %(name)s is there, and its state is %(state)s"), name=code(facts["name"]), state=state)


def _state(facts: dict[str, Any] | None) -> str | None:
    return None if facts is None else str(facts["state"])


def _is_meant(arguments: Arguments, item: dict[str, Any], view: View) -> bool:
    """Whether a container of the list is to be read: that costs a request each."""
    if "name" in arguments:
        return bool(item["name"] == arguments["name"])
    labels = arguments.get("labels", {})
    if not all(is_met(labels[key], item["labels"].get(key)) for key in labels):
        return False
    spelled = image_names(view.engine, item["image"], item["image_id"]) if "image" in arguments else []
    return "image" not in arguments or any(is_met(arguments["image"], name) for name in spelled)


def _wanted_changes(arguments: Arguments, found: dict[str, str]) -> dict[str, str]:
    """Keep what was asked for: a container can change thousands of files."""
    return {path: found[path] for path in arguments["changes"] if path in found}
