"""Which labs a path means."""

import shutil
from pathlib import Path

import pytest

from content.problems import ContentErrors
from grading.prove.labs import find_labs

LABS = Path(__file__).parents[3] / "labs"
COURSE = LABS / "courses" / "contenedores"
LESSON = "contenedores/fundamentos/que-es-un-contenedor"


def names(path) -> list[str]:
    return [lab.name for lab in find_labs(path)]


@pytest.mark.parametrize(
    "path",
    [
        None,
        LABS / "courses",
        COURSE,
        COURSE / "01-fundamentos",
        COURSE / "01-fundamentos" / "01-que-es-un-contenedor",
        COURSE / "01-fundamentos" / "01-que-es-un-contenedor" / "checks",
    ],
    ids=str,
)
def test_a_path_means_the_labs_below_it(path, settings):
    settings.MUELLE_COURSES_DIR = str(LABS / "courses")

    assert LESSON in names(path)


def test_only_what_is_below_is_meant():
    assert names(COURSE / "01-fundamentos" / "01-que-es-un-contenedor") == [LESSON]


def test_a_path_without_a_lab_gets_a_sentence(tmp_path):
    with pytest.raises(ContentErrors):
        find_labs(tmp_path)
    with pytest.raises(ContentErrors, match="There is no lab here"):
        find_labs(COURSE / "99-missing")


def test_content_that_is_wrong_is_said_before_anything_is_run(tmp_path):
    shutil.copytree(COURSE, tmp_path / "contenedores")
    lab = next((tmp_path / "contenedores").glob("*/*/lab.yaml"))
    lab.write_text(lab.read_text().replace("points: 1", "points: many", 1))

    with pytest.raises(ContentErrors):
        find_labs(tmp_path)
