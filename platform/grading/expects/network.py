"""`network`: a network of the lab's own engine."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.inside.fields import flag, rows, table, text, texts
from grading.expects.inside.names import absence, presence
from grading.expects.texts import Texts, code, say

LEVEL = "practice"

_THERE = (_("There is a network %(name)s"), _("There is no network %(name)s"))


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the network with what is attached to it now. Raises CouldNotLook."""
    listed = rows(view.engine.read("networks"))
    found = next((item for item in listed if text(item, "Name") == arguments["name"]), None)
    evidence: Evidence = {"names": sorted(text(item, "Name") for item in listed), "network": None}
    # The list does not say what is attached.
    network = None if found is None else view.engine.read("networks", text(found, "Id"))
    if network is None:
        return evidence
    attached = table(network, "Containers")
    facts = {
        "driver": text(network, "Driver"),
        "internal": flag(network, "Internal"),
        "labels": texts(network, "Labels"),
        "subnet": ", ".join(text(config, "Subnet") for config in rows(network, "IPAM", "Config")) or None,
        "containers": sorted(text(container, "Name") for container in attached.values()),
    }
    return {**evidence, "network": facts}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare whether it is there, then how it was made, then what is attached."""
    facts = evidence["network"]
    observed = None if facts is None else facts["driver"]
    if arguments.get("absent"):
        return Finding(aspects=(absence(_THERE, arguments, evidence, facts is not None),), observed=observed)
    aspects = [presence(_THERE, arguments, evidence, facts is not None)]
    if facts is not None:
        name = code(arguments["name"])
        if "driver" in arguments:
            aspects.append(
                compare(say(_("The driver of the network %(name)s"), name=name), arguments["driver"], observed)
            )
        if "internal" in arguments:
            aspects.append(_judge_internal(arguments["internal"], facts["internal"], name))
        if "subnet" in arguments:
            subject = say(_("The addresses of the network %(name)s"), name=name)
            aspects.append(compare(subject, arguments["subnet"], facts["subnet"]))
        for key, condition in arguments.get("labels", {}).items():
            subject = say(_("Of the network %(name)s, the label %(key)s"), name=name, key=code(key))
            aspects.append(compare(subject, condition, facts["labels"].get(key)))
        aspects += _judge_attached(arguments, facts["containers"], name)
    return Finding(aspects=tuple(aspects), observed=observed)


def _judge_internal(wanted: bool, internal: bool, name: str) -> Aspect:
    yes = say(_("The network %(name)s is internal"), name=name)
    no = say(_("The network %(name)s is not internal"), name=name)
    return Aspect(holds=wanted == internal, expected=yes if wanted else no, found=yes if internal else no)


def _judge_attached(arguments: Arguments, attached: list[str], name: str) -> list[Aspect]:
    shown = ", ".join(code(container) for container in attached)
    found: Texts = say(_("No running container is in the network %(name)s"), name=name)
    if attached:
        found = say(_("In the network %(name)s are %(containers)s"), name=name, containers=shown)
    aspects = [
        Aspect(
            holds=container in attached,
            expected=say(
                _("The container %(container)s is in the network %(name)s"), container=code(container), name=name
            ),
            found=found,
        )
        for container in arguments.get("containers", [])
    ]
    if "attached" in arguments:
        subject = say(_("The number of running containers in the network %(name)s"), name=name)
        aspects.append(compare(subject, arguments["attached"], len(attached)))
    return aspects
