"""Known flaws of the versions that labs and the site stand on. Packages carry mends that no number tells.

Set-up says it once (`tools.steps.versions`), `manage.py doctor` whenever it is asked (`operations.doctor`).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Flaw:
    """A flaw that lets something out of a container, and the first upstream releases that have it mended."""

    name: str
    mended: tuple[tuple[int, ...], ...]
    """One for each line of releases; a release of a later line than all of them is fine."""


# Flaws that our containers could meet at all. Those of `docker cp`, `docker exec` and builds are not here: nothing of
# ours does that with what is a learner's (runtimes/docker.py).
RUNC = (
    Flaw("CVE-2024-21626 (working directory)", ((1, 1, 12),)),
    Flaw("CVE-2025-31133, -52565, -52881 (masked paths)", ((1, 2, 8), (1, 3, 3), (1, 4, 0))),
)
KERNEL = (Flaw("CVE-2026-31431 (page cache)", ((6, 1, 137), (6, 6, 87), (6, 12, 25), (6, 18, 22), (6, 19))),)
# Flaws of the engine in what nothing of ours uses or lets a learner use: the embedded name server of internal networks,
# plugins that authorise requests, `docker cp`. What else runs on the same engine may.
ENGINE = (
    Flaw("CVE-2024-29018 (name server of internal networks)", ((23, 0, 11), (25, 0, 5), (26, 0))),
    Flaw("CVE-2026-34040 (authorisation plugins)", ((29, 3, 1),)),
    Flaw("CVE-2026-41567 (docker cp)", ((29, 5, 1),)),
)
# Of the Python that the site runs on; it unpacks no archive of a learner's.
PYTHON = (Flaw("CVE-2025-4517 (tarfile)", ((3, 11, 13), (3, 12, 11), (3, 13, 4))),)
# Of a version, the part of a distribution: `1.1.5+ds1-1+deb12u1`, `6.1.0-18-amd64`.
_DISTRIBUTION = re.compile(r"[+~-](?!rc)")


def warnings(runc: str, kernel: str) -> Iterator[str]:
    """A sentence for each flaw that a version may have."""
    for program, version, flaws in (("runc", runc, RUNC), ("Linux", kernel, KERNEL)):
        for flaw in flaws:
            if not is_mended(version, flaw):
                packaged = " unless its package mends it" if is_packaged(version) else ""
                yield f"{program} {version or 'of an unknown version'} has {flaw.name}{packaged}"


def flaws_in(version: str, known: Iterable[Flaw]) -> list[str]:
    """The names of the flaws that a version may have."""
    return [flaw.name for flaw in known if not is_mended(version, flaw)]


def is_packaged(version: str) -> bool:
    """Whether a distribution made it, so that it may have mends that its number does not tell."""
    return _DISTRIBUTION.search(version) is not None


def is_mended(version: str, flaw: Flaw) -> bool:
    """Whether an upstream release is one of those, or later in its line. `1.4.0-rc.2` comes before `1.4.0`."""
    found = tuple(int(number) for number in re.findall(r"\d+", _DISTRIBUTION.split(version)[0].split("-rc")[0]))
    if not found:
        return False
    lines = {first[:2]: first for first in flaw.mended}
    line = found[:2]
    if line not in lines:
        return line > max(lines)
    return found > lines[line] or (found == lines[line] and "-rc" not in version)
