"""What authors may write and what can be looked at are the same kinds, in the same shape."""

import inspect
import json
from pathlib import Path

import pytest

from content import documents
from grading.expects import KINDS
from grading.expects.operators import OPERATORS

SCHEMAS = Path(documents.__file__).parent / "schema"


def test_every_schema_has_its_kind_and_every_kind_its_schema():
    schemas = {path.name.removesuffix(".schema.json") for path in (SCHEMAS / "expects").glob("*.json")}

    assert schemas == set(KINDS)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_kinds_have_one_shape(name):
    kind = KINDS[name]

    assert kind.LEVEL in {"practice"}
    assert list(inspect.signature(kind.gather).parameters) == ["arguments", "view"]
    assert list(inspect.signature(kind.judge).parameters) == ["arguments", "evidence"]


@pytest.mark.parametrize("name", sorted(KINDS))
def test_kinds_have_tests_and_a_row_in_the_authors_guide(name):
    guide = Path(__file__).parents[3] / "docs" / "authoring.md"

    assert (Path(__file__).parent / f"test_{name}.py").exists()
    assert f"\n| `{name}` |" in guide.read_text(encoding="utf-8")


def test_the_operators_are_those_of_the_schema():
    common = json.loads((SCHEMAS / "common.schema.json").read_text(encoding="utf-8"))

    assert set(common["$defs"]["condition"]["properties"]) == set(OPERATORS)


EXAMPLES = {
    "answer": ({"equals": "x"}, {"answer": "y"}),
    "command": ({"argv": ["ls"]}, {"missing": "program"}),
    "compose": ({"services": {"web": {}}}, {"services": {}}),
    "container": ({"name": "web"}, {"containers": [], "names": ["wbe"]}),
    "dockerfile": ({}, {"itself": None, "led_to": None}),
    "event": ({"type": "container", "action": "die"}, {"events": [], "full": False}),
    "file": ({"path": "a"}, {"itself": None, "led_to": None}),
    "http": ({"port": 8080}, {"silence": "closed"}),
    "image": ({"name": "web"}, {"tags": [], "names": []}),
    "network": ({"name": "red"}, {"network": None, "names": []}),
    "port": ({"port": 8080}, {"addresses": []}),
    "process": ({"name": "sleep"}, {"processes": []}),
    "script": ({"expected": {"es": "Sí.", "en": "Yes."}}, {"exit": 1, "stdout": ""}),
    "volume": ({"name": "datos"}, {"volume": None, "names": []}),
}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_fail_is_explained_in_both_languages(name):
    arguments, evidence = EXAMPLES[name]

    [aspect] = KINDS[name].judge(arguments, evidence).aspects

    for said in (aspect.expected, aspect.found):
        assert said["es"] != said["en"], "`make messages` compiles the translations."
        assert "%(" not in said["es"] + said["en"]
