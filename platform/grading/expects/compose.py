"""`compose`: a project of Docker Compose, as it runs and as its file describes it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from content.problems import ContentErrors
from content.yaml import parse
from grading.expects import file
from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.contents import judge_content
from grading.expects.errors import CouldNotLook
from grading.expects.inside.compose_files import judge_declared
from grading.expects.inside.container_aspects import aspects_of
from grading.expects.inside.containers import MAX_INSPECTED, all_containers, one_container
from grading.expects.inside.engine import TOO_MUCH
from grading.expects.inside.names import MAX_NAMES
from grading.expects.texts import Texts, code, say

LEVEL = "practice"

# Where Compose looks if nothing is said, in its own order.
DEFAULTS = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")

_PROJECT, _SERVICE, _ONE_OFF = (f"com.docker.compose.{name}" for name in ("project", "service", "oneoff"))
_ABOUT_FILE = ("file", "declares", "yaml")
_ABOUT_CONTAINERS = ("services", "absent")


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the project's containers, and its file, as far as they were asked about. Raises CouldNotLook."""
    evidence: Evidence = {}
    if any(name in arguments for name in _ABOUT_FILE):
        evidence["file"] = _gather_file(arguments, view)
    if any(name in arguments for name in _ABOUT_CONTAINERS):
        evidence["services"] = _gather_services(arguments, view)
    return evidence


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare what the file says, then what runs."""
    aspects: list[Aspect] = []
    if "file" in evidence:
        aspects += _judge_file(arguments, evidence["file"])
    services = evidence.get("services", {})
    if arguments.get("absent"):
        expected = say(_("There is no container of the project"))
        found = _say_services(services) if services else expected
        aspects.append(Aspect(holds=not services, expected=expected, found=found))
    for name, wanted in arguments.get("services", {}).items():
        aspects += _judge_service(name, wanted, services)
    running = sorted(name for name, containers in services.items() if any(each["running"] for each in containers))
    return Finding(aspects=tuple(aspects), observed=" ".join(running) or None)


def _gather_file(arguments: Arguments, view: View) -> Evidence:
    """Return the file that is named, or the first there is of those that Compose takes by itself."""
    paths = [arguments["file"]] if "file" in arguments else list(DEFAULTS)
    for path in paths:
        evidence = file.gather({"path": path}, view)
        if evidence["itself"] is not None:
            return {"path": path, **evidence}
    return {"path": paths[0], **evidence}


def _gather_services(arguments: Arguments, view: View) -> dict[str, list[dict[str, Any]]]:
    listed = [item for item in all_containers(view.engine) if _is_of(arguments, item["labels"])]
    if len(listed) > MAX_INSPECTED:
        raise CouldNotLook(TOO_MUCH, f"{len(listed)} containers to be read")
    services: dict[str, list[dict[str, Any]]] = {}
    for item in listed:
        facts = one_container(view.engine, item["id"])
        if facts is not None:
            services.setdefault(item["labels"][_SERVICE], []).append(facts)
    return services


def _is_of(arguments: Arguments, labels: dict[str, str]) -> bool:
    """Whether a container belongs to the project (to any where none is named), and not to a `docker compose run`."""
    is_service = _SERVICE in labels and labels.get(_ONE_OFF, "False") != "True"
    return is_service and labels.get(_PROJECT) == arguments.get("project", labels.get(_PROJECT))


def _judge_file(arguments: Arguments, evidence: Evidence) -> list[Aspect]:
    path = code(evidence["path"])
    is_there = file.judge({"path": evidence["path"], "type": "file"}, evidence)
    if not is_there.passed:
        return list(is_there.aspects)
    content, complete = evidence["content"], evidence["complete"]
    aspects = list(is_there.aspects)
    if not complete:
        expected = say(_("%(path)s is valid %(syntax)s"), path=path, syntax="YAML")
        too_long = say(_("%(path)s is too long to be compared"), path=path)
        return [*aspects, Aspect(holds=False, expected=expected, found=too_long)]
    if "declares" in arguments:
        aspects += _judge_declares(arguments["declares"], content, path)
    if "yaml" in arguments:
        aspects += judge_content({"yaml": arguments["yaml"]}, content, complete=True, path=path)
    return aspects


def _judge_declares(declares: Arguments, content: str, path: str) -> list[Aspect]:
    try:
        tree = parse(content, file="").data  # bounded in size, depth, nodes and aliases
    except ContentErrors:
        expected = say(_("%(path)s is valid %(syntax)s"), path=path, syntax="YAML")
        found = say(_("%(path)s cannot be read as %(syntax)s"), path=path, syntax="YAML")
        return [Aspect(holds=False, expected=expected, found=found)]
    services = tree.get("services") if isinstance(tree, dict) else None
    known = services if isinstance(services, dict) else {}
    return [aspect for name, wanted in declares.items() for aspect in judge_declared(name, wanted, known, path)]


def _judge_service(name: str, wanted: Arguments, services: dict[str, list[dict[str, Any]]]) -> list[Aspect]:
    """Compare how many containers of a service run, then one that is not as it should be."""
    containers = services.get(name, [])
    if wanted.get("absent"):
        expected = say(_("There is no container of the service %(name)s"), name=code(name))
        return [Aspect(holds=not containers, expected=expected, found=_say_services(services))]
    running = [facts for facts in containers if facts["running"]]
    subject = say(_("The number of running containers of the service %(name)s"), name=code(name))
    number = compare(subject, wanted.get("replicas", {"min": 1}), len(running))
    aspects = [
        number if containers else Aspect(holds=number.holds, expected=number.expected, found=_say_services(services))
    ]
    service = say(_("the service %(name)s"), name=code(name))
    judged = [aspects_of(wanted, facts, service) for facts in running]
    failing = [found for found in judged if not all(aspect.holds for aspect in found)]
    return aspects + next(iter(failing or judged), [])


def _say_services(services: dict[str, list[dict[str, Any]]]) -> Texts:
    if not services:
        return say(_("There are no containers of services"))
    shown = ", ".join(code(name) for name in sorted(services)[:MAX_NAMES])
    return say(_("There are containers of the services %(names)s"), names=shown)
