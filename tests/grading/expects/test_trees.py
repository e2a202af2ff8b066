"""Places in nested data."""

import pytest

from grading.expects.trees import dig

POD = {"metadata": {"labels": {"app.kubernetes.io/name": "web"}}, "spec": {"containers": [{"image": "nginx"}], "n": 0}}


@pytest.mark.parametrize(
    ("place", "there"),
    [
        ("spec.containers[0].image", "nginx"),
        ("spec.n", 0),
        ('metadata.labels["app.kubernetes.io/name"]', "web"),
        ("spec.containers[1].image", None),
        ("spec.containers.image", None),
        ("spec[0]", None),
        ("missing", None),
        ("spec..n", None),
        ('spec["', None),
    ],
)
def test_a_place_is_found_or_is_not_there(place, there):
    assert dig(POD, place) == there


def test_a_list_can_be_the_whole():
    assert dig([1, [2, 3]], "[1][0]") == 2
