"""Diagrams: Graphviz's DOT language in, an SVG without scripts, links or colours of its own out."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
from pathlib import Path

from content.svg import SvgError, rebuild

MAX_SOURCE = 8 * 1024  # bytes of DOT; a page-filling diagram has 2 KiB
MAX_SVG = 256 * 1024  # bytes that `dot` may print; a page-filling diagram has 20 KiB
TIMEOUT = 5.0  # seconds for one drawing; ordinary ones take 0.05
# `dot` reads files and can be asked for enormous drawings: its shell gives it 2 s of processor and 512 MiB, and the
# server mode of Graphviz (SERVER_NAME) keeps it to the files of an empty path. It may write no file (-f 0); the signal
# for that is ignored, since fontconfig tries to keep what it learned of new fonts, and goes on where it may not.
_LIMITED = (
    "trap '' XFSZ; ulimit -t 2; ulimit -v 524288; ulimit -c 0; ulimit -f 0; "
    "exec dot -Tsvg -Gbgcolor=transparent -Gfontname=Helvetica -Nfontname=Helvetica -Efontname=Helvetica"
)
_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "SERVER_NAME": "muelle",
    "GV_FILE_PATH": "/nonexistent",
    "LC_ALL": "C.UTF-8",
}

# Anything by which DOT reaches out of its own text.
_OUTSIDE = re.compile(
    r"\b(image|imagepath|fontpath|shapefile|stylesheet|src|(edge|head|tail|label)?(url|href))\s*=",
    re.IGNORECASE,
)
_ERROR_LINE = re.compile(r"in line (\d+)")

# Raised with every change of what is made of the same text, so that old drawings are not taken from the cache.
_VERSION = "2"


class DiagramError(ValueError):
    """A diagram that cannot be drawn. For its author. `line` is counted from 1 in the DOT text."""

    def __init__(self, message: str, mend: str, line: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend
        self.line = line


class Diagrams:
    """Draws each text once; remembers drawings in this process and, given a folder, on disk."""

    def __init__(self, cache: Path | None = None) -> None:
        self._cache = cache
        self._drawn: dict[str, str] = {}

    def draw(self, source: str) -> str:
        """One `<svg>` element. Raises DiagramError."""
        _refuse(source)
        digest = hashlib.sha256(f"{_VERSION}\n{source}".encode()).hexdigest()
        if digest not in self._drawn:
            self._drawn[digest] = self._recall(digest) or self._remember(digest, _svg(source))
        return self._drawn[digest]

    def _recall(self, digest: str) -> str | None:
        path = self._cache / f"{digest}.svg" if self._cache else None
        return path.read_text(encoding="utf-8") if path and path.is_file() else None

    def _remember(self, digest: str, svg: str) -> str:
        if self._cache:
            self._cache.mkdir(parents=True, exist_ok=True)
            unfinished = self._cache / f"{digest}.new"
            unfinished.write_text(svg, encoding="utf-8")
            unfinished.replace(self._cache / f"{digest}.svg")
        return svg


def _refuse(source: str) -> None:
    if len(source.encode()) > MAX_SOURCE:
        raise DiagramError(
            f"This diagram has more than {MAX_SOURCE // 1024} KiB.", "Split it: one idea for each picture."
        )
    reaching = _OUTSIDE.search(source)
    if reaching:
        line = source.count("\n", 0, reaching.start()) + 1
        raise DiagramError(
            f"`{reaching[1]}` reaches out of the diagram.", "Delete it: pictures and links go into the text.", line
        )


def _svg(source: str) -> str:
    if not shutil.which("dot", path=_ENVIRONMENT["PATH"]):
        raise DiagramError(
            "The diagram cannot be drawn: the program `dot` is missing.", "Install the package `graphviz`."
        )
    try:
        done = subprocess.run(
            ["/bin/sh", "-c", _LIMITED],
            input=source.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            env=_ENVIRONMENT,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DiagramError(f"Drawing takes more than {TIMEOUT:.0f} seconds.", "Make the diagram smaller.") from error
    said = done.stderr.decode(errors="replace")
    if done.returncode < 0 or done.returncode > 128:
        raise DiagramError("Drawing takes too much time or memory.", "Make the diagram smaller.")
    if done.returncode or "syntax error" in said or not done.stdout:
        raise _syntax_error(said)
    if len(done.stdout) > MAX_SVG:
        raise DiagramError("The drawing is too big.", "Make the diagram smaller.")
    try:
        return rebuild(done.stdout)
    except SvgError as error:
        raise DiagramError(error.message, error.mend) from error


def _syntax_error(said: str) -> DiagramError:
    found = _ERROR_LINE.search(said)
    return DiagramError(
        "This is not DOT, the language of Graphviz.",
        "Look at the brackets, quotes and semicolons of this line and the one above.",
        int(found[1]) if found else 1,
    )
