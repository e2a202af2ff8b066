"""Facts about the repository that a reader relies on."""

import ast
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = ROOT / "platform"
APPS = sorted(folder.name for folder in PLATFORM.iterdir() if folder.is_dir() and folder.name != "__pycache__")

# Files that a person writes and another person must be able to read at one sitting.
READABLE = {".py", ".js", ".css", ".html", ".c", ".h", ".sh"}
MAX_LINES = 400
MAX_FUNCTION = 60  # lines; what fits on one screen


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_the_standard_librarys_platform_wins():
    assert not (PLATFORM / "__init__.py").exists()

    found = subprocess.run(
        [sys.executable, "-c", "import platform; print(platform.__file__)"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert str(ROOT) not in found.stdout


@pytest.mark.parametrize("name", APPS)
def test_app_names_collide_with_nothing(name: str):
    assert name not in sys.stdlib_module_names
    assert set(packages_distributions().get(name, [])) <= {"muelle"}


@pytest.mark.parametrize(
    "name",
    ["manage.py", "platform", "labs", "templates", "static", "docker-compose.yml", "tests", "Makefile", ".ci/run"],
)
def test_top_level_is_as_promised(name: str):
    assert (ROOT / name).exists()


def test_files_can_be_read_at_one_sitting():
    candidates = [path for path in tracked_files() if path.suffix in READABLE and "vendor" not in path.parts]

    too_long = [path for path in candidates if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES]

    assert not too_long


def test_functions_fit_on_one_screen():
    too_long = []
    for path in tracked_files():
        if path.suffix != ".py" or "tests" in path.parts or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and node.end_lineno - node.lineno >= MAX_FUNCTION
            ):
                too_long.append(f"{path.relative_to(ROOT)}: {node.name}")

    assert not too_long


def test_nothing_names_this_machine():
    """A path, a registry or a secret of the machine a commit was made on helps nobody else."""
    home = re.compile(re.escape(str(ROOT)) + r"(/|$)")
    texts = [path for path in tracked_files() if path.suffix not in {".png", ".mo", ".woff2"}]

    guilty = [path for path in texts if home.search(path.read_text(encoding="utf-8", errors="replace"))]

    assert not guilty


def test_labs_hold_no_code_of_the_platform():
    """What is below `files/` is the learner's: it runs in their lab, if anywhere."""
    python = [path for path in tracked_files() if path.is_relative_to(ROOT / "labs") and path.suffix == ".py"]

    assert not [path for path in python if "files" not in path.parts]
