"""What `make production` writes for docker compose."""

import json
import os
import socket
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from tools.engine import places
from tools.envfile import read_env
from tools.problems import Problem
from tools.steps import production
from tools.workspace import Workspace


@pytest.fixture
def engine_socket(tmp_path: Path):
    """A socket where an engine could answer."""
    path = tmp_path / "engine" / "docker.sock"
    path.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        yield path


@pytest.fixture
def prepared(workspace: Workspace, engine_socket: Path, tmp_path: Path, monkeypatch) -> Workspace:
    """A clone whose earlier steps are done."""
    (workspace.state).mkdir()
    (workspace.state / "instance").write_text("0a1b2c3d\n")
    (workspace.state / "images.json").write_text(
        json.dumps({"standard": "muelle/standard:12", "engine": "muelle/engine:34"})
    )
    workspace.remember(MUELLE_ENGINE_URL=f"unix://{engine_socket}", MUELLE_AGENT_VOLUME="muelle-agent-56")
    monkeypatch.setattr(production, "RUN_DIRECTORIES", tmp_path / "run")
    monkeypatch.setattr(production, "SITE_USER", os.getuid())
    return workspace


def test_a_new_env_has_everything_but_the_name_of_the_site(prepared: Workspace, engine_socket: Path, tmp_path: Path):
    said = production.run(prepared)

    env = read_env(prepared.root / ".env")
    assert said.startswith("set SITE_ADDRESS and ALLOWED_HOSTS in .env")
    assert len(env["SECRET_KEY"]) >= 50
    assert len(env["POSTGRES_PASSWORD"]) >= 32
    assert env["MUELLE_INSTANCE"] == "0a1b2c3d"
    assert env["MUELLE_IMAGES"] == "engine=muelle/engine:34,standard=muelle/standard:12"
    assert env["MUELLE_AGENT_VOLUME"] == "muelle-agent-56"
    assert env["MUELLE_ENGINE_SOCKET"] == env["MUELLE_ENGINE_MOUNT"] == str(engine_socket)
    assert env["MUELLE_ENGINE_GROUP"] == str(engine_socket.stat().st_gid)
    assert env["MUELLE_RUN_DIR"] == str(tmp_path / "run" / "0a1b2c3d")
    assert stat.S_IMODE((prepared.root / ".env").stat().st_mode) == 0o600


def test_only_the_site_may_enter_the_directory_of_the_sockets(prepared: Workspace, tmp_path: Path):
    production.run(prepared)

    folder = tmp_path / "run" / "0a1b2c3d"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "agents").stat().st_mode) == 0o700


def test_what_a_person_wrote_stays_and_facts_follow_the_machine(prepared: Workspace):
    production.run(prepared)
    path = prepared.root / ".env"
    before = read_env(path)
    path.write_text(
        path.read_text().replace("SITE_ADDRESS=\nALLOWED_HOSTS=", "# ours\nSITE_ADDRESS=:80\nALLOWED_HOSTS=school.lan")
    )
    (prepared.state / "images.json").write_text(json.dumps({"standard": "muelle/standard:99"}))

    said = production.run(prepared)

    after = read_env(path)
    assert said == ".env is up to date"
    assert after["MUELLE_IMAGES"] == "standard=muelle/standard:99"
    assert after["ALLOWED_HOSTS"] == "school.lan"
    assert "# ours\n" in path.read_text()
    assert {after[name] == before[name] for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "MUELLE_RUN_DIR")} == {True}


def test_our_own_engine_is_mounted_by_its_directory(prepared: Workspace, engine_socket: Path, monkeypatch):
    # It makes its socket anew at each start; a mount of the file would go on showing the old one.
    monkeypatch.setattr(places, "SOCKET", engine_socket)
    monkeypatch.setattr(places, "RUN", engine_socket.parent)

    production.run(prepared)

    assert read_env(prepared.root / ".env")["MUELLE_ENGINE_MOUNT"] == str(engine_socket.parent)


def test_an_engine_elsewhere_is_refused(prepared: Workspace):
    prepared.remember(MUELLE_ENGINE_URL="tcp://10.0.0.1:2375")

    with pytest.raises(Problem, match="not reached by a socket"):
        production.run(prepared)


def test_without_root_it_says_what_root_has_to_do(prepared: Workspace, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "chown", refuse)

    with pytest.raises(Problem) as caught:
        production.run(prepared)

    assert "sudo install -d -o" in caught.value.mend


def test_builds_trust_whom_this_machine_trusts(prepared: Workspace, tmp_path: Path):
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("-----BEGIN CERTIFICATE-----\n")

    production.run(replace(prepared, environ={**prepared.environ, "PIP_CERT": str(bundle)}))

    assert (prepared.state / "ca" / "host.crt").read_text() == bundle.read_text()
