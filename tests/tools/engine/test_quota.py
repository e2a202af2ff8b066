"""Which flavour of quota the lab engine's disk gets."""

import pytest

from tools.engine import quota


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    """A kernel's facts about quotas as files, and the commands that were given."""

    class Kernel:
        given: list[object]

        def describe(self, **facts: str) -> None:
            for name, value in facts.items():
                (tmp_path / name).write_text(f"{value}\n")

        def fact(self, name: str) -> str:
            return (tmp_path / name).read_text().strip()

    kernel = Kernel()
    kernel.given = []
    monkeypatch.setattr(quota, "_state_folder", lambda _: tmp_path)
    monkeypatch.setattr(quota, "_control", lambda _, command: kernel.given.append(command))
    monkeypatch.setattr(quota, "run", lambda argv: kernel.given.append(argv[:3]))
    monkeypatch.setattr(quota, "succeeds", lambda argv: kernel.given.append(argv[:3]))
    return kernel


def test_simple_quotas_are_left_as_they_are(kernel, tmp_path):
    kernel.describe(mode="squota", enabled="1")

    quota.enable_quota(tmp_path)

    assert kernel.given == []


def test_full_ones_are_replaced(kernel, tmp_path):
    kernel.describe(mode="qgroup", enabled="1")

    quota.enable_quota(tmp_path)

    assert kernel.given == [quota.DISABLE, quota.ENABLE_SIMPLE]


def test_an_older_kernel_gets_full_ones_without_the_shortcut(kernel, tmp_path, monkeypatch):
    kernel.describe(drop_subtree_threshold="3", inconsistent="0")

    def refuse(*_):
        raise OSError(22, "Invalid argument")

    monkeypatch.setattr(quota, "_control", refuse)

    quota.enable_quota(tmp_path)

    assert kernel.given == [["btrfs", "quota", "enable"]]
    assert kernel.fact("drop_subtree_threshold") == quota.NEVER_SKIP


def test_full_ones_that_are_out_of_step_are_counted_anew(kernel, tmp_path):
    kernel.describe(mode="qgroup", enabled="1", inconsistent="1")

    quota.keep_full_quota_true(tmp_path)

    assert kernel.given == [["btrfs", "quota", "rescan"]]
