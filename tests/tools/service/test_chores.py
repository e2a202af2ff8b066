"""Installing, on a machine whose systemd is a list of what it was asked."""

from pathlib import Path

import pytest

from tools.envfile import read_env
from tools.problems import Problem
from tools.service import chores, units
from tools.workspace import SITE_SETTINGS, Workspace


@pytest.fixture
def asked(monkeypatch, tmp_path: Path) -> list[str]:
    """What systemctl was asked."""
    words: list[str] = []
    monkeypatch.setattr(chores, "run", lambda argv, **_options: words.append(" ".join(argv[1:])) or "")
    monkeypatch.setattr(chores, "is_free", lambda _port, _host: True)
    monkeypatch.setattr(chores, "find_program", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(chores.os, "geteuid", lambda: 0)
    monkeypatch.setattr(chores, "BOOTED", tmp_path)
    return words


@pytest.fixture
def clone(tmp_path: Path, monkeypatch) -> Workspace:
    root = tmp_path / "clone"
    (root / ".muelle" / "run").mkdir(parents=True)
    manage = []
    workspace = Workspace(root=root, environ={"MUELLE_ENGINE_URL": "unix:///run/muelle/engine.sock", "PORT": "80"})
    monkeypatch.setattr(Workspace, "manage", lambda self, *words: manage.append(words) or "")
    workspace.managed = manage  # type: ignore[attr-defined]
    return workspace


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "etc"


def test_units_are_written_enabled_and_started_the_site_last(clone, folder, asked, capsys):
    chores.install(clone, folder)

    assert {path.name for path in folder.iterdir()} == {units.SITE, units.ENGINE, units.BACKUP, units.TIMER}
    assert asked[0] == f"enable --quiet {units.SITE} {units.ENGINE} {units.TIMER}"
    assert asked[1] == "daemon-reload"
    assert asked[-1] == f"restart {units.SITE}"
    assert ("demo_accounts", "--close") in clone.managed
    assert "http://127.0.0.1:80/" in capsys.readouterr().out


def test_a_site_at_all_addresses_is_named_by_one_that_a_browser_can_open(clone, folder, asked, capsys):
    clone.environ["HOST"] = "0.0.0.0"

    chores.install(clone, folder)

    assert "http://localhost:80/" in capsys.readouterr().out


def test_when_it_says_that_it_is_installed_it_is_on_the_disk(clone, folder, asked, capsys, monkeypatch):
    told = []
    monkeypatch.setattr(chores.os, "sync", lambda: told.append(capsys.readouterr().out))

    chores.install(clone, folder)

    assert len(told) == 1
    assert "Installed" not in told[0]
    assert "Installed" in capsys.readouterr().out


def test_it_can_be_repeated_and_takes_away_what_is_needed_no_more(clone, folder, asked):
    chores.install(clone, folder)
    clone.environ["MUELLE_ENGINE_URL"] = "unix:///var/run/docker.sock"

    chores.install(clone, folder)

    assert not (folder / units.ENGINE).exists()
    assert f"disable --now --quiet {units.ENGINE}" in asked


def test_without_a_running_systemd_they_wait_for_the_next_boot(clone, folder, asked, monkeypatch, capsys):
    monkeypatch.setattr(chores, "BOOTED", Path("/nowhere"))

    chores.install(clone, folder)

    assert asked == [f"enable --quiet {units.SITE} {units.ENGINE} {units.TIMER}"]
    assert "they start when it does" in capsys.readouterr().out


def test_where_compose_runs_the_site_it_is_left_to_docker(clone, folder, asked, capsys):
    (clone.root / ".env").write_text("SITE_ADDRESS=:80\n")

    chores.install(clone, folder)

    assert {path.name for path in folder.iterdir()} == {units.ENGINE}
    assert clone.managed == []
    assert "docker compose up" in capsys.readouterr().out


def test_what_was_given_is_written_down_and_what_a_person_wrote_stays(tmp_path: Path):
    path = tmp_path / SITE_SETTINGS
    chores.write_settings(path, {"PORT": "80", "HOME": "/root"})
    path.write_text(path.read_text() + "# mine\nTIME_ZONE=Europe/Madrid\n")

    chores.write_settings(path, {"HOST": "0.0.0.0"})

    assert read_env(path) == {"HOST": "0.0.0.0", "PORT": "80", "MUELLE_DEMO": "0", "TIME_ZONE": "Europe/Madrid"}
    assert "# mine" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.stat().st_mtime_ns
    chores.write_settings(path, {})
    assert path.stat().st_mtime_ns == before


def test_settings_of_the_site_count_before_what_set_up_found(tmp_path: Path):
    workspace = Workspace(root=tmp_path, environ={})
    workspace.state.mkdir()
    workspace.remember(DATABASE_URL="postgres:///found", REDIS_URL="redis://found")
    (workspace.state / SITE_SETTINGS).write_text("DATABASE_URL=postgres:///mine\nMUELLE_DEMO=0\n")

    assert workspace.setting("DATABASE_URL") == "postgres:///mine"
    assert workspace.setting("REDIS_URL") == "redis://found"
    assert workspace.child_environment()["MUELLE_DEMO"] == "0"


class TestChecks:
    def test_a_site_of_another_clone_is_in_the_way(self, clone, folder, asked, tmp_path):
        other = Workspace(root=tmp_path / "other", environ=clone.environ)
        (tmp_path / "other" / ".muelle").mkdir(parents=True)
        chores.install(other, folder)

        with pytest.raises(Problem, match=r"belongs to .*/other") as caught:
            chores.check_can_install(clone, folder)

        assert "make uninstall" in caught.value.mend

    def test_a_unit_of_somebody_else_is_neither_replaced_nor_removed(self, clone, folder, asked):
        folder.mkdir()
        (folder / units.SITE).write_text("[Service]\nExecStart=/usr/bin/mine\n")

        with pytest.raises(Problem, match="somebody else"):
            chores.check_can_install(clone, folder)
        chores.uninstall(clone, folder)

        assert (folder / units.SITE).exists()

    def test_units_that_a_power_cut_left_empty_are_written_anew(self, clone, folder, asked):
        chores.install(clone, folder)
        (folder / units.SITE).write_bytes(b"")

        chores.check_can_install(clone, folder)
        chores.install(clone, folder)

        assert (folder / units.SITE).stat().st_size

    def test_a_make_run_in_some_window_is_told(self, clone, folder, asked):
        with chores.one_site(clone), pytest.raises(Problem, match="runs already"):
            chores.check_can_install(clone, folder)

    @pytest.mark.parametrize("state", ["active", "activating"])
    def test_a_service_that_runs_or_is_about_to_start_again_is_not_in_its_own_way(
        self, clone, folder, asked, monkeypatch, state
    ):
        monkeypatch.setattr(chores, "run", lambda _argv, **_options: f"{state}\n")
        monkeypatch.setattr(chores, "is_free", lambda _port, _host: False)

        with chores.one_site(clone):
            chores.check_can_install(clone, folder)

    def test_a_port_that_somebody_else_has_is_told_before_set_up(self, clone, folder, asked, monkeypatch):
        looked = []
        monkeypatch.setattr(chores, "is_free", lambda port, host: looked.append((port, host)))

        with pytest.raises(Problem, match=r"Port 80 of 127\.0\.0\.1 is in use"):
            chores.check_can_install(clone, folder)

        assert looked == [(80, "127.0.0.1")]

    def test_a_machine_without_systemd_is_told(self, clone, folder, asked, monkeypatch):
        monkeypatch.setattr(chores, "find_program", lambda _name: None)

        with pytest.raises(Problem, match="no systemd"):
            chores.check_can_install(clone, folder)

    def test_only_root_may(self, clone, folder, asked, monkeypatch):
        monkeypatch.setattr(chores.os, "geteuid", lambda: 1000)

        with pytest.raises(Problem, match="Only root"):
            chores.check_can_install(clone, folder)
        with pytest.raises(Problem, match="Only root"):
            chores.uninstall(clone, folder)


def test_uninstall_takes_away_ours_and_keeps_the_data(clone, folder, asked, capsys):
    chores.install(clone, folder)
    (clone.state / "db.sqlite3").touch()

    chores.uninstall(clone, folder)

    assert list(folder.iterdir()) == []
    assert f"disable --now --quiet {units.SITE}" in asked
    assert (clone.state / "db.sqlite3").exists()
    assert (clone.state / SITE_SETTINGS).exists()
    chores.uninstall(clone, folder)
    assert "No unit of this clone" in capsys.readouterr().out
