"""`manage.py prove`: what it says and how it ends. tests/prove runs it for real."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import call_command

from grading.management.commands import prove as command
from grading.prove.proof import RunResult
from grading.prove.runs import Trouble

ROOT = Path(__file__).parents[3]
LESSON = ROOT / "labs" / "courses" / "contenedores" / "01-fundamentos" / "01-que-es-un-contenedor"


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
