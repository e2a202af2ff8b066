"""`image`: an image of the lab's own engine, by its name; without a tag, any tag of that name."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.amounts import compare_amount, say_amount
from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.inside.images import all_images, details, history, named
from grading.expects.inside.names import MAX_NAMES, missing
from grading.expects.inside.references import short
from grading.expects.texts import Texts, code, say

LEVEL = "practice"

CLOCK_STEP = 1.0  # seconds that a build may seem to come before the lab was the learner's

_THERE = (_("There is an image %(name)s"), _("There is no image %(name)s"))
_COMPARED = {
    "layers": _("The number of layers of %(image)s"),
    "user": _("The user of %(image)s"),
    "command": _("The command of %(image)s"),
    "entrypoint": _("The entrypoint of %(image)s"),
    "workdir": _("The working directory of %(image)s"),
    "healthcheck": _("The health check of %(image)s"),
    "history": _("The history of %(image)s"),
}
_FLAGS = {
    "root": (_("%(image)s runs as root"), _("%(image)s does not run as root")),
    "built": (_("%(image)s was built in this lab"), _("%(image)s was not built in this lab")),
}
_TABLES = {
    "env": _("In %(image)s, the variable %(key)s"),
    "labels": _("Of %(image)s, the label %(key)s"),
}
_DETAILS = frozenset({*_COMPARED, *_FLAGS, "env", "exposed"}) - {"history"}


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the tags that are meant, and of the first of them what was asked for. Raises CouldNotLook."""
    images = all_images(view.engine)
    found = named(images, arguments["name"])
    names = sorted({short(name) for image in images for name in image["references"] if "@" not in name})
    evidence: Evidence = {"names": names[: MAX_NAMES + 1], "tags": [short(name) for name, _image in found]}
    if not found:
        return evidence
    _name, image = found[0]
    facts = {"labels": image["labels"], "size": image["size"]}
    if _DETAILS & arguments.keys():
        more = details(view.engine, image["id"]) or {}
        facts |= {**more, "built": view.since > 0 and more.get("created", 0.0) >= view.since - CLOCK_STEP}
    if "history" in arguments:
        facts["history"] = history(view.engine, image["id"])
    if "smaller_than" in arguments:
        evidence["others"] = [other["size"] for _tag, other in named(images, arguments["smaller_than"])]
    return {**evidence, "image": facts}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare whether it is there, then what it is made of."""
    name, tags = code(arguments["name"]), evidence["tags"]
    observed = tags[0] if tags else None
    if arguments.get("absent"):
        expected = say(_THERE[1], name=name)
        return Finding(
            aspects=(Aspect(holds=not tags, expected=expected, found=_there(arguments, evidence)),), observed=observed
        )
    is_there = Aspect(holds=bool(tags), expected=say(_THERE[0], name=name), found=_there(arguments, evidence))
    aspects = [is_there]
    if "count" in arguments:
        aspects = [compare(say(_("The number of tags of %(name)s"), name=name), arguments["count"], len(tags))]
    if tags:
        aspects += _judge_facts(arguments, evidence, code(tags[0]))
    return Finding(aspects=tuple(aspects), observed=observed)


def _judge_facts(arguments: Arguments, evidence: Evidence, image: str) -> list[Aspect]:
    facts = evidence["image"]
    aspects = []
    for name, (yes, no) in _FLAGS.items():
        if name in arguments:
            expected, found = (say(yes if is_so else no, image=image) for is_so in (arguments[name], facts.get(name)))
            aspects.append(Aspect(holds=bool(facts.get(name)) == arguments[name], expected=expected, found=found))
    for name, subject in _COMPARED.items():
        if name in arguments:
            aspects.append(compare(say(subject, image=image), arguments[name], facts.get(name) or None))
    for name, subject in _TABLES.items():
        for key, condition in arguments.get(name, {}).items():
            observed = facts.get(name, {}).get(key)
            aspects.append(compare(say(subject, image=image, key=code(key)), condition, observed))
    aspects += [_judge_port(port, facts, image) for port in arguments.get("exposed", [])]
    if "size" in arguments:
        aspects.append(compare_amount(say(_("The size of %(image)s"), image=image), arguments["size"], facts["size"]))
    if "smaller_than" in arguments:
        aspects.append(_judge_smaller(arguments["smaller_than"], evidence, image))
    return aspects


def _judge_port(port: Any, facts: dict[str, Any], image: str) -> Aspect:
    wanted = str(port) if "/" in str(port) else f"{port}/tcp"
    exposed = facts.get("exposed", [])
    shown = ", ".join(code(each.removesuffix("/tcp")) for each in exposed)
    return Aspect(
        holds=wanted in exposed,
        expected=say(_("%(image)s exposes port %(port)s"), image=image, port=code(port)),
        found=say(_("%(image)s exposes %(ports)s"), image=image, ports=shown)
        if exposed
        else say(_("%(image)s exposes no port"), image=image),
    )


def _judge_smaller(other: str, evidence: Evidence, image: str) -> Aspect:
    size, others = evidence["image"]["size"], evidence["others"]
    found = {"image": image, "size": say_amount(size), "other": code(other)}
    return Aspect(
        holds=bool(others) and size < others[0],
        expected=say(_("%(image)s is smaller than %(other)s"), image=image, other=code(other)),
        found=say(_("%(image)s has %(size)s, %(other)s has %(others)s"), **found, others=say_amount(others[0]))
        if others
        else say(_THERE[1], name=code(other)),
    )


def _there(arguments: Arguments, evidence: Evidence) -> Texts:
    tags = evidence["tags"]
    if tags:
        return say(_("There are the tags %(names)s"), names=", ".join(code(tag) for tag in tags[:MAX_NAMES]))
    return missing(_THERE, arguments, evidence["names"])
