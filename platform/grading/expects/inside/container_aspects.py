"""What can be asked of a container, one function for each argument that is more than a comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.amounts import compare_amount
from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect
from grading.expects.inside.containers import Facts
from grading.expects.texts import Texts, code, say

# Arguments that are compared with the fact of their name. Of a list of facts, the first is shown and any will do.
_COMPARED = {
    "image": _("The image of %(container)s"),
    "state": _("The state of %(container)s"),
    "exit_code": _("The exit code of %(container)s"),
    "health": _("The health of %(container)s"),
    "command": _("The command of %(container)s"),
    "user": _("The user of %(container)s"),
    "restart": _("The restart policy of %(container)s"),
    "restarts": _("The number of restarts of %(container)s"),
    "cpus": _("The limit of processors of %(container)s"),
}
_FLAGS = {
    "running": (_("%(container)s is running"), _("%(container)s is not running")),
    "read_only": (_("%(container)s cannot write to its root"), _("%(container)s can write to its root")),
    "root": (_("%(container)s runs as root"), _("%(container)s does not run as root")),
}  # fmt: skip
_MOUNT = {
    "type": _("The kind of what is mounted at %(path)s in %(container)s"),
    "source": _("What is mounted at %(path)s in %(container)s"),
    "read_only": _("Whether %(path)s in %(container)s is read-only"),
}
_TABLES = {
    "env": _("In %(container)s, the variable %(key)s"),
    "labels": _("Of %(container)s, the label %(key)s"),
    "changes": _("In the layer of %(container)s, %(key)s"),
}


def aspects_of(arguments: Arguments, facts: Facts | None, container: Texts) -> list[Aspect]:
    """Hold what is asked for against a container, in the order of the explanation.

    Without facts, of a container that is not there: only what is expected means something then.
    """
    known = facts or {}
    return [
        Aspect(holds=aspect.holds, expected=_capital(aspect.expected), found=_capital(aspect.found))
        for judge in _JUDGES
        for aspect in judge(arguments, known, container)
    ]


def _flags(arguments: Arguments, facts: Facts, container: Texts) -> Iterator[Aspect]:
    for name, (yes, no) in _FLAGS.items():
        if name in arguments:
            is_so = bool(facts.get(name))
            yield Aspect(
                holds=is_so == arguments[name],
                expected=say(yes if arguments[name] else no, container=container),
                found=say(yes if is_so else no, container=container),
            )


def _compared(arguments: Arguments, facts: Facts, container: Texts) -> Iterator[Aspect]:
    for name, subject in _COMPARED.items():
        if name in arguments:
            observed = facts.get(name)
            candidates = observed if isinstance(observed, list) else [observed]
            yield compare(say(subject, container=container), arguments[name], *(candidates or [None]))


def _memory(arguments: Arguments, facts: Facts, container: Texts) -> Iterator[Aspect]:
    if "memory" in arguments:
        subject = say(_("The memory limit of %(container)s"), container=container)
        yield compare_amount(subject, arguments["memory"], facts.get("memory"))


def _tables(arguments: Arguments, facts: Facts, container: Texts) -> Iterator[Aspect]:
    for name, subject in _TABLES.items():
        for key, condition in arguments.get(name, {}).items():
            observed = facts.get(name, {}).get(key)
            yield compare(say(subject, container=container, key=code(key)), condition, observed)


def _ports(arguments: Arguments, facts: Facts, container: Texts) -> Iterator[Aspect]:
    published = facts.get("ports", {})
    pairs = [(outer, inner) for outer, inners in published.items() for inner in inners]
    shown = ", ".join(f"{outer.removesuffix('/tcp')}:{inner.removesuffix('/tcp')}" for outer, inner in pairs)
    found = say(_("%(container)s publishes no port"), container=container)
    if shown:
        found = say(_("%(container)s publishes %(ports)s"), container=container, ports=code(shown))
    for outer, inner in arguments.get("ports", {}).items():
        message = _("Port %(port)s of the lab leads to port %(inner)s of %(container)s")
        yield Aspect(
            holds=_with_protocol(inner) in published.get(_with_protocol(outer), []),
            expected=say(message, port=code(outer), inner=code(inner), container=container),
            found=found,
        )
    if "published" in arguments:
        subject = say(_("The number of published ports of %(container)s"), container=container)
        yield compare(subject, arguments["published"], len(published))


def _networks(arguments: Arguments, facts: Facts, container: Texts) -> Iterator[Aspect]:
    attached = facts.get("networks", [])
    shown = ", ".join(code(name) for name in attached)
    found = say(_("%(container)s is in no network"), container=container)
    if attached:
        found = say(_("%(container)s is in %(networks)s"), container=container, networks=shown)
    for network in arguments.get("networks", []):
        expected = say(_("%(container)s is in the network %(name)s"), container=container, name=code(network))
        yield Aspect(holds=network in attached, expected=expected, found=found)


def _mounts(arguments: Arguments, facts: Facts, container: Texts) -> Iterator[Aspect]:
    for place, wanted in arguments.get("mounts", {}).items():
        mount = facts.get("mounts", {}).get(place, {})
        conditions = wanted if isinstance(wanted, dict) else {"source": wanted}
        for name, subject in _MOUNT.items():
            if name in conditions:
                yield compare(say(subject, path=code(place), container=container), conditions[name], mount.get(name))


_JUDGES: tuple[Callable[[Arguments, Facts, Texts], Iterator[Aspect]], ...] = (
    _flags,
    _compared,
    _ports,
    _mounts,
    _networks,
    _tables,
    _memory,
)


def _with_protocol(port: Any) -> str:
    written = str(port)
    return written if "/" in written else f"{written}/tcp"


def _capital(said: Texts) -> Texts:
    return {language: text[:1].upper() + text[1:] for language, text in said.items()}
