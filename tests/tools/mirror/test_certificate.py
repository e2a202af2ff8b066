"""The certificate of the stand-in for Docker Hub: when it is made, and for which names."""

import re
from pathlib import Path

import pytest

from tools.mirror import certificate, health, places
from tools.mirror.container import FOLDER
from tools.workspace import ROOT

ETC = ROOT / FOLDER / "etc"


class FakeDocker:
    """Runs the script of the certificate, as far as this test cares."""

    def __init__(self, folder: Path, *, works: bool = True) -> None:
        self.folder, self.works, self.runs = folder, works, []

    def call(self, *words, **_):
        self.runs.append(words)
        if self.works:
            (self.folder / certificate.CERTIFICATE).write_text("certificate")
        return ""


@pytest.fixture
def state(monkeypatch, tmp_path):
    """The folder of what set-up keeps; nobody is root here."""
    monkeypatch.setattr(places, "STATE", tmp_path / "mirror")
    monkeypatch.setattr(certificate.os, "chown", lambda *_: None)
    return tmp_path / "mirror"


def test_it_is_made_once_without_a_network(state):
    docker = FakeDocker(state / certificate.FOLDER)

    folders = {certificate.certificate_folder(docker, "tools") for _ in range(2)}

    assert folders == {state / certificate.FOLDER}
    (words,) = docker.runs
    assert words[:4] == ("run", "--rm", "--network", "none")


def test_one_that_was_cut_short_is_made_again(state):
    certificate.certificate_folder(FakeDocker(state / certificate.FOLDER, works=False), "tools")
    docker = FakeDocker(state / certificate.FOLDER)

    certificate.certificate_folder(docker, "tools")

    assert len(docker.runs) == 1


def test_it_vouches_for_the_names_that_the_mirror_has_and_cannot_sign():
    resolved = re.findall(r"^host-record=([\w.-]+),", (ETC / "dnsmasq.conf").read_text(), re.M)

    assert set(certificate.NAMES) == {name for name in resolved if name.endswith("docker.io")}
    assert all(f"DNS:{name}" in certificate.SCRIPT for name in certificate.NAMES)
    assert "CA:FALSE" in certificate.SCRIPT


def test_servers_and_health_look_where_it_is():
    hub = (ETC / "hub.conf").read_text()

    assert f"/{certificate.FOLDER}/{certificate.CERTIFICATE};" in hub
    assert f"/{certificate.FOLDER}/{certificate.PRIVATE};" in hub
    assert f"{certificate.FOLDER}/{certificate.CERTIFICATE}" == health.HUB_CERTIFICATE
