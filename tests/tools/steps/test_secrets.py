"""Instance id and secret key."""

import stat

from tools.steps import secrets


def test_they_are_drawn_once_and_only_their_owner_may_read_them(workspace, monkeypatch):
    workspace.environ = {**workspace.environ, "MUELLE_RUN_DIR": str(workspace.root / "run")}

    first = secrets.run(workspace)
    key = (workspace.state / "secret_key").read_text()
    second = secrets.run(workspace)

    assert first == f"instance {workspace.instance} (new)"
    assert second == f"instance {workspace.instance}"
    assert (workspace.state / "secret_key").read_text() == key
    assert len(key.strip()) > 50
    assert stat.S_IMODE((workspace.state / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE(workspace.run_dir.stat().st_mode) == 0o700


def test_a_file_that_a_power_cut_left_empty_is_drawn_anew(workspace):
    workspace.environ = {**workspace.environ, "MUELLE_RUN_DIR": str(workspace.root / "run")}
    workspace.state.mkdir()
    (workspace.state / "instance").touch()

    secrets.run(workspace)

    assert len(workspace.instance) == 8
