"""`dockerfile`: the instructions of a Dockerfile, however they are broken into lines."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop as _

from grading.expects import file
from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.inside.dockerfiles import Instruction, lineage, parse, stages
from grading.expects.inside.images import is_root
from grading.expects.inside.references import spellings
from grading.expects.operators import describe, is_met
from grading.expects.texts import Texts, code, say

LEVEL = "practice"

DEFAULT = "Dockerfile"
MAX_INSTRUCTIONS = 500  # each of which is held against each condition


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return what the `file` kind sees there. Raises CouldNotLook."""
    return file.gather({"path": arguments.get("path", DEFAULT)}, view)


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare whether there is one, then its stages, then its instructions."""
    path = arguments.get("path", DEFAULT)
    is_there = file.judge({"path": path, "type": "file"}, evidence)
    if not is_there.passed:
        return is_there
    content = evidence["content"]
    name = code(path)
    everything = parse(content)
    if not evidence["complete"] or len(everything) > MAX_INSTRUCTIONS:
        found = say(_("%(path)s is too long to be compared"), path=name)
        too_long = Aspect(holds=False, expected=say(_("%(path)s is a Dockerfile"), path=name), found=found)
        return Finding(aspects=(too_long,), observed=content)
    aspects = [*is_there.aspects, *_judge_stages(arguments, everything, name)]
    looked_at = (
        [each for each in everything if each.stage == everything[-1].stage] if arguments.get("final") else everything
    )
    aspects += [_judge_has(item, looked_at, name) for item in arguments.get("has", [])]
    aspects += [_judge_lacks(item, looked_at, name) for item in arguments.get("lacks", [])]
    aspects += _judge_order(arguments.get("order", []), looked_at, name)
    for instruction, condition in arguments.get("counts", {}).items():
        subject = say(_("In %(path)s, the number of %(name)s"), path=name, name=code(instruction))
        aspects.append(compare(subject, condition, sum(each.name == instruction for each in looked_at)))
    return Finding(aspects=tuple(aspects), observed=content)


def _judge_stages(arguments: Arguments, everything: list[Instruction], path: str) -> list[Aspect]:
    known, chain = stages(everything), lineage(everything)
    aspects = []
    if "stages" in arguments:
        aspects.append(compare(say(_("The number of stages of %(path)s"), path=path), arguments["stages"], len(known)))
    if "base" in arguments:
        subject = say(_("The image that the last stage of %(path)s starts from"), path=path)
        bases = [known[stage][0] for stage in chain]
        shown = bases[0] if bases else None
        others = [name for base in bases for name in spellings(base)]
        aspects.append(compare(subject, arguments["base"], shown, *others))
    if "root" in arguments:
        aspects.append(_judge_root(arguments["root"], everything, chain, path))
    return aspects


def _judge_root(wanted: bool, everything: list[Instruction], chain: list[int], path: str) -> Aspect:
    users = [each for stage in chain for each in reversed(everything) if each.name == "USER" and each.stage == stage]
    found = say(_("The last stage of %(path)s has no USER, so it runs as its image says"), path=path)
    if users:
        found = say(_("The last stage of %(path)s runs as %(user)s"), path=path, user=code(users[0].value))
    runs_as_root = not users or is_root(users[0].value)
    yes = say(_("The last stage of %(path)s runs as root"), path=path)
    no = say(_("The last stage of %(path)s does not run as root"), path=path)
    return Aspect(holds=runs_as_root == wanted, expected=yes if wanted else no, found=found)


def _judge_has(item: Any, instructions: list[Instruction], path: str) -> Aspect:
    fitting = next((each for each in instructions if _fits(item, each)), None)
    expected = say(_("%(path)s has %(item)s"), path=path, item=_say_item(item))
    if fitting is not None:
        return Aspect(holds=True, expected=expected, found=_say_line(fitting, path))
    return Aspect(holds=False, expected=expected, found=_say_others(item, instructions, path))


def _judge_lacks(item: Any, instructions: list[Instruction], path: str) -> Aspect:
    fitting = next((each for each in instructions if _fits(item, each)), None)
    expected = say(_("%(path)s does not have %(item)s"), path=path, item=_say_item(item))
    if fitting is not None:
        return Aspect(holds=False, expected=expected, found=_say_line(fitting, path))
    return Aspect(holds=True, expected=expected, found=expected)


def _judge_order(items: list[Any], instructions: list[Instruction], path: str) -> list[Aspect]:
    """Hold each item against what stands below the one before it."""
    aspects, below, before = [], 0, None
    for item in items:
        places = [place for place, each in enumerate(instructions) if _fits(item, each)]
        after = [place for place in places if place >= below]
        if before is not None:
            expected = say(
                _("In %(path)s, %(item)s stands below %(before)s"),
                path=path,
                item=_say_item(item),
                before=_say_item(before),
            )
            found = (
                _say_line(instructions[(after or places)[0]], path) if places else _say_others(item, instructions, path)
            )
            aspects.append(Aspect(holds=bool(after), expected=expected, found=found))
        elif not places:
            aspects.append(_judge_has(item, instructions, path))
        below = after[0] + 1 if after else below
        before = item
    return aspects


def _fits(item: Any, instruction: Instruction) -> bool:
    if isinstance(item, str):
        return instruction.name == item
    [(name, condition)] = item.items()
    return instruction.name == name and any(is_met(condition, value) for value in instruction.spellings)


def _say_item(item: Any) -> Texts:
    if isinstance(item, str):
        return say(_("an instruction %(name)s"), name=code(item))
    [(name, condition)] = item.items()
    return say(_("an instruction %(name)s that %(condition)s"), name=code(name), condition=describe(condition))


def _say_line(instruction: Instruction, path: str) -> Texts:
    written = code(f"{instruction.name} {instruction.value}")
    return say(_("In line %(line)s of %(path)s stands %(written)s"), line=instruction.line, path=path, written=written)


def _say_others(item: Any, instructions: list[Instruction], path: str) -> Texts:
    """Say that it is not there, with the last instruction of that name."""
    name = item if isinstance(item, str) else next(iter(item))
    others = [each for each in instructions if each.name == name]
    if others:
        return _say_line(others[-1], path)
    return say(_("%(path)s has no instruction %(name)s"), path=path, name=code(name))
