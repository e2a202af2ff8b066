"""A lock of npm becomes a registry of files."""

import base64
import hashlib
import json

import pytest

from tools.mirror.packages import node
from tools.mirror.packages.node import Locked, read_lock, set_of, version_key, write_registry
from tools.problems import Problem
from tools.workspace import ROOT


def integrity(content: bytes) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode()


@pytest.fixture
def fetched(tmp_path):
    """What npm fetched: two versions of a package, and one with a scope."""
    folder = tmp_path / "fetched"
    folder.mkdir()
    for name in ("old", "new", "scoped"):
        (folder / f"{name}.tgz").write_bytes(name.encode())
    return folder


def test_a_lock_names_each_package_by_its_place_or_its_alias(tmp_path):
    entry = {"version": "1.0.0", "integrity": "sha512-x", "license": "MIT", "bin": {"x": "x.js"}}
    places = ["node_modules/a", "node_modules/a/node_modules/@s/b", "node_modules/c4"]
    packages = {"": {"name": "ours"}, **{place: dict(entry) for place in places}}
    packages["node_modules/c4"]["name"] = "c"
    (tmp_path / "lock.json").write_text(json.dumps({"packages": packages}))

    found = list(read_lock(tmp_path / "lock.json"))

    assert [one.name for one in found] == ["a", "@s/b", "c"]
    assert found[0].facts == {"bin": {"x": "x.js"}}


def test_a_version_that_is_in_a_lock_twice_is_one():
    twice = Locked("a", "1.0.0", "sha512-x", {})

    assert set_of(iter([twice, twice, Locked("a", "1.0.1", "sha512-y", {})])) == [
        twice,
        Locked("a", "1.0.1", "sha512-y", {}),
    ]


def test_versions_are_ordered_by_number():
    versions = ["10.0.0", "9.0.0", "10.0.0-rc.1", "9.0.10", "9.0.9+build"]

    assert sorted(versions, key=version_key) == ["9.0.0", "9.0.9+build", "9.0.10", "10.0.0-rc.1", "10.0.0"]


def test_the_registry_has_a_description_and_a_tarball_of_each(tmp_path, fetched):
    packages = [
        Locked("@s/b", "1.0.0", integrity(b"scoped"), {}),
        Locked("a", "9.0.0", integrity(b"old"), {}),
        Locked("a", "10.0.0", integrity(b"new"), {"dependencies": {"@s/b": "^1"}}),
    ]

    write_registry(tmp_path, packages, fetched)

    described = json.loads((tmp_path / "a/package.json").read_text())
    assert described["dist-tags"] == {"latest": "10.0.0"}
    assert described["versions"]["10.0.0"]["dependencies"] == {"@s/b": "^1"}
    assert described["versions"]["9.0.0"]["dist"] == {
        "tarball": "http://npm.muelle/a/-/a-9.0.0.tgz",
        "integrity": integrity(b"old"),
    }
    assert (tmp_path / "a/-/a-9.0.0.tgz").read_bytes() == b"old"
    assert (tmp_path / "@s/b/-/b-1.0.0.tgz").read_bytes() == b"scoped"
    assert not fetched.exists()


def test_a_tarball_that_is_not_the_locked_one_is_refused(tmp_path, fetched):
    with pytest.raises(Problem, match=r"no tarball of a 9\.0\.0"):
        write_registry(tmp_path, [Locked("a", "9.0.0", integrity(b"another"), {})], fetched)


def test_what_lessons_need_is_locked():
    names = {one.name for one in read_lock(ROOT / node.LOCK)}

    assert {"express", "redis", "pg"} <= names
    # Two generations of express: books still begin with the fourth.
    assert {one.version[0] for one in read_lock(ROOT / node.LOCK) if one.name == "express"} == {"4", "5"}
