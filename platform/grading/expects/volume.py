"""`volume`: a volume of the lab's own engine, and the containers that it is mounted in."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.inside.containers import all_containers
from grading.expects.inside.fields import rows, text, texts
from grading.expects.inside.names import absence, presence
from grading.expects.texts import code, say

LEVEL = "practice"

_THERE = (_("There is a volume %(name)s"), _("There is no volume %(name)s"))


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the volume with the containers, running or not, that have it mounted. Raises CouldNotLook."""
    listed = rows(view.engine.read("volumes"), "Volumes")
    found = next((item for item in listed if text(item, "Name") == arguments["name"]), None)
    evidence: Evidence = {"names": sorted(text(item, "Name") for item in listed), "volume": None}
    if found is None:
        return evidence
    facts = {"driver": text(found, "Driver"), "labels": texts(found, "Labels")}
    if "used_by" in arguments or "users" in arguments:
        containers = all_containers(view.engine)
        facts["used_by"] = sorted(item["name"] for item in containers if arguments["name"] in item["volumes"])
    return {**evidence, "volume": facts}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare whether it is there, then how it was made, then who has it."""
    facts = evidence["volume"]
    observed = None if facts is None else facts["driver"]
    if arguments.get("absent"):
        return Finding(aspects=(absence(_THERE, arguments, evidence, facts is not None),), observed=observed)
    aspects = [presence(_THERE, arguments, evidence, facts is not None)]
    if facts is not None:
        name = code(arguments["name"])
        if "driver" in arguments:
            aspects.append(
                compare(say(_("The driver of the volume %(name)s"), name=name), arguments["driver"], observed)
            )
        for key, condition in arguments.get("labels", {}).items():
            subject = say(_("Of the volume %(name)s, the label %(key)s"), name=name, key=code(key))
            aspects.append(compare(subject, condition, facts["labels"].get(key)))
        aspects += _judge_users(arguments, facts.get("used_by", []), name)
    return Finding(aspects=tuple(aspects), observed=observed)


def _judge_users(arguments: Arguments, users: list[str], name: str) -> list[Aspect]:
    found = say(_("No container has the volume %(name)s"), name=name)
    if users:
        shown = ", ".join(code(user) for user in users)
        found = say(_("The volume %(name)s is mounted in %(containers)s"), name=name, containers=shown)
    aspects = [
        Aspect(
            holds=container in users,
            expected=say(_("The volume %(name)s is mounted in %(containers)s"), name=name, containers=code(container)),
            found=found,
        )
        for container in arguments.get("used_by", [])
    ]
    if "users" in arguments:
        subject = say(_("The number of containers that have the volume %(name)s"), name=name)
        aspects.append(compare(subject, arguments["users"], len(users)))
    return aspects
