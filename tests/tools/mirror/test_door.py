"""The folder of the mirror's socket: made, and mended where somebody else made it."""

import pytest

from tools.mirror import door, places


@pytest.fixture
def given(monkeypatch, tmp_path):
    """To whom the folder was given."""
    owners: list[tuple[int, int]] = []
    monkeypatch.setattr(places, "DOOR", tmp_path / "muelle" / "mirror")
    monkeypatch.setattr(door.os, "chown", lambda _path, user, group: owners.append((user, group)))
    return owners


def test_it_is_for_the_mirror_and_the_group_of_the_engine(workspace, given, tmp_path):
    engine = tmp_path / "engine.sock"
    engine.touch()
    workspace.remember(MUELLE_ENGINE_URL=f"unix://{engine}")

    door.ensure_door(workspace)

    assert places.DOOR.stat().st_mode & 0o777 == 0o710
    assert given == [(places.USER, engine.stat().st_gid)]


def test_one_that_the_engine_made_for_everybody_is_closed(workspace, given):
    places.DOOR.mkdir(parents=True, mode=0o755)

    door.ensure_door(workspace)

    assert places.DOOR.stat().st_mode & 0o777 == 0o710


@pytest.mark.parametrize("url", ["", "unix:///nowhere/engine.sock", "tcp://192.0.2.1:2375"])
def test_an_engine_without_a_socket_leaves_it_to_root(workspace, given, url):
    workspace.remember(MUELLE_ENGINE_URL=url)

    door.ensure_door(workspace)

    assert given == [(places.USER, 0)]
