"""lab.yaml, the scripts and the files beside it, as one document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content import schemas, values, yaml
from content.documents import (
    LabDocument,
    PortDocument,
    StepDocument,
    TaskDocument,
    TerminalDocument,
    ValueSpec,
)
from content.expects import expect_of
from content.files import read_home, read_script, read_yaml
from content.problems import Problem, Problems

_UNITS = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}
_LIMITS = {"memory": "memory_bytes", "disk": "disk_bytes", "cpus": "cpus", "pids": "pids"}


@dataclass
class LabSource:
    """A lab and where its parts stand."""

    folder: Path
    located: yaml.Located
    document: LabDocument
    """Titles of tasks are still empty: they stand in the lesson."""
    scripts: dict[str, str] = field(default_factory=dict)
    """Texts of checks by their path in the folder."""

    def line(self, *path: str | int) -> int:
        return self.located.line(*path)


def load_lab(folder: Path, problems: Problems) -> LabSource | None:
    """The lab of a lesson; None where there is none or it cannot be used (then problems were noted)."""
    path = folder / "lab.yaml"
    if not path.exists():
        return None
    located = read_yaml(path, problems)
    if located is None:
        return None
    wrong = _hold_against_schema(located)
    if wrong:
        problems.extend(wrong)
        return None
    return _build(folder, located, problems)


def _hold_against_schema(located: yaml.Located) -> list[Problem]:
    """Problems with the ends of every range filled in, so that no draw can break what passes here."""
    plain = schemas.check(located, "lab")
    declared = located.data.get("values", {}) if isinstance(located.data, dict) else {}
    if not isinstance(declared, dict) or not declared:
        return plain
    span = {line for path, line in located.lines.items() if path[:1] == ("values",)}
    broken = [problem for problem in plain if problem.line in span] + _look_at_values(located, declared)
    if broken:
        return broken
    specs = values.specs_from(declared)
    found: set[Problem] = set()
    for drawn in values.extremes(specs):
        found.update(schemas.check(located, "lab", data=values.fill(located.data, drawn, specs)))
    return sorted(found)


def _look_at_values(located: yaml.Located, declared: Mapping[str, Any]) -> list[Problem]:
    problems = Problems()
    for name, declaration in declared.items():
        line = located.line("values", name)
        if name in values.RESERVED:
            mend = "Choose another name: programs take this one as a setting."
            problems.add(located.file, line, "values", f"A value cannot be called `{name}`.", mend)
        if name == values.CHALLENGE:
            mend = "Choose another name: each `http` and `command` check draws this one when it looks."
            problems.add(located.file, line, "values", f"A value cannot be called `{name}`.", mend)
        ends = declaration.get("int") if isinstance(declaration, dict) else None
        if (
            isinstance(ends, list)
            and len(ends) == 2
            and all(isinstance(end, int) for end in ends)
            and ends[0] >= ends[1]
        ):
            mend = f"Write the smaller number first: `{{int: [{min(ends)}, {max(ends) + (ends[0] == ends[1])}]}}`."
            problems.add(located.file, line, "values", f"The range of `{name}` has nothing to choose from.", mend)
    return list(problems)


def _build(folder: Path, located: yaml.Located, problems: Problems) -> LabSource:
    data = located.data
    scripts = _scripts(folder, data, problems)
    document = LabDocument(
        image=data["image"],
        profile=data.get("profile", "standard"),
        minutes=data.get("minutes", 45),
        idle=data.get("idle", 15),
        limits={_LIMITS[name]: _amount(limit) for name, limit in data.get("limits", {}).items()},
        values=values.specs_from(data.get("values", {})),
        terminals=tuple(
            TerminalDocument(name=item["name"], title=item.get("title", {}))
            for item in data.get("terminals", [{"name": "main"}])
        ),
        setup=read_script(folder / "setup.sh", problems) if (folder / "setup.sh").exists() else "",
        files=read_home(folder / "files", problems),
        tasks=tuple(_task(slug, task, scripts) for slug, task in data.get("tasks", {}).items()),
        ports=tuple(PortDocument(port=str(item["port"]), title=item["title"]) for item in data.get("ports", ())),
        images=tuple(data.get("images", ())),
    )
    return LabSource(folder, located, document, scripts)


def _amount(limit: str | float) -> float:
    """`256 MiB` in bytes; numbers as they are."""
    if not isinstance(limit, str):
        return limit
    unit = limit[-3:]
    return int(limit[:-3]) * _UNITS[unit]


def _scripts(folder: Path, data: Mapping[str, Any], problems: Problems) -> dict[str, str]:
    names = [
        arguments["file"]
        for task in data.get("tasks", {}).values()
        for check in task["expect"]
        for kind, arguments in check.items()
        if kind == "script"
    ]
    return {name: read_script(folder / name, problems) for name in dict.fromkeys(names)}


def _task(slug: str, task: Mapping[str, Any], scripts: Mapping[str, str]) -> TaskDocument:
    expect = tuple(expect_of(check, scripts) for check in task["expect"])
    return TaskDocument(
        slug=slug,
        points=task.get("points", sum(check.weight for check in expect)),
        needs=tuple(task.get("needs", ())),
        title={},
        expect=expect,
        solution=tuple(_step(step) for step in task["solution"]),
    )


def _step(step: str | Mapping[str, Any]) -> StepDocument:
    return StepDocument(run=step) if isinstance(step, str) else StepDocument(**step)


def value_names(specs: tuple[ValueSpec, ...]) -> frozenset[str]:
    return frozenset(spec.name for spec in specs)
