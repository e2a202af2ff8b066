"""Which Debian packages are fetched, and by whom they are signed."""

import pytest

from tools.docker import BASE_IMAGE
from tools.mirror import places
from tools.mirror.packages import debian
from tools.mirror.packages.debian import debian_packages, read_names
from tools.mirror.packages.stock import Stock
from tools.workspace import ROOT


class FakeDocker:
    """An engine that remembers what it was told to run."""

    def __init__(self) -> None:
        self.base = "sha256:base"
        self.calls: list[tuple[str, ...]] = []

    def image_id(self, name):
        return self.base if name == BASE_IMAGE else None

    def call(self, *words, **_):
        self.calls.append(tuple(map(str, words)))
        return ""


@pytest.fixture
def stock(workspace, monkeypatch, tmp_path):
    """A stock of a clone that wants two packages."""
    monkeypatch.setattr(places, "STATE", tmp_path / "mirror")
    for path, text in ((debian.LIST, "# tools\ncurl\n\ntree  # a picture\n"), (debian.SCRIPT, "#!/bin/bash\n")):
        (workspace.root / path).parent.mkdir(parents=True, exist_ok=True)
        (workspace.root / path).write_text(text)
    return Stock(workspace, FakeDocker(), "muelle/mirror:1")


def test_comments_are_no_names(stock):
    assert read_names(stock.workspace.root / debian.LIST) == ["curl", "tree"]


def test_who_fetches_has_no_key_and_who_signs_no_network(stock, tmp_path):
    debian_packages(stock, "key").fetch(tmp_path / "stage")

    fetching, signing = stock.docker.calls
    assert fetching[-4:] == ("bash", "/fetch-debs", "curl", "tree")
    assert not [word for word in fetching if word.endswith(":/key")]
    assert [word for word in signing if word.endswith(":/key")]
    assert signing[signing.index("--network") + 1] == "none"
    for words in (fetching, signing):
        assert words[words.index("--cap-drop") + 1] == "ALL"


def test_a_changed_list_key_or_base_is_another_set(stock):
    before = debian_packages(stock, "key").digest
    with_another_key = debian_packages(stock, "another key").digest
    stock.docker.base = "sha256:newer"
    on_another_base = debian_packages(stock, "key").digest
    (stock.workspace.root / debian.LIST).write_text("curl\n")
    of_another_list = debian_packages(stock, "key").digest

    assert len({before, with_another_key, on_another_base, of_another_list}) == 4
    assert debian_packages(stock, "key").digest == of_another_list


def test_what_lessons_need_is_listed_once():
    names = read_names(ROOT / debian.LIST)

    assert {"curl", "ca-certificates", "git", "jq", "procps", "iputils-ping", "python3-pip", "nodejs", "npm"} <= set(
        names
    )
    assert names == sorted(set(names))
