"""The admin's figures are tested on rows and on a runtime in memory."""

import pytest
from factories import IMAGE, LabFactory

from sandboxes.engine import runtime
from sandboxes.runtimes.fake import FakeRuntime


@pytest.fixture(autouse=True)
def _one_image(settings):
    settings.MUELLE_IMAGES = {IMAGE: "muelle/standard:test"}


@pytest.fixture
def lab(db):
    return LabFactory()


@pytest.fixture
def engine(settings):
    """The engine in memory behind this test's runtime."""
    settings.MUELLE_RUNTIME = "fake"
    settings.MUELLE_INSTANCE = "0123abcd"
    settings.MUELLE_AGENT_VOLUME = "muelle-agent-0123456789ab"
    settings.MUELLE_ENGINE_QUOTA = settings.MUELLE_ENGINE_TUN = False
    settings.MUELLE_LAB_NETWORKS = ""
    made = runtime()
    assert isinstance(made, FakeRuntime)
    yield made.engine
    made.engine.clear()
