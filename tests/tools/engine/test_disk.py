"""The size of the lab engine's disk."""

import pytest

from tools.engine.disk import GIB, LEAST_BYTES, MOST_BYTES, disk_size
from tools.problems import Problem


def test_it_leaves_the_host_room():
    assert disk_size(100 * GIB) == 70 * GIB


def test_it_has_an_upper_limit():
    assert disk_size(10_000 * GIB) == MOST_BYTES


def test_too_little_is_said_before_anything_is_made():
    with pytest.raises(Problem, match="needs 8 GiB") as problem:
        disk_size(LEAST_BYTES)

    assert "Free some disk space" in problem.value.mend
