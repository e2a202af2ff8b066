"""One class, and the rows behind every address."""

import pytest

from tests.rights.people import Cast, make_cast
from tests.web.conftest import _one_image, woken, world

__all__ = ["_one_image", "woken", "world"]


@pytest.fixture
def cast(world) -> Cast:
    return make_cast(world)
