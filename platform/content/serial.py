"""Documents to JSON and back, driven by the type annotations of their fields."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from types import NoneType, UnionType
from typing import Any, Literal, Self, Union, get_args, get_origin, get_type_hints

# The key that tells members of a union of documents apart.
KIND_KEY = "type"


@dataclass(frozen=True, kw_only=True)
class Document:
    """Base of everything that content gives to others: frozen, and equal to what its own JSON gives back."""

    def to_json(self) -> dict[str, Any]:
        """A tree of dicts, lists, strings, numbers, booleans and None; bytes are base64 text."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`. Raises KeyError for a missing field, ValueError for one of the wrong shape.

        A field that has a default may be missing: documents that were stored before it existed can still be read.
        """
        hints, optional = _hints(cls), _optional(cls)
        return cls(
            **{
                name: _typed(document[name], hint)
                for name, hint in hints.items()
                if name in document or name not in optional
            }
        )

    def digest(self) -> str:
        """64 hexadecimal digits, equal exactly when two documents of one class are equal."""
        canonical = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


_HINTS: dict[type[Document], dict[str, Any]] = {}  # evaluating annotations is slow, and they never change


def _hints(cls: type[Document]) -> dict[str, Any]:
    if cls not in _HINTS:
        hints = get_type_hints(cls)
        _HINTS[cls] = {field.name: hints[field.name] for field in fields(cls)}
    return _HINTS[cls]


def _optional(cls: type[Document]) -> frozenset[str]:
    """The names of fields that have a default."""
    return frozenset(
        each.name for each in fields(cls) if each.default is not MISSING or each.default_factory is not MISSING
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Document):
        return {KIND_KEY: type(value).__name__, **value.to_json()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value


def _typed(value: Any, hint: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if hint is Any or origin is Literal:
        return value
    if origin in (Union, UnionType):
        return _member(value, arguments)
    if origin is tuple:
        return tuple(_typed(item, arguments[0]) for item in value)
    if origin is dict:
        return {key: _typed(item, arguments[1]) for key, item in value.items()}
    if issubclass(hint, Document):
        return hint.from_json(value)
    if hint is bytes:
        return base64.b64decode(value, validate=True)
    if isinstance(value, hint) or (hint is float and isinstance(value, int)):
        return value
    raise ValueError(f"{value!r} is not {hint.__name__}")


def _member(value: Any, members: tuple[Any, ...]) -> Any:
    if value is None and NoneType in members:
        return None
    candidates = [member for member in members if member is not NoneType]
    if len(candidates) == 1:
        return _typed(value, candidates[0])
    for member in candidates:
        if member.__name__ == value[KIND_KEY]:
            return member.from_json(value)
    raise ValueError(f"{value[KIND_KEY]!r} is none of {', '.join(member.__name__ for member in candidates)}")
