"""The published JSON Schemas, and how a file is held against them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from content import sentences
from content.problems import Problem
from content.yaml import Located, Path

# References inside the schemas are resolved against this address and never leave the folder `schema/`.
BASE = "file:///schema/"


def expect_kinds() -> tuple[str, ...]:
    """Every kind that a check can have, in alphabetical order."""
    folder = files("content") / "schema" / "expects"
    return tuple(sorted(item.name.removesuffix(".schema.json") for item in folder.iterdir()))


@cache
def read(name: str) -> dict[str, Any]:
    """The schema `lab`, `course`, `chapter`, `lesson`, `common` or `expects/<kind>`."""
    text = (files("content") / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@cache
def _registry() -> Registry[Any]:
    names = ["lab", "course", "chapter", "lesson", "common", *(f"expects/{kind}" for kind in expect_kinds())]
    resources = [(f"{BASE}{name}.schema.json", DRAFT202012.create_resource(read(name))) for name in names]
    registry: Registry[Any] = Registry()
    return registry.with_resources(resources)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"{BASE}{name}.schema.json"}, registry=_registry())


def check(located: Located, name: str, *, data: Any = None) -> list[Problem]:
    """Everything in which a file differs from its schema.

    `data` stands for `located.data` where values have been filled in: same shape, same lines.
    """
    subject = located.data if data is None else data
    found = [problem for error in _validator(name).iter_errors(subject) for problem in _problems(error, located)]
    return list(dict.fromkeys(found))


def _problems(error: ValidationError, located: Located) -> list[Problem]:
    path: Path = tuple(error.absolute_path)
    problems = []
    for key in sentences.guilty_keys(error):
        line = located.line(*path, key) if key is not None else located.line(*path)
        message, mend = sentences.explain(error, path, key, located.raw.get(path))
        problems.append(Problem(located.file, line, message, mend, "schema"))
    return problems
