"""What is served from here is what the content delivery network is told to serve."""

import base64
import hashlib
import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
VENDORED = sorted(path.name for path in (STATIC / "vendor" / "xterm").iterdir() if path.suffix in {".mjs", ".css"})
README = (STATIC / "vendor" / "README.md").read_text()
LOADER = (STATIC / "js" / "terminal" / "loader.js").read_text()


def sha384(name: str) -> str:
    return base64.b64encode(hashlib.sha384((STATIC / "vendor" / "xterm" / name).read_bytes()).digest()).decode()


@pytest.mark.parametrize("name", VENDORED)
def test_the_readme_names_the_hash_of_every_file(name: str) -> None:
    assert f"`{sha384(name)}`" in README


@pytest.mark.parametrize("name", [name for name in VENDORED if name.endswith(".mjs")])
def test_the_loader_asks_the_network_for_the_same_bytes(name: str) -> None:
    [(path, digest)] = re.findall(rf"'{re.escape(name)}': {{\s*path: '([^']+)',\s*integrity: 'sha384-([^']+)'", LOADER)
    package, version = re.match(r"(@xterm/[a-z-]+)@([\d.]+)/lib/", path).groups()

    assert digest == sha384(name)
    assert f"| xterm/{name} | {package} | {version} | lib/{name} |" in README


def test_nothing_is_vendored_without_being_listed() -> None:
    assert sorted(re.findall(r"^\| xterm/(\S+) \|", README, re.MULTILINE)) == VENDORED


@pytest.mark.parametrize("licence", sorted(set(re.findall(r"\(xterm/(LICENSE[^)]*)\)", README))))
def test_every_licence_is_there(licence: str) -> None:
    assert "Permission is hereby granted" in (STATIC / "vendor" / "xterm" / licence).read_text()
