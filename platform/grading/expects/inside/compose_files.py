"""The services of a Compose file. Most things can be written in a short way and in a long one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect
from grading.expects.inside.references import spellings
from grading.expects.operators import as_text
from grading.expects.texts import code, join, say

MAX_LISTED = 100  # ports, volumes or dependencies of one service


def judge_declared(name: str, wanted: Arguments, services: dict[str, Any], path: str) -> list[Aspect]:
    """Hold one service of a file against what is asked of it."""
    expected = say(_("%(path)s has a service %(name)s"), path=path, name=code(name))
    service = services.get(name)
    if not isinstance(service, dict):
        shown = ", ".join(code(each) for each in list(services)[:MAX_LISTED])
        found = say(_("%(path)s has no service %(name)s"), path=path, name=code(name))
        if shown:
            found = say(_("%(found)s; there is %(names)s"), found=found, names=shown)
        return [Aspect(holds=False, expected=expected, found=found)]
    aspects = [Aspect(holds=True, expected=expected, found=expected)]
    aspects += _judge_scalars(name, wanted, service)
    aspects += _judge_flags(name, wanted, service)
    aspects += _judge_names(name, wanted, service)
    aspects += _judge_tables(name, wanted, service)
    return aspects


_SCALARS = {
    "image": _("The image of the service %(name)s"),
    "command": _("The command of the service %(name)s"),
    "restart": _("The restart policy of the service %(name)s"),
}
_FLAGS = {
    "build": (_("The service %(name)s is built"), _("The service %(name)s is not built")),
    "healthcheck": (_("The service %(name)s has a health check"), _("The service %(name)s has no health check")),
}
_NAMES = {
    "depends_on": (_("The service %(name)s depends on %(other)s"), _("The service %(name)s depends on nothing")),
    "networks": (_("The service %(name)s is in the network %(other)s"), _("The service %(name)s names no network")),
}
_TABLES = {
    "ports": _("What port %(key)s of the lab leads to in the service %(name)s"),
    "volumes": _("What is mounted at %(key)s in the service %(name)s"),
    "environment": _("In the service %(name)s, the variable %(key)s"),
}


def _judge_scalars(name: str, wanted: Arguments, service: dict[str, Any]) -> list[Aspect]:
    aspects = []
    for key, subject in _SCALARS.items():
        if key in wanted:
            written = service.get(key)
            observed = " ".join(map(as_text, written)) if isinstance(written, list) else written
            others = spellings(observed) if key == "image" and isinstance(observed, str) else []
            aspects.append(compare(say(subject, name=code(name)), wanted[key], observed, *others))
    return aspects


def _judge_flags(name: str, wanted: Arguments, service: dict[str, Any]) -> list[Aspect]:
    aspects = []
    for key, sentences in _FLAGS.items():
        if key in wanted:
            written = service.get(key)
            is_so = written is not None and not (isinstance(written, dict) and written.get("disable") is True)
            yes, no = (say(sentence, name=code(name)) for sentence in sentences)
            expected, found = (yes if wanted[key] else no), (yes if is_so else no)
            aspects.append(Aspect(holds=is_so == wanted[key], expected=expected, found=found))
    return aspects


def _judge_names(name: str, wanted: Arguments, service: dict[str, Any]) -> list[Aspect]:
    aspects = []
    for key, (sentence, nothing) in _NAMES.items():
        written = service.get(key)
        listed = [as_text(item) for item in list(written)[:MAX_LISTED]] if isinstance(written, list | dict) else []
        said = [say(sentence, name=code(name), other=code(other)) for other in listed]
        found = join(said, ", ") or say(nothing, name=code(name))
        aspects += [
            Aspect(holds=other in listed, expected=say(sentence, name=code(name), other=code(other)), found=found)
            for other in wanted.get(key, [])
        ]
    return aspects


def _judge_tables(name: str, wanted: Arguments, service: dict[str, Any]) -> list[Aspect]:
    read = {"ports": _ports, "volumes": _volumes, "environment": _environment}
    return [
        compare(say(subject, name=code(name), key=code(key)), condition, read[table](service.get(table)).get(key))
        for table, subject in _TABLES.items()
        for key, condition in wanted.get(table, {}).items()
    ]


def _items(written: Any) -> list[Any]:
    return written[:MAX_LISTED] if isinstance(written, list) else []


def _ports(written: Any) -> dict[str, str]:
    """Return the port of the container by that of the lab: of `127.0.0.1:8080:80/tcp`, and of the long form."""
    led = {}
    for item in _items(written):
        if isinstance(item, dict):
            led[as_text(item.get("published"))] = as_text(item.get("target"))
        else:
            *_address, outer, inner = ("", *as_text(item).removesuffix("/tcp").split(":"))
            led[outer] = inner
    return led


def _volumes(written: Any) -> dict[str, str]:
    """Return what is mounted by its place in the container: of `datos:/var/lib/x:ro`, and of the long form."""
    mounted = {}
    for item in _items(written):
        if isinstance(item, dict):
            mounted[as_text(item.get("target"))] = as_text(item.get("source"))
        else:
            source, _colon, rest = as_text(item).partition(":")
            mounted[rest.partition(":")[0] or source] = source
    return mounted


def _environment(written: Any) -> dict[str, Any]:
    """Return variables, written as a mapping or as a list of `NAME=value`."""
    if isinstance(written, dict):
        return written
    return {name: value for name, _sign, value in (as_text(item).partition("=") for item in _items(written))}
