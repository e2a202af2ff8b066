"""Sentences for what a JSON Schema refuses. An author reads these, not the schema."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import Any

from jsonschema.exceptions import ValidationError

from content.yaml import Path

MAX_QUOTE = 60  # characters of an author's own text that a sentence repeats

_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}


def guilty_keys(error: ValidationError) -> list[str | None]:
    """The keys of a mapping that an error is about; [None] where it is about a value."""
    if error.validator == "additionalProperties":
        known = _resolved(error).get("properties", {})
        return [key for key in _given(error) if key not in known]
    if error.validator == "required":
        return [key for key in _asked(error) if key not in _given(error)]
    if _is_about_a_name(error):
        return [str(_given(error))]
    return [None]


def explain(error: ValidationError, path: Path, key: str | None, raw: str | None) -> tuple[str, str]:
    """Return what is wrong and what to write instead.

    `key` is one of `guilty_keys`; `raw` is the value as it stands in the file, if it is a scalar.
    """
    if _is_about_a_name(error):
        return _explain_name(error, path)
    name = f"`{_last_word(path)}`" if path else "The file"
    if key is not None:
        return (_explain_missing if error.validator == "required" else _explain_unknown)(error, name, key)
    return _EXPLAINERS.get(str(error.validator), _explain_other)(error, name, raw)


def _is_about_a_name(error: ValidationError) -> bool:
    """Whether the error comes from `propertyNames`, whose instance is the key and whose path is that of the mapping."""
    return "propertyNames" in list(error.schema_path)[:-1]


def _explain_name(error: ValidationError, path: Path) -> tuple[str, str]:
    where = f" in `{_last_word(path)}`" if path else ""
    if error.validator == "enum":
        return f"`{quote(_given(error))}` is not a key{where}.", f"Possible keys: {_listed(_asked(error))}."
    return f"`{quote(_given(error))}` cannot be a name{where}.", _mend(error) or "Write lower-case letters and digits."


def _explain_missing(error: ValidationError, name: str, key: str) -> tuple[str, str]:
    schema = _resolved(error).get("properties", {}).get(key, {})
    example = schema.get("examples", ["..."])[0]
    description = schema.get("description", "")
    return f"{name} lacks `{key}`.", f"Add `{key}: {example}`. {description}".strip()


def _explain_unknown(error: ValidationError, name: str, key: str) -> tuple[str, str]:
    known = sorted(_resolved(error).get("properties", {}))
    close = difflib.get_close_matches(key, known, n=1)
    where = f" in {name}" if name != "The file" else ""
    hint = f"Did you mean `{close[0]}`? " if close else ""
    return f"There is no key `{quote(key)}`{where}.", f"{hint}Possible keys: {_listed(known)}."


def _explain_type(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    wanted = _asked(error) if isinstance(_asked(error), list) else [_asked(error)]
    is_now = _describe(_given(error))
    message = f"{name} is {is_now}, not {' or '.join(_TYPES[kind] for kind in wanted)}."
    if wanted == ["string"] and raw:
        return message, f'Put it in quotes: `"{quote(raw)}"`.'
    if wanted == ["array"] and raw:
        return message, _mend(error) or f"Put it in brackets: `[{quote(raw)}]`."
    return message, _mend(
        error
    ) or f"Write {' or '.join(_TYPES[kind] for kind in wanted)}. {_description(error)}".strip()


def _explain_enum(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    close = difflib.get_close_matches(str(_given(error)), [str(value) for value in _asked(error)], n=1)
    hint = f"Did you mean `{close[0]}`? " if close else ""
    return f"{name} cannot be `{quote(_given(error))}`.", f"{hint}Possible: {_listed(_asked(error))}."


def _explain_pattern(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    return f"{name} cannot be `{quote(_given(error))}`.", _mend(error) or _description(error) or "Write it another way."


def _explain_bound(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    words = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "more than"}[str(error.validator)]
    return (
        f"{name} is {quote(_given(error))}.",
        f"Write a number of {words} {_asked(error)}. {_description(error)}".strip(),
    )


def _explain_length(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    units = {"Length": "character", "Items": "item", "Properties": "key"}
    unit = next(word for ending, word in units.items() if str(error.validator).endswith(ending))
    size, limit = len(_given(error)), _asked(error)
    counted = f"{size} {unit}" if size == 1 else f"{size} {unit}s"
    if str(error.validator).startswith("min"):
        message = f"{name} is empty." if not size else f"{name} has {counted}; the least is {limit}."
        return message, _mend(error) or f"Write something, or delete it. {_description(error)}".strip()
    return f"{name} has {counted}; the limit is {limit}.", _mend(error) or "Shorten it."


def _explain_any_of(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    choices = [part["required"][0] for part in _asked(error) if "required" in part]
    return f"{name} says nothing to look at.", f"Add one of {_listed(choices)}."


def _explain_unique(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    return f"{name} says the same thing twice.", "Delete one of them."


def _explain_other(error: ValidationError, name: str, raw: str | None) -> tuple[str, str]:
    return f"{name} is not what it should be.", _mend(error) or _description(error) or quote(error.message)


_EXPLAINERS: dict[str, Callable[[ValidationError, str, str | None], tuple[str, str]]] = {
    "type": _explain_type,
    "enum": _explain_enum,
    "pattern": _explain_pattern,
    "minimum": _explain_bound,
    "maximum": _explain_bound,
    "exclusiveMinimum": _explain_bound,
    "minLength": _explain_length,
    "maxLength": _explain_length,
    "minItems": _explain_length,
    "maxItems": _explain_length,
    "minProperties": _explain_length,
    "maxProperties": _explain_length,
    "anyOf": _explain_any_of,
    "uniqueItems": _explain_unique,
}


def quote(value: Any) -> str:
    """An author's text, on one line and short."""
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_QUOTE else text[: MAX_QUOTE - 1] + "…"


def _resolved(error: ValidationError) -> dict[str, Any]:
    return dict(error.schema) if isinstance(error.schema, dict) else {}


def _asked(error: ValidationError) -> Any:
    """What the schema says."""
    return error.validator_value


def _given(error: ValidationError) -> Any:
    """What the file says."""
    return error.instance


def _mend(error: ValidationError) -> str:
    return str(_resolved(error).get("x-mend", ""))


def _description(error: ValidationError) -> str:
    return str(_resolved(error).get("description", ""))


def _describe(value: Any) -> str:
    if value is None:
        return "empty"
    names = {dict: "a mapping", list: "a list", bool: "`true` or `false`", str: "text"}
    return names.get(type(value), "a number")


def _last_word(path: Path) -> str:
    """The name of a value: its key, with the position behind it if it is one of a list."""
    if isinstance(path[-1], str):
        return quote(path[-1])
    owner = next((part for part in reversed(path) if isinstance(part, str)), "")
    return f"{quote(owner)}[{path[-1]}]"


def _listed(values: Any) -> str:
    return ", ".join(f"`{value}`" for value in values)
