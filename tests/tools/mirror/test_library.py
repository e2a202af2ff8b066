"""Recipes of the library's images."""

from pathlib import Path

import pytest

from tools.mirror.library import FIRST, FOLDER, read_recipes
from tools.problems import Problem
from tools.workspace import ROOT


@pytest.fixture
def clone(tmp_path):
    """Write recipes into an empty clone."""

    def write(**recipes: str) -> Path:
        for name, text in recipes.items():
            folder = tmp_path / FOLDER / name
            folder.mkdir(parents=True)
            (folder / "image.toml").write_text(text)
            (folder / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\n")
        return tmp_path

    return write


def test_what_others_are_made_on_comes_first(clone):
    root = clone(busybox='[[build]]\ntags = ["1"]', debian='[[build]]\ntags = ["13"]')

    assert [recipe.name for recipe in read_recipes(root)] == ["debian", "busybox"]


def test_one_folder_makes_several_versions(clone):
    root = clone(nginx='[[build]]\ntags = ["1.26"]\n[[build]]\ntags = ["1.22"]\narguments = { SUITE = "bookworm" }')

    newer, older = read_recipes(root)

    assert (newer.tags, newer.arguments) == (("1.26",), {})
    assert (older.tags, older.arguments) == (("1.22",), {"SUITE": "bookworm"})
    assert newer.digest("base", "") != older.digest("base", "")


def test_a_digest_follows_files_base_tags_and_source(clone):
    (recipe,) = read_recipes(clone(nginx='[[build]]\ntags = ["1.26"]'))
    before = recipe.digest("base", "")

    assert recipe.digest("base", "") == before
    assert recipe.digest("another base", "") != before
    assert recipe.digest("base", "docker.io") != before
    (recipe.folder / "Dockerfile").write_text("ARG BASE\nFROM ${BASE}\nRUN true\n")
    assert recipe.digest("base", "") != before


@pytest.mark.parametrize("text", ["tags = [", "", "build = 3", "[[build]]\narguments = {}", "build = [1]"])
def test_a_wrong_recipe_is_a_sentence_with_its_file(clone, text):
    with pytest.raises(Problem, match=r"nginx/image\.toml is not a recipe"):
        read_recipes(clone(nginx=text))


def test_every_image_of_the_library_says_where_it_comes_from():
    recipes = read_recipes(ROOT)

    assert recipes[0].name == FIRST
    assert {"nginx", "redis", "postgres", "python", "node", "busybox", "hello-world"} <= {each.name for each in recipes}
    for recipe in recipes:
        assert "built on this machine" in (text := (recipe.folder / "Dockerfile").read_text()) or "made on this" in text
        assert (recipe.folder.parent / "README.md").is_file()


def test_no_two_images_claim_one_tag():
    tags = [(recipe.name, tag) for recipe in read_recipes(ROOT) for tag in recipe.tags]

    assert len(tags) == len(set(tags))
