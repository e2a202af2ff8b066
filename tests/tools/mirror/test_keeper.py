"""One round of the watch over the mirror."""

import pytest

from tools.mirror import health, keeper


@pytest.fixture
def done(monkeypatch):
    """What a round did; the mirror answers as the test says."""
    deeds: list[str] = []

    class FakeDocker:
        def __init__(self, _workspace):
            pass

        def call(self, *words, **_):
            deeds.append(words[0] if words[0] != "exec" else str(words[-1]).rpartition("/")[2])
            return ""

    monkeypatch.setattr(keeper, "Docker", FakeDocker)
    monkeypatch.setattr(keeper, "ensure_interface", lambda: deeds.append("interface"))
    monkeypatch.setattr(keeper, "ensure_door", lambda _workspace: deeds.append("door"))
    monkeypatch.setattr(health, "answers", lambda: True)
    return deeds


def test_a_mirror_that_answers_is_left_alone(workspace, done):
    keeper.look_after(workspace, 1)

    assert done == []


def test_rules_that_somebody_took_away_come_back(workspace, done):
    for number in range(keeper.RULES_EVERY + 1):
        keeper.look_after(workspace, number)

    assert done == ["interface", "interface"]


def test_disk_is_given_back_now_and_then(workspace, done):
    keeper.look_after(workspace, keeper.SWEEP_EVERY - 1)

    assert done == ["sweep"]


def test_a_mirror_that_does_not_answer_is_started_with_its_address_first(workspace, done, monkeypatch):
    monkeypatch.setattr(health, "answers", lambda: False)

    keeper.look_after(workspace, 1)

    assert done == ["interface", "door", "restart"]


def test_what_another_clone_has_mended_is_not_mended_again(workspace, done, monkeypatch):
    answers = iter([False, True])
    monkeypatch.setattr(health, "answers", lambda: next(answers))

    keeper.look_after(workspace, 1)

    assert done == ["interface", "door"]
