"""Several labs, several runs, and what was proved before."""

import threading

import pytest
from factories import lab_document, task_document

from content.documents import StepDocument
from grading.prove import proof
from grading.prove.cache import Cache, digest_of
from grading.prove.labs import NamedLab
from grading.prove.plan import runs_of
from grading.prove.runs import Trouble
from sandboxes.runtimes.base import EngineUnavailable

LAB = NamedLab(
    name="course/chapter/lesson",
    document=lab_document(tasks=(task_document("a", solution=(StepDocument(run="1"), StepDocument(run="2"))),)),
)


@pytest.fixture
def carried_out(monkeypatch):
    """Record what is run, in place of running it; `wrong` names the runs that go wrong."""
    done: list[str] = []
    wrong: dict[str, list[Trouble]] = {}

    def carry_out(lab, run):
        done.append(run.name)
        return wrong.get(run.name, [])

    monkeypatch.setattr(proof, "carry_out", carry_out)
    return done, wrong


@pytest.fixture
def cache(tmp_path) -> Cache:
    return Cache(tmp_path / "proved")


def prove(cache):
    reported = []
    results = proof.prove([LAB], cache, reported.append)
    assert reported == results
    return results


def test_every_run_is_carried_out_and_reported(carried_out, cache):
    results = prove(cache)

    assert [result.run for result in results] == ["whole lab", "a without step 1", "a without step 2"]
    assert not any(result.troubles for result in results)


def test_what_was_proved_is_not_proved_again(carried_out, cache):
    prove(cache)

    [again] = prove(cache)

    assert again.cached
    assert len(carried_out[0]) == 3


def test_without_a_cache_everything_is_proved(carried_out, cache):
    prove(cache)
    prove(None)

    assert len(carried_out[0]) == 6


def test_what_went_wrong_is_proved_again(carried_out, cache):
    carried_out[1]["whole lab"] = [Trouble(task="a", sentence="does not pass after its solution")]

    assert prove(cache)[0].troubles
    assert prove(cache)[0].troubles
    assert len(carried_out[0]) == 6


def test_faults_of_the_solutions_are_a_result(carried_out, cache):
    inert = tuple(StepDocument(run="ls", inert="looks") for _ in range(3))
    lab = NamedLab(name="x", document=lab_document(tasks=(task_document("a", solution=inert),)))

    results = proof.prove([lab], cache, lambda result: None)

    assert results[0].run == "solutions as they are written"
    assert len(results[0].troubles) == 2


def test_an_engine_that_is_down_is_said_for_each_run(monkeypatch, cache):
    def down(lab, run):
        raise EngineUnavailable("connection refused")

    monkeypatch.setattr(proof, "carry_out", down)

    results = prove(cache)

    assert {result.troubles[0].sentence for result in results} == {"no sandbox could be made: connection refused"}


def test_two_sandboxes_are_used_at_once(monkeypatch):
    both = threading.Barrier(2, timeout=5)

    def carry_out(lab, run):
        if run.name != "whole lab":
            both.wait()
        return []

    monkeypatch.setattr(proof, "carry_out", carry_out)
    monkeypatch.setattr(proof, "runs_of", lambda lab: runs_of(lab)[1:])

    assert len(prove(None)) == 2


@pytest.mark.parametrize(
    "change",
    [
        {"setup": "touch x"},
        {"tasks": (task_document("b"),)},
        {"limits": {"pids": 99}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_changed_lab_is_another_one(change):
    assert digest_of(lab_document(**change)) != digest_of(lab_document())


def test_a_rebuilt_image_or_agent_has_to_be_proved_with(settings):
    before = digest_of(LAB.document)

    settings.MUELLE_IMAGES = {"standard": "muelle/standard:other"}
    other_image = digest_of(LAB.document)
    settings.MUELLE_AGENT_VOLUME = "muelle-agent-other"

    assert len({before, other_image, digest_of(LAB.document)}) == 3


def test_changed_checks_have_to_prove_everything_again(monkeypatch):
    before = digest_of(LAB.document)

    monkeypatch.setattr("grading.prove.cache._code", lambda: ["other"])

    assert digest_of(LAB.document) != before


def test_without_its_image_nothing_is_known_or_remembered(cache, settings, tmp_path):
    settings.MUELLE_IMAGES = {}

    cache.remember(LAB.document, "x")

    assert not cache.knows(LAB.document)
    assert not (tmp_path / "proved").exists()
