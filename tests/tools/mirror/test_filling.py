"""Filling the library: what is there stays, what is cut short is done again."""

from pathlib import Path

import pytest

from tools.docker import BASE_IMAGE
from tools.mirror import filling, health, places
from tools.mirror.filling import Filler, with_key
from tools.mirror.library import Recipe
from tools.shell import CommandFailed


class FakeDocker:
    """An engine that remembers what was built and run, and a library that gets what `fill` puts in."""

    def __init__(self) -> None:
        self.images = {BASE_IMAGE: "sha256:base"}
        self.built: list[tuple[str, str]] = []
        self.library: set[tuple[str, str]] = set()
        self.public = False

    def image_id(self, name):
        return self.images.get(name)

    def build(self, _folder, tag, **arguments):
        self.built.append((tag, arguments["BASE"]))
        self.images[tag] = f"sha256:{tag}"

    def call(self, *words, **_):
        if words[0] == "save":
            Path(words[2]).touch()
        elif "skopeo" in words and not self.public:
            raise CommandFailed("no route", "")
        elif "/usr/local/lib/muelle/fill" in words:
            at = words.index("/usr/local/lib/muelle/fill")
            name, *tags = words[at + 2 :]
            self.library |= {(name, tag) for tag in tags}
        return ""


@pytest.fixture
def engine(monkeypatch, tmp_path):
    """The engine of this test, and its library."""
    fake = FakeDocker()
    monkeypatch.setattr(places, "STATE", tmp_path / "mirror")
    monkeypatch.setattr(health, "has_manifest", lambda name, tag: (name, tag) in fake.library)
    return fake


@pytest.fixture
def recipes(tmp_path):
    """The one that others are made on, and one other."""
    for name in ("debian", "nginx"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Dockerfile").write_text("FROM x\n")
    return Recipe(tmp_path / "debian", ("13",)), Recipe(tmp_path / "nginx", ("latest", "1.26"))


def filler(workspace, engine, first, source=""):
    return Filler(workspace, engine, "muelle/mirror:1", first, source)


def test_an_image_is_built_on_the_first_and_put_in_once(workspace, engine, recipes):
    first, nginx = recipes
    fill = filler(workspace, engine, first)

    added = [fill.fill(nginx), fill.fill(nginx)]

    assert added == [True, False]
    assert {("nginx", "latest"), ("nginx", "1.26")} <= engine.library
    (base, its_base), (built, on) = engine.built
    assert (its_base, on) == (BASE_IMAGE, base)
    assert built.startswith("muelle/library-nginx:")


def test_a_changed_first_image_changes_all(workspace, engine, recipes):
    first, nginx = recipes
    filler(workspace, engine, first).fill(nginx)

    added = filler(workspace, engine, with_key(first, "another key")).fill(nginx)

    assert added
    assert len(engine.built) == 4


def test_images_that_the_engine_lost_are_not_built_again_while_the_library_has_them(workspace, engine, recipes):
    first, nginx = recipes
    filler(workspace, engine, first).fill(nginx)
    engine.images = {BASE_IMAGE: "sha256:base"}

    assert not filler(workspace, engine, first).fill(nginx)
    assert len(engine.built) == 2


def test_a_public_registry_that_answers_is_asked_first(workspace, engine, recipes):
    first, nginx = recipes
    engine.public = True

    filler(workspace, engine, first, "docker.io").fill(nginx)

    assert engine.built == []
    assert ("nginx", "1.26") in engine.library


def test_without_the_public_registry_it_is_built_here(workspace, engine, recipes, remarks):
    first, nginx = recipes

    filler(workspace, engine, first, "docker.io").fill(nginx)

    assert len(engine.built) == 2
    assert any("builds it here instead, since: no route" in remark for remark in remarks)


def test_nothing_is_left_beside_the_library(workspace, engine, recipes):
    first, nginx = recipes

    filler(workspace, engine, first).fill(nginx)

    assert list(filling.places.STATE.iterdir()) == []
    assert filling.places.STATE.stat().st_mode & 0o777 == 0o700
