"""An engine that exists in memory only."""

import pytest

from tools.shell import CommandFailed
from tools.steps import agent, base_image, disk_limit, lab_images, tunnels


class FakeDocker:
    """What the steps ask of the docker CLI, remembered."""

    def __init__(self) -> None:
        self.images: dict[str, str] = {}
        self.volumes: dict[str, str] = {}
        self.built: list[str] = []
        self.arguments: dict[str, dict[str, str]] = {}
        self.answers: dict[str, object] = {}
        self.identity = "engine-1"

    def __call__(self, _workspace) -> "FakeDocker":
        return self

    def image_id(self, name):
        return self.images.get(name)

    def image_size(self, _name):
        return 80 * 1024 * 1024

    def build(self, folder, tag, **arguments):
        self.built.append(tag)
        self.arguments[tag] = arguments
        self.images[tag] = f"sha256:{folder}"

    def pull(self, name):
        self.images[name] = "sha256:pulled"
        return True

    def import_image(self, _archive, tag):
        self.images[tag] = "sha256:imported"

    def has_volume(self, name):
        return name in self.volumes

    def fill_volume(self, volume, _target, image):
        self.volumes[volume] = image

    def remove_volume(self, name):
        del self.volumes[name]

    def run_container(self, *arguments):
        answer = next((answer for key, answer in self.answers.items() if key in arguments), "")
        if isinstance(answer, CommandFailed):
            raise answer
        return answer

    def engine_id(self):
        return self.identity


@pytest.fixture
def engine(monkeypatch, tmp_path) -> FakeDocker:
    """The engine of this test; locks go to the test's own folder."""
    fake = FakeDocker()
    for step in (agent, base_image, disk_limit, lab_images, tunnels):
        monkeypatch.setattr(step, "Docker", fake)
    monkeypatch.setattr("tools.locks.lock_folder", lambda: tmp_path / "locks")
    return fake
