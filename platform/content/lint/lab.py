"""Rules for a lab by itself: texts complete, names known, patterns sound, solutions honest."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from typing import Any

from content.labs import LabSource, value_names
from content.problems import Problems
from content.settings import Settings
from content.values import CHALLENGE, names_in
from content.yaml import Path

# Of all steps of a lab. A step that changes no check teaches looking; a lab of such steps checks nothing.
MAX_INERT_SHARE = 0.1

_NESTED_REPEAT = re.compile(r"\([^()]*[+*][^()]*\)[+*{]|[+*]\??[+*{]")


def look_at_lab(lab: LabSource, settings: Settings, problems: Problems) -> None:
    _look_at_image(lab, settings, problems)
    _look_at_languages(lab, settings, problems)
    _look_at_patterns(lab, problems)
    _look_at_names(lab, problems)
    _look_at_needs(lab, problems)
    _look_at_solutions(lab, problems)
    _look_at_terminals(lab, problems)
    _look_at_ports(lab, problems)
    _look_at_scripts(lab, problems)


def walk(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of a tree with the way to it."""
    yield path, tree
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield from walk(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from walk(value, (*path, index))


def _look_at_image(lab: LabSource, settings: Settings, problems: Problems) -> None:
    image = lab.document.image
    if settings.images is None or (settings.images / image / "Dockerfile").is_file():
        return
    known = sorted(folder.parent.name for folder in settings.images.glob("*/Dockerfile"))
    mend = (
        f"Possible: {', '.join(f'`{name}`' for name in known) or 'none yet'}; or write labs/images/{image}/Dockerfile."
    )
    problems.add(lab.located.file, lab.line("image"), "image", f"There is no image `{image}`.", mend)


def _look_at_languages(lab: LabSource, settings: Settings, problems: Problems) -> None:
    """Whatever has a text in one language has it in each of the course's."""
    for path, value in walk(lab.located.data):
        if not isinstance(value, dict) or not value or not set(value) <= {"es", "en", "when"} or set(value) == {"when"}:
            continue
        missing = [language for language in settings.languages if language not in value]
        extra = [language for language in value if language not in (*settings.languages, "when")]
        if missing:
            problems.add(
                lab.located.file,
                lab.line(*path),
                "language",
                f"This text is not there in `{missing[0]}`.",
                f"Add `{missing[0]}: ...`: the course is in {', '.join(settings.languages)}.",
            )
        if extra:
            problems.add(
                lab.located.file,
                lab.line(*path),
                "language",
                f"The course has no language `{extra[0]}`.",
                "Delete the text, or add the language to course.yaml.",
            )


def _look_at_patterns(lab: LabSource, problems: Problems) -> None:
    for path, value in walk(lab.located.data):
        if path[-1:] != ("matches",) or not isinstance(value, str):
            continue
        try:
            re.compile(value)
        except re.error as error:
            message = f"This is not a regular expression: {error.msg}."
            problems.add(
                lab.located.file, lab.line(*path), "pattern", message, "Put a backslash before what is meant as it is."
            )
            continue
        if _NESTED_REPEAT.search(value):
            message = "A repetition stands inside a repetition here."
            mend = (
                "Write it flat (`[a-z ]+`, not `([a-z]+ ?)+`): such patterns can take for ever on what a learner wrote."
            )
            problems.add(lab.located.file, lab.line(*path), "pattern", message, mend)


def _look_at_names(lab: LabSource, problems: Problems) -> None:
    """A placeholder in what is compared has to be declared; in a solution it may be the shell's."""
    declared = value_names(lab.document.values)
    for path, value in walk(lab.located.data):
        if path[:1] != ("tasks",) or path[2:3] != ("expect",) or not isinstance(value, str):
            continue
        known = {*declared, CHALLENGE} if path[4:5] in (("http",), ("command",)) else declared
        for name in names_in(value):
            if name not in known:
                close = difflib.get_close_matches(name, declared, n=1)
                mend = f"Did you mean `${{{close[0]}}}`?" if close else f"Declare it: `values: {{{name}: {{hex: 8}}}}`."
                message = f"The value `{name}` is not declared."
                problems.add(lab.located.file, lab.line(*path), "values", message, mend)


def _look_at_needs(lab: LabSource, problems: Problems) -> None:
    tasks = {task.slug: task for task in lab.document.tasks}
    for task in lab.document.tasks:
        for index, needed in enumerate(task.needs):
            if needed not in tasks:
                close = difflib.get_close_matches(needed, tasks, n=1)
                mend = f"Did you mean `{close[0]}`?" if close else "Write the id of a task of this lab."
                line = lab.line("tasks", task.slug, "needs", index)
                problems.add(lab.located.file, line, "needs", f"There is no task `{needed}`.", mend)
    for slug in tasks:
        circle = _circle({name: task.needs for name, task in tasks.items()}, slug)
        if circle and slug == min(circle):
            message = f"These tasks need each other: {', '.join(f'`{name}`' for name in circle)}."
            problems.add(lab.located.file, lab.line("tasks", slug, "needs"), "needs", message, "Take one need away.")


def _circle(needs: dict[str, tuple[str, ...]], start: str) -> list[str]:
    """The tasks on a way from one back to itself, if there is such a way."""
    reached: dict[str, str] = {}
    waiting = [start]
    while waiting:
        current = waiting.pop()
        for needed in needs.get(current, ()):
            if needed == start:
                circle = [current]
                while circle[-1] != start:
                    circle.append(reached[circle[-1]])
                return sorted(circle)
            if needed not in reached:
                reached[needed] = current
                waiting.append(needed)
    return []


def _look_at_solutions(lab: LabSource, problems: Problems) -> None:
    file = lab.located.file
    for task in lab.document.tasks:
        answers = [index for index, step in enumerate(task.solution) if step.answer]
        asks = any(check.kind == "answer" for check in task.expect)
        if asks and not answers:
            mend = "Mark the step whose last line is the answer: `{run: ..., answer: true}`."
            line = lab.line("tasks", task.slug, "solution")
            problems.add(file, line, "solution", f"The solution of `{task.slug}` gives no answer.", mend)
        if len(answers) > 1:
            line = lab.line("tasks", task.slug, "solution", answers[1])
            problems.add(file, line, "solution", "A second step gives the answer.", "Keep `answer: true` at one step.")
    steps = [step for task in lab.document.tasks for step in task.solution]
    inert = [step for step in steps if step.inert]
    if len(inert) > len(steps) * MAX_INERT_SHARE:
        message = f"{len(inert)} of {len(steps)} steps are `inert`; at most a tenth may be."
        mend = "Make a check depend on them: ask for something that only this step shows."
        problems.add(file, _first_inert(lab), "solution", message, mend)


def _first_inert(lab: LabSource) -> int:
    return min(line for path, line in lab.located.lines.items() if path[-1:] == ("inert",))


def _look_at_terminals(lab: LabSource, problems: Problems) -> None:
    names = [terminal.name for terminal in lab.document.terminals]
    for index, name in enumerate(names):
        if name in names[:index]:
            line = lab.line("terminals", index)
            problems.add(
                lab.located.file, line, "terminal", f"Two terminals are called `{name}`.", "Rename one of them."
            )


def _look_at_ports(lab: LabSource, problems: Problems) -> None:
    """No two ports can come to be the same, whatever is drawn."""
    ranges = {f"${{{spec.name}}}": (spec.minimum, spec.maximum) for spec in lab.document.values}
    seen: dict[str, tuple[int, int]] = {}
    for index, written in enumerate(port.port for port in lab.document.ports):
        first, last = ranges[written] if written in ranges else (int(written), int(written))
        for other, (other_first, other_last) in seen.items():
            if first <= other_last and other_first <= last:
                line = lab.line("ports", index, "port")
                message = f"The ports `{other}` and `{written}` can be the same."
                problems.add(lab.located.file, line, "port", message, "Delete one of them, or change a range.")
        seen[written] = (first, last)


def _look_at_scripts(lab: LabSource, problems: Problems) -> None:
    folder = lab.folder / "checks"
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if f"checks/{path.name}" not in lab.scripts:
            mend = "Name it in a `script:` check of lab.yaml, or delete it."
            problems.add(path, 1, "file", "No check uses this file.", mend)
