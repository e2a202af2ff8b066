"""Environment: equal descriptions have equal digests, others do not, whatever the process."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes import environment
from sandboxes.environment import Environment
from sandboxes.limits import MIB, Limits

HARBOUR = Environment(
    image="muelle/standard:0123456789ab",
    profile="standard",
    limits=Limits(memory_bytes=256 * MIB, cpus=0.5, pids=64, disk_bytes=32 * MIB),
    setup="touch muelle\n",
    values={"puerto": {"int": [8081, 8999]}, "nombre": {"choice": ["faro", "boya"]}},
)


def test_digest_is_hexadecimal_sha256() -> None:
    digest = HARBOUR.digest()

    assert len(digest) == 64
    assert set(digest) <= set("0123456789abcdef")


@pytest.mark.parametrize(
    "change",
    [
        {"image": "muelle/standard:ba9876543210"},
        {"profile": "engine"},
        {"limits": Limits(memory_bytes=257 * MIB, cpus=0.5, pids=64, disk_bytes=32 * MIB)},
        {"setup": "touch muelle"},
        {"values": {"puerto": {"int": [8081, 9000]}, "nombre": {"choice": ["faro", "boya"]}}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_every_field_changes_the_digest(change: dict[str, Any]) -> None:
    other = dataclasses.replace(HARBOUR, **change)

    assert other.digest() != HARBOUR.digest()


def test_order_of_value_names_does_not_change_the_digest() -> None:
    reordered = dataclasses.replace(HARBOUR, values=dict(reversed(list(HARBOUR.values.items()))))

    assert reordered.digest() == HARBOUR.digest()


def test_raising_the_format_changes_every_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    before = HARBOUR.digest()

    monkeypatch.setattr(environment, "FORMAT", environment.FORMAT + 1)

    assert HARBOUR.digest() != before


def test_digest_is_the_same_in_another_process() -> None:
    program = (
        "import json, sys; from sandboxes.environment import Environment; "
        "print(Environment.from_json(json.load(sys.stdin)).digest())"
    )

    other = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps(HARBOUR.to_json()),
        env={"PYTHONPATH": "platform", "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )

    assert other.stdout.strip() == HARBOUR.digest()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=8,
)


@given(
    image=st.text(),
    profile=st.text(),
    setup=st.text(),
    memory=st.integers(min_value=1),
    cpus=st.floats(min_value=0.01, max_value=64),
    values=json_values,
)
def test_json_there_and_back_is_the_same_environment(
    image: str, profile: str, setup: str, memory: int, cpus: float, values: Any
) -> None:
    drawn = Environment(
        image=image, profile=profile, limits=Limits(memory_bytes=memory, cpus=cpus), setup=setup, values=values
    )

    read = Environment.from_json(json.loads(json.dumps(drawn.to_json())))

    assert read == drawn
    assert read.digest() == drawn.digest()


def test_a_limit_that_does_not_exist_is_refused() -> None:
    with pytest.raises(TypeError):
        Limits.from_json({"memory_bytes": 1, "gpus": 1})
