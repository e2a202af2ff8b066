"""The checks of one task: from the YAML of `expect:` to documents, and back for somebody who corrects them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from content import schemas, values, yaml
from content.documents import ExpectDocument, Texts, TryCase, ValueSpec
from content.problems import ContentErrors, Problem

_OPTIONS = frozenset({"weight", "try", "hide", "holds"})
# A lab around the checks alone, so that the published schema of lab.yaml is what judges them.
_AROUND = ("image: any", "tasks:", "  task:", "    solution: ['true']", "    expect:")
_INDENT = " " * 6


def read_expects(
    text: str, *, file: str, specs: Iterable[ValueSpec], scripts: Mapping[str, str]
) -> tuple[ExpectDocument, ...]:
    """Return the checks that a list in YAML describes. Raises ContentErrors, whose lines count in `text`.

    `scripts` are the texts of the check scripts that may be named, by their path in the lesson's folder.
    """
    lines = [*_AROUND, *(f"{_INDENT}{line}" for line in text.splitlines())]
    located = yaml.parse("\n".join(lines) + "\n", file=file, first_line=1 - len(_AROUND))
    specs = tuple(specs)
    found = schemas.check(located, "lab") if not specs else []
    for drawn in values.extremes(specs) if specs else ():
        found += schemas.check(located, "lab", data=values.fill(located.data, drawn, specs))
    if not found:
        found += _unknown_scripts(located, scripts)
    if found:
        raise ContentErrors(found)
    return tuple(expect_of(check, scripts) for check in located.data["tasks"]["task"]["expect"])


def write_expects(expects: Iterable[ExpectDocument]) -> str:
    """Return the YAML in which an author would have written these checks."""
    written = StringIO()
    emitter = YAML()
    emitter.default_flow_style = False
    emitter.width = 100
    emitter.dump([_written(expect) for expect in expects], written)
    return written.getvalue()


def expect_of(check: Mapping[str, Any], scripts: Mapping[str, str]) -> ExpectDocument:
    """Return one check that the schema has accepted."""
    [(kind, written)] = check.items()
    arguments = {name: value for name, value in written.items() if name not in _OPTIONS}
    if kind == "script":
        arguments["source"] = scripts[written["file"]]
    return ExpectDocument(
        kind=kind,
        arguments=arguments,
        weight=written.get("weight", 1),
        tries=_tries(written.get("try")),
        hide=written.get("hide", False),
        holds=written.get("holds", False),
    )


def scripts_of(expects: Iterable[ExpectDocument]) -> dict[str, str]:
    """Return the texts of the scripts that checks name."""
    return {each.arguments["file"]: each.arguments["source"] for each in expects if each.kind == "script"}


def _tries(written: Any) -> tuple[TryCase, ...]:
    if written is None:
        return ()
    cases = written if isinstance(written, list) else [written]
    return tuple(TryCase(text=_texts(case), when=case.get("when")) for case in cases)


def _texts(case: Mapping[str, Any]) -> Texts:
    return {language: text for language, text in case.items() if language != "when"}


def _written(expect: ExpectDocument) -> dict[str, Any]:
    inner: dict[str, Any] = {name: value for name, value in expect.arguments.items() if name != "source"}
    if expect.weight != 1:
        inner["weight"] = expect.weight
    inner.update({name: True for name in ("hide", "holds") if getattr(expect, name)})
    if expect.tries:
        cases = [{**case.text, **({"when": case.when} if case.when else {})} for case in expect.tries]
        inner["try"] = cases if len(cases) > 1 else cases[0]
    return {expect.kind: inner}


def _unknown_scripts(located: yaml.Located, scripts: Mapping[str, str]) -> list[Problem]:
    found = []
    for position, check in enumerate(located.data["tasks"]["task"]["expect"]):
        name = check.get("script", {}).get("file")
        if name is not None and name not in scripts:
            line = located.line("tasks", "task", "expect", position)
            known = ", ".join(f"`{each}`" for each in sorted(scripts)) or "none"
            found.append(
                Problem(located.file, line, f"There is no script `{name}` here.", f"There is: {known}.", "files")
            )
    return found
