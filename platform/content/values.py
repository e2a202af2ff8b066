"""Values that differ from learner to learner: how they are declared, drawn and filled in.

A value is made of letters, digits, dots, hyphens and underscores only, so that it is safe in HTML, in a shell command
and in a path alike; `${name}` is replaced wherever `name` is declared and left alone elsewhere, so that shell variables
survive. Scripts never have values put into their text: they get them as environment variables.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from content.documents import ValueSpec

PLACEHOLDER = re.compile(r"\$\{([a-z][a-z0-9_]{0,31})\}")
SAFE = re.compile(r"-?[A-Za-z0-9][A-Za-z0-9._-]{0,62}")

# Names that a program in the sandbox would take as its own configuration.
RESERVED = frozenset({"http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy"})

# Drawn by each check for itself when it looks, so no lab declares it: what answers to it was not recorded before.
CHALLENGE = "challenge"
CHALLENGE_BYTES = 8  # more than anybody guesses within the seconds that a look takes

Value = str | int


class UnsafeValue(ValueError):
    """Raised to programmers: a value holds characters that could not have been drawn."""


def specs_from(declared: Mapping[str, Mapping[str, Any]]) -> tuple[ValueSpec, ...]:
    """The specifications in `values:` of a lab.yaml that its schema has accepted."""
    return tuple(_spec(name, declaration) for name, declaration in declared.items())


def _spec(name: str, declaration: Mapping[str, Any]) -> ValueSpec:
    [(kind, argument)] = declaration.items()
    if kind == "int":
        return ValueSpec(name=name, kind="int", minimum=argument[0], maximum=argument[1])
    if kind == "choice":
        return ValueSpec(name=name, kind="choice", choices=tuple(argument))
    return ValueSpec(name=name, kind="hex", length=argument)


def draw(seed: str, specs: Iterable[ValueSpec]) -> dict[str, str]:
    """The values of one sandbox. The same seed gives the same values; adding a value does not change the others."""
    return {spec.name: _pick(spec, _number(seed, spec.name)) for spec in specs}


def _number(seed: str, name: str) -> int:
    """A whole number below 2 ** 256 that nobody can guess without the seed."""
    return int.from_bytes(hmac.digest(seed.encode(), name.encode(), hashlib.sha256))


def _pick(spec: ValueSpec, number: int) -> str:
    if spec.kind == "int":
        return str(spec.minimum + number % (spec.maximum - spec.minimum + 1))
    if spec.kind == "choice":
        return spec.choices[number % len(spec.choices)]
    return f"{number:064x}"[: spec.length]


def draw_challenge() -> str:
    """A value that nobody could know before now."""
    return secrets.token_hex(CHALLENGE_BYTES)


def example(specs: Iterable[ValueSpec]) -> dict[str, str]:
    """Values to show where there is no session: plausible, and the same for everybody."""
    return {spec.name: _example(spec) for spec in specs}


def _example(spec: ValueSpec) -> str:
    if spec.kind == "int":
        return str(spec.minimum)
    if spec.kind == "choice":
        return spec.choices[0]
    return ("0a1b2c3d4e5f" * 6)[: spec.length]


def extremes(specs: Sequence[ValueSpec]) -> list[dict[str, str]]:
    """Sets of values in which each end of each range and each choice occurs; for checking what is made of them."""
    alternatives = {spec.name: _alternatives(spec) for spec in specs}
    rounds = max((len(values) for values in alternatives.values()), default=1)
    return [{name: values[number % len(values)] for name, values in alternatives.items()} for number in range(rounds)]


def _alternatives(spec: ValueSpec) -> list[str]:
    if spec.kind == "int":
        return [str(spec.minimum), str(spec.maximum)]
    return list(spec.choices) if spec.kind == "choice" else [_example(spec)]


def names_in(text: str) -> list[str]:
    """The names of all placeholders, declared or not, in their order."""
    return PLACEHOLDER.findall(text)


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Fill in the placeholders of declared names, in plain text or in HTML. Raises UnsafeValue."""
    for name, value in values.items():
        if not SAFE.fullmatch(value):
            raise UnsafeValue(f"The value of {name} has characters that are not allowed in values.")
    return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def fill(tree: Any, values: Mapping[str, str], specs: Iterable[ValueSpec]) -> Any:
    """Fill in every text of a tree of dicts and lists, keys too. Raises UnsafeValue.

    A text that is one placeholder and nothing else takes the type of its value: `"${port}"` becomes the number 8081.
    """
    numbers = frozenset(spec.name for spec in specs if spec.kind == "int")
    return _fill(tree, values, numbers)


def _fill(tree: Any, values: Mapping[str, str], numbers: frozenset[str]) -> Any:
    if isinstance(tree, Mapping):
        return {substitute(key, values): _fill(item, values, numbers) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        return [_fill(item, values, numbers) for item in tree]
    if not isinstance(tree, str):
        return tree
    whole = PLACEHOLDER.fullmatch(tree)
    if whole and whole[1] in numbers and whole[1] in values:
        return int(values[whole[1]])
    return substitute(tree, values)
