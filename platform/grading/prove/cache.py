"""What was proved before, by a digest of everything that a proof depends on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.utils import timezone

import content.values
import grading.checks
import grading.expects
from content.documents import LabDocument
from lab_sessions.environments import environment_for
from sandboxes.runtimes.base import PermanentFault


class Cache:
    """One small file for each lab that was proved. Failed proofs are not remembered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def knows(self, lab: LabDocument) -> bool:
        """Whether exactly this lab was proved with exactly these checks, image and agent."""
        digest = digest_of(lab)
        return digest is not None and (self._folder / f"{digest}.json").is_file()

    def remember(self, lab: LabDocument, name: str) -> None:
        """Note that a lab was proved now."""
        digest = digest_of(lab)
        if digest is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{digest}.json"
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps({"lab": name, "proved_at": timezone.now().isoformat()}), encoding="utf-8")
        draft.replace(path)


def digest_of(lab: LabDocument) -> str | None:
    """Return what a proof of a lab is filed under; None where this machine cannot run it."""
    try:
        environment = environment_for(lab).digest()
    except PermanentFault:
        return None
    parts = [lab.digest(), environment, settings.MUELLE_AGENT_VOLUME, *_code()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _code() -> list[str]:
    """Return the digests of the code that looks and judges, and of the prover itself."""
    expects = Path(grading.expects.__file__).parent
    files = [*expects.rglob("*.py"), *Path(__file__).parent.glob("*.py")]
    files += [Path(grading.checks.__file__), Path(content.values.__file__)]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)]
