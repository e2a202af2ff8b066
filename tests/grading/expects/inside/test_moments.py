"""Moments as engines write them."""

import pytest

from grading.expects.errors import CouldNotLook
from grading.expects.inside.moments import moment


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("", 0.0),
        ("0001-01-01T00:00:00Z", 0.0),
        ("2026-11-22T19:42:37Z", 1795376557.0),
        ("2026-11-22T19:42:37.5Z", 1795376557.5),
        ("2026-11-22T19:42:37.123456789Z", 1795376557.123456),
        ("2026-11-22T21:42:37+02:00", 1795376557.0),
    ],
)
def test_moments_are_read_to_the_microsecond(written, seconds):
    assert moment(written) == seconds


@pytest.mark.parametrize("written", ["now", "2026-13-45T99:99:99Z", "2026-11-22T19:42:37", "x" * 100_000])
def test_anything_else_is_not_believed(written):
    with pytest.raises(CouldNotLook):
        moment(written)
