"""A set is fetched once, put in place, and left alone when it cannot be had."""

import pytest

from tools.mirror import health, places
from tools.mirror.packages.stock import PackageSet, Stock
from tools.problems import Problem


@pytest.fixture
def stock(workspace, monkeypatch, tmp_path):
    """A stock whose mirror serves what was put in place."""
    monkeypatch.setattr(places, "STATE", tmp_path / "mirror")
    served: set[str] = set()

    class FakeDocker:
        def call(self, *words, **_):
            served.add("/marks/{}-{}".format(*words[-2:]))
            return ""

    monkeypatch.setattr(health, "get", lambda _port, path: 200 if path in served else 404)
    return Stock(workspace, FakeDocker(), "muelle/mirror:1")


def test_a_set_is_fetched_once(stock, remarks):
    folders = []
    wanted = PackageSet("pypi", "Python packages", "abc", folders.append)

    filled = [stock.fill(wanted), stock.fill(wanted)]

    assert filled == [True, False]
    assert len(folders) == 1
    assert remarks == ["fetches Python packages"]
    assert not folders[0].exists()


def test_another_digest_is_fetched_anew(stock):
    stock.fill(PackageSet("pypi", "Python packages", "abc", lambda _: None))

    assert stock.fill(PackageSet("pypi", "Python packages", "abd", lambda _: None))


def test_what_cannot_be_fetched_is_not_put_in_place(stock):
    def fail(_folder):
        raise Problem("no way there", "mend it")

    wanted = PackageSet("npm", "Node packages", "abc", fail)

    with pytest.raises(Problem, match="no way there"):
        stock.fill(wanted)
    assert not stock.has(wanted)
