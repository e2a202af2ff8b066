"""`manage.py prove`, on its own and as authors run it: on a real engine, with nothing else of the site running."""

import os
import secrets
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from grading.management.commands import prove as command
from grading.prove.proof import RunResult
from grading.prove.runs import Trouble

ROOT = Path(__file__).parents[3]
LESSON = ROOT / "labs" / "courses" / "contenedores" / "01-fundamentos" / "01-que-es-un-contenedor"
TIMEOUT = 300  # seconds; the lab takes about ten


def results(troubles: tuple[Trouble, ...]):
    def prove(labs, cache, report):
        found = [RunResult(lab=lab.name, run="whole lab", seconds=1, troubles=troubles) for lab in labs]
        for result in found:
            report(result)
        return found

    return prove


def test_a_proof_that_went_well_says_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command, "prove", results(()))

    call_command("prove", str(LESSON), "--junit", str(tmp_path / "proof.xml"))

    assert "1 labs are proved." in capsys.readouterr().out
    assert ElementTree.parse(tmp_path / "proof.xml").getroot().tag == "testsuites"


def test_a_proof_that_went_wrong_ends_with_status_1(monkeypatch, capsys):
    monkeypatch.setattr(command, "prove", results((Trouble(task="a", sentence="passes before its solution"),)))

    with pytest.raises(SystemExit) as ended:
        call_command("prove", str(LESSON))

    assert ended.value.code == 1
    assert "1 of 1 runs show something wrong." in capsys.readouterr().out


def test_without_the_cache_none_is_asked(monkeypatch):
    seen = []
    monkeypatch.setattr(command, "prove", lambda labs, cache, report: seen.append(cache) or [])

    call_command("prove", str(LESSON))
    call_command("prove", str(LESSON), "--no-cache")

    assert [cache is None for cache in seen] == [False, True]


def test_a_path_without_a_lab_ends_with_a_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit):
        call_command("prove", str(tmp_path))

    assert "There is no" in capsys.readouterr().err


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


@pytest.mark.docker
@pytest.mark.slow
def test_every_lab_that_we_publish_proves_itself(prove):
    """What was proved with exactly these checks, image and agent is not proved again."""
    result = prove()

    assert result.returncode == 0, result.stdout + result.stderr
    assert "labs are proved." in result.stdout


@pytest.mark.docker
@pytest.mark.slow
def test_a_lab_that_does_not_prove_itself_is_explained(prove, tmp_path):
    shutil.copytree(ROOT / "labs" / "courses", tmp_path / "courses")
    lab = tmp_path / "courses" / LESSON.relative_to(ROOT / "labs" / "courses") / "lab.yaml"
    text = lab.read_text(encoding="utf-8")
    spoiled = text.replace("path: plan.txt", "path: cgroup.sh").replace('contains: "${palabra}"', "contains: cgroup")
    assert spoiled != text
    lab.write_text(spoiled, encoding="utf-8")

    result = prove(tmp_path / "courses", "--no-cache", "--junit", tmp_path / "proof.xml")

    assert result.returncode == 1
    assert "plan-en-casa passes before its solution" in result.stdout
    assert "file: passes" in result.stdout
    failures = ElementTree.parse(tmp_path / "proof.xml").getroot().findall(".//failure")
    assert [failure.get("message") for failure in failures] == ["plan-en-casa passes before its solution"]
