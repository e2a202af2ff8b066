"""What makes two sandboxes interchangeable. Plain Python: content and lab sessions build it, runtimes read it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from sandboxes.limits import Limits
from sandboxes.runtimes.container_body import fingerprint

# Part of every digest. Raise it when set-up itself begins to work differently: the warm sandboxes of the old kind then
# stop being claimable and are replaced. What profiles tell the engine is in the digest anyway.
FORMAT = 1


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Everything that is decided before a learner is known: two sandboxes of one environment are interchangeable."""

    image: str
    """Full tag of the image (`muelle/standard:<digest>`), not the name an instructor writes: a rebuilt image is another
    environment, so its warm sandboxes are not mixed with the old ones."""
    profile: str = "standard"
    limits: Limits = field(default_factory=Limits)
    setup: str = ""
    """Text of the set-up script; empty for none."""
    values: Any = None
    """How values are drawn, as JSON; just data to this package. The values themselves differ by sandbox."""
    files: str = ""
    """Digest of the files that it finds in its home; empty for none."""

    def digest(self) -> str:
        """64 hexadecimal digits, equal exactly when environments are equal; in any process that runs the same code."""
        canonical = json.dumps(
            {"format": FORMAT, "body": fingerprint(self.profile), **self.to_json()},
            sort_keys=True,
            separators=(",", ":"),
            ensure_ascii=True,
            allow_nan=False,
        )
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        return {
            "image": self.image,
            "profile": self.profile,
            "limits": self.limits.to_json(),
            "setup": self.setup,
            "values": self.values,
            "files": self.files,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`. Raises TypeError for fields that do not exist, KeyError without limits."""
        return cls(**{**document, "limits": Limits.from_json(document["limits"])})
