"""Packages for `pip`: the wheels of a lock, fetched the way this clone's own dependencies are, as a simple index."""

import hashlib
import html
import platform
import re
from pathlib import Path

from tools.digests import digest_files, digest_of
from tools.docker import BUILD_SECONDS
from tools.mirror.packages.stock import PackageSet, Stock
from tools.shell import run

LOCK = "labs/packages/python.txt"
# The Python of the library's images, which is not the one of this machine.
PYTHON_VERSION = "3.13"
# Debian 13 has a newer C library than any of these asks for.
PLATFORMS = ("manylinux_2_17", "manylinux2014", "manylinux_2_28", "manylinux_2_34")
# To be raised when the files below are to be laid out differently: the mirror is then filled again.
LAYOUT = "1"


def python_packages(stock: Stock) -> PackageSet:
    """The set that `labs/packages/python.txt` locks, for the machine that this is."""
    lock = stock.workspace.root / LOCK
    digest = digest_of(digest_files([lock]), PYTHON_VERSION, platform.machine(), *PLATFORMS, LAYOUT)

    def fetch(folder: Path) -> None:
        files = folder / "files"
        platforms = [word for name in PLATFORMS for word in ("--platform", f"{name}_{platform.machine()}")]
        run(
            [stock.workspace.python, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input",
             "--no-deps", "--require-hashes", "--only-binary", ":all:", "--implementation", "cp",
             "--python-version", PYTHON_VERSION, *platforms, "--dest", files, "--requirement", lock],
            timeout=BUILD_SECONDS,
            log=stock.workspace.log,
            mend="Check that this machine reaches its Python package index (`pip download pip`), and run again.",
        )  # fmt: skip
        write_simple_index(folder)

    return PackageSet("pypi", "Python packages", digest, fetch)


def write_simple_index(folder: Path) -> None:
    """Write `simple/<project>/index.html` for the wheels in `files/`, as PEP 503 has it."""
    projects: dict[str, list[str]] = {}
    for path in sorted((folder / "files").glob("*.whl")):
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        name = html.escape(path.name)
        link = f'<a href="../../files/{name}#sha256={digest}">{name}</a>'
        projects.setdefault(normalised(path.name.split("-", 1)[0]), []).append(link)
    for project, links in projects.items():
        page = folder / "simple" / project / "index.html"
        page.parent.mkdir(parents=True)
        page.write_text("<!doctype html>\n<title>{}</title>\n{}\n".format(project, "<br>\n".join(links)))
    listed = "<br>\n".join(f'<a href="{project}/">{project}</a>' for project in projects)
    (folder / "simple" / "index.html").write_text(f"<!doctype html>\n<title>packages</title>\n{listed}\n")


def normalised(project: str) -> str:
    """The one name that all spellings of a project's name lead to."""
    return re.sub(r"[-_.]+", "-", project).lower()
