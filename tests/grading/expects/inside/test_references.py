"""Names of images: what is the same, written in different ways."""

import pytest

from grading.expects.inside.references import all_spellings, same, short, spellings


@pytest.mark.parametrize(
    ("wanted", "reference", "is_same"),
    [
        ("nginx", "nginx", True),
        ("nginx", "nginx:latest", True),
        ("nginx:latest", "nginx", True),
        ("nginx", "nginx:1.26", True),
        ("nginx:1.26", "nginx:1.27", False),
        ("nginx:1.26", "docker.io/library/nginx:1.26", True),
        ("docker.io/library/nginx", "nginx:1.26", True),
        ("docker.io/nginx", "nginx", True),
        ("library/nginx", "nginx", True),
        ("nginx", "other/nginx", False),
        ("ngin", "nginx", False),
        ("web/site", "docker.io/web/site:2", True),
        ("nginx", "registry.example:5000/nginx", False),
        ("registry.example:5000/nginx", "registry.example:5000/nginx:1", True),
        ("registry.example:5000/nginx:1", "registry.example:5000/nginx:1", True),
        ("localhost/nginx", "localhost/nginx", True),
        ("nginx@sha256:ab", "nginx@sha256:ab", True),
        ("nginx@sha256:ab", "nginx@sha256:cd", False),
        ("nginx", "nginx:1.26@sha256:ab", True),
    ],
)
def test_references_are_the_same_however_they_are_written(wanted, reference, is_same):
    assert same(wanted, reference) is is_same


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("docker.io/library/nginx", "nginx:latest"),
        ("registry.example:5000/a/b", "registry.example:5000/a/b:latest"),
        ("nginx@sha256:ab", "nginx@sha256:ab"),
    ],
)
def test_a_reference_is_said_as_it_is_usually_written(reference, said):
    assert short(reference) == spellings(reference)[0] == said


def test_spellings_of_several_are_each_there_once():
    assert all_spellings(["nginx", "nginx:latest"]) == spellings("nginx")
