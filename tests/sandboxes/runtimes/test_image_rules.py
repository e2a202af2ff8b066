"""What images are refused for."""

from __future__ import annotations

from typing import Any

import pytest

from sandboxes.runtimes.image_rules import image_breaches


@pytest.mark.parametrize(
    "config", [{}, {"WorkingDir": "", "Volumes": None}, {"WorkingDir": "/home/learner"}, {"WorkingDir": "/processes"}]
)
def test_ordinary_images_are_fine(config: dict[str, Any]) -> None:
    assert list(image_breaches(config)) == []


@pytest.mark.parametrize(
    "folder", ["/proc/self/fd/8", "/proc", "//proc/1", "/sys/fs/cgroup", "/dev/fd/7", "/var/../proc/self/fd/8"]
)
def test_a_working_directory_of_the_kernel_is_refused(folder: str) -> None:
    [breach] = image_breaches({"WorkingDir": folder})

    assert "works in" in breach


def test_every_reason_is_said() -> None:
    breaches = list(image_breaches({"Volumes": {"/data": {}, "/log": {}}, "WorkingDir": "/proc"}))

    assert breaches == ["declares volumes: /data, /log", "works in /proc"]
