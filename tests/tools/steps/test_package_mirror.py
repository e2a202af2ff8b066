"""What cannot be had is left out, and set-up goes on."""

import pytest

from tools.mirror.packages.stock import PackageSet
from tools.problems import Problem
from tools.steps import package_mirror


@pytest.fixture
def fill(workspace, monkeypatch):
    """Run the step with three sets, each filled by a function of the test."""

    class FakeStock:
        def __init__(self, outcomes):
            self.workspace = workspace
            self._outcomes = outcomes

        def fill(self, wanted):
            outcome = self._outcomes[wanted.name]
            if isinstance(outcome, Problem):
                raise outcome
            return outcome

    def run(**outcomes) -> str:
        sets = [PackageSet(name, f"{name} packages", "abc", lambda _: None) for name in outcomes]
        monkeypatch.setattr(package_mirror, "is_needed", lambda _: True)
        monkeypatch.setattr(package_mirror, "Docker", lambda _: None)
        monkeypatch.setattr(package_mirror, "_sets", lambda *_: (FakeStock(outcomes), sets))
        return package_mirror.run(workspace)

    return run


def test_everything_is_there(fill):
    assert fill(apt=False, pypi=False, npm=False) == "all 3 sets there"


def test_what_was_missing_is_added(fill):
    assert fill(apt=True, pypi=False, npm=True) == "added apt, npm"


def test_one_that_cannot_be_had_stops_nothing(fill, remarks):
    assert fill(apt=True, pypi=True, npm=Problem("No registry answers.", "Wait.")) == "added apt, pypi; left out npm"
    assert remarks == ["leaves out npm packages: No registry answers."]


def test_machines_without_labs_with_an_engine_fetch_nothing(workspace):
    assert package_mirror.run(workspace) == "not needed"
