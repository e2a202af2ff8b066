"""The units: right for this machine, and right in the eyes of systemd."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from tools.problems import Problem
from tools.service import units
from tools.workspace import ROOT, Workspace

OWN_ENGINE = {
    "MUELLE_ENGINE_URL": "unix:///run/muelle/engine.sock",
    "MUELLE_LAB_NETWORKS": "10.213.0.0/16",
    "MUELLE_MIRROR": "10.212.0.1",
}
MACHINES = {"own engine": OWN_ENGINE, "docker": {"MUELLE_ENGINE_URL": "unix:///var/run/docker.sock"}}


def at(root: Path, **environ: str) -> Workspace:
    return Workspace(root=root, environ=environ)


def parse(text: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=True, delimiters=["="], comment_prefixes=["#"])
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return parser


def test_with_an_engine_of_our_own_it_and_its_companions_have_units(tmp_path: Path):
    found = units.render(at(tmp_path, **OWN_ENGINE))

    assert set(found) == set(units.ALL)
    site = parse(found[units.SITE])
    assert site["Unit"]["Wants"] == "muelle-engine.service muelle-walls.service muelle-mirror.service"
    assert set(site["Unit"]["Wants"].split()) < set(site["Unit"]["After"].split())
    assert parse(found[units.MIRROR])["Unit"]["After"].split()[-1] == units.ENGINE


def test_with_the_machines_docker_the_site_comes_after_that(tmp_path: Path):
    found = units.render(at(tmp_path, **MACHINES["docker"]))

    assert set(found) == {units.SITE, units.BACKUP, units.TIMER}
    assert "docker.service" in parse(found[units.SITE])["Unit"]["After"].split()


def test_where_compose_runs_the_site_only_keepers_have_units(tmp_path: Path):
    found = units.render(at(tmp_path, **OWN_ENGINE), site=False)

    assert set(found) == {units.ENGINE, units.WALLS, units.MIRROR}


@pytest.mark.parametrize("name", [name for name in units.ALL if name.endswith(".service") and name != units.BACKUP])
def test_every_service_comes_back_for_ever_and_at_boot(tmp_path: Path, name: str):
    unit = parse(units.render(at(tmp_path, **OWN_ENGINE))[name])

    assert unit["Service"]["Restart"] == "always"
    assert unit["Service"]["Type"] == "notify"
    assert float(unit["Service"]["RestartSec"]) <= 5
    assert unit["Unit"]["StartLimitIntervalSec"] == "0"
    assert unit["Install"]["WantedBy"] == "multi-user.target"
    assert "network-online" not in unit["Unit"]["After"]
    assert unit["Service"]["WorkingDirectory"] == str(tmp_path)


def test_the_engine_outlives_its_keeper(tmp_path: Path):
    assert parse(units.render(at(tmp_path, **OWN_ENGINE))[units.ENGINE])["Service"]["KillMode"] == "process"


def test_the_engine_finds_at_boot_the_containerd_that_it_found_at_first(tmp_path: Path):
    assert (
        "containerd.service" in parse(units.render(at(tmp_path, **OWN_ENGINE))[units.ENGINE])["Unit"]["After"].split()
    )


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("folder", ["muelle", "my school 100%"])
def test_systemd_finds_nothing_to_complain_about(tmp_path: Path, machine: str, folder: str):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on this machine")
    root = tmp_path / folder
    root.mkdir()
    written = tmp_path / "units"
    written.mkdir()
    for name, text in units.render(at(root, **MACHINES[machine])).items():
        (written / name).write_text(text)

    done = verify(written)

    complaints = [line for line in done.splitlines() if "muelle" in line and "docker.service" not in line]
    assert complaints == []


def test_systemd_does_find_something_in_a_broken_unit(tmp_path: Path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze on this machine")
    text = units.render(at(tmp_path, **MACHINES["docker"]))[units.SITE]
    (tmp_path / units.SITE).write_text(text.replace("Restart=always", "Restart=sometimes"))

    assert "sometimes" in verify(tmp_path)


def verify(folder: Path) -> str:
    files = sorted(str(path) for path in folder.glob("muelle*.*"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr


def test_no_secret_of_the_installer_gets_into_a_unit(tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "canary-secret")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")

    text = "".join(units.render(at(tmp_path, SECRET_KEY="canary-secret", **OWN_ENGINE)).values())

    assert "canary-secret" not in text
    assert '"HTTPS_PROXY=http://proxy.example.org:3128"' in text


def test_a_folder_that_no_unit_can_name_is_told():
    with pytest.raises(Problem, match="No unit can name"):
        units.render(at(Path('/srv/the "school"'), **OWN_ENGINE))


def test_what_the_units_run_exists():
    text = units.render(at(ROOT, **OWN_ENGINE))

    for name in (units.SITE, units.ENGINE, units.WALLS, units.MIRROR, units.BACKUP):
        words = parse(text[name])["Service"]["ExecStart"].split(" -m tools ")[1].split()
        done = subprocess.run(
            ["python3", "-m", "tools", *words, "--help"], cwd=ROOT, capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, words
