"""The labs we publish prove themselves: on a real engine, as authors do it, with nothing else of the site running."""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parents[2]
LESSON = ROOT / "labs" / "courses" / "contenedores" / "01-fundamentos" / "01-que-es-un-contenedor"
# Seconds. A lab with an engine of its own takes some minutes the first time, and none where nothing changed.
TIMEOUT = 1500

pytestmark = [pytest.mark.docker, pytest.mark.slow]


@pytest.fixture
def prove(tmp_path, settings):
    """Run the command as a process of its own, with a database and an instance that nobody else has."""
    if not (settings.MUELLE_ENGINE_URL and settings.MUELLE_AGENT_VOLUME and settings.MUELLE_IMAGES):
        pytest.skip("no engine, agent or lab image: `make setup` prepares them")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": "only-for-tests-" + "0" * 40,
        "DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "MUELLE_INSTANCE": secrets.token_hex(4),
        "MUELLE_RUN_DIR": settings.MUELLE_RUN_DIR,  # short, as sockets need it
    }

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, ROOT / "manage.py", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )

    assert manage("migrate").returncode == 0
    return lambda *arguments: manage("prove", *map(str, arguments))


def test_every_lab_that_we_publish_proves_itself(prove):
    """What was proved with exactly these checks, image and agent is not proved again."""
    result = prove()

    assert result.returncode == 0, result.stdout + result.stderr
    assert "labs are proved." in result.stdout


def test_a_lab_that_does_not_prove_itself_is_explained(prove, tmp_path):
    shutil.copytree(ROOT / "labs" / "courses", tmp_path / "courses")
    lab = tmp_path / "courses" / LESSON.relative_to(ROOT / "labs" / "courses") / "lab.yaml"
    text = lab.read_text(encoding="utf-8")
    spoiled = text.replace("path: plan.txt", "path: cgroup.sh").replace('contains: "${palabra}"', "contains: cgroup")
    assert spoiled != text
    lab.write_text(spoiled, encoding="utf-8")

    result = prove(lab.parent, "--no-cache", "--junit", tmp_path / "proof.xml")

    assert result.returncode == 1
    assert "plan-en-casa passes before its solution" in result.stdout
    assert "file: passes" in result.stdout
    failures = ElementTree.parse(tmp_path / "proof.xml").getroot().findall(".//failure")
    assert [failure.get("message") for failure in failures] == ["plan-en-casa passes before its solution"]
