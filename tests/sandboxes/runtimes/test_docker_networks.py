"""Networks on an engine's bad days. The good ones are in tests/contract/test_runtime_networks.py."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from docker import errors

from sandboxes.runtimes import docker_networks as module
from sandboxes.runtimes.base import ContainerState, NoSpace, RequestRefused
from sandboxes.runtimes.docker_networks import DockerNetworks
from tests.sandboxes.runtimes.requests import PLACE, request
from tests.sandboxes.runtimes.stub_engine import StubEngine, stub_engine

NAME, SANDBOX = request().name, request().sandbox_id
LABELS = {"muelle.instance": PLACE.instance, "muelle.sandbox": SANDBOX}
OURS = {"Id": "made", "Name": NAME, "Labels": LABELS, "Created": "2026-11-22T20:22:44.314757162Z"}
OVERLAP = {"message": "Pool overlaps with other one on this address space"}
HELD = {"message": f"error while removing network: network {NAME} has active endpoints"}


@pytest.fixture
def engine(settings: Any) -> Iterator[StubEngine]:
    with stub_engine(Path(settings.MUELLE_RUN_DIR) / "engine.sock") as made:
        made.answers["GET", "/networks"] = (200, [OURS])
        made.answers["DELETE", "/networks/made"] = (204, None)
        yield made


@pytest.fixture
def networks(engine: StubEngine) -> Iterator[DockerNetworks]:
    client = docker.APIClient(base_url=engine.url, version="1.41", timeout=5)
    yield DockerNetworks(client, PLACE, "10.213.0.0/16")
    client.close()


def test_a_full_pool_is_no_space_and_is_not_tried_for_ever(networks: DockerNetworks, engine: StubEngine) -> None:
    engine.answers["POST", "/networks/create"] = (403, OVERLAP)

    with pytest.raises(NoSpace, match=r"10\.213\.0\.0/16"):
        networks.create(NAME, SANDBOX)

    assert engine.asked.count(("POST", "/networks/create")) == module.DRAWS


def test_another_refusal_is_not_tried_again(networks: DockerNetworks, engine: StubEngine) -> None:
    engine.answers["POST", "/networks/create"] = (500, {"message": "bridge: no such driver"})

    with pytest.raises(errors.APIError, match="no such driver"):
        networks.create(NAME, SANDBOX)

    assert engine.asked.count(("POST", "/networks/create")) == 1


def test_a_network_that_somebody_else_removes_is_fine(networks: DockerNetworks, engine: StubEngine) -> None:
    engine.answers["DELETE", "/networks/made"] = (404, {"message": "no such network"})

    networks.remove(NAME)

    assert ("DELETE", "/networks/made") in engine.asked


def test_the_end_of_a_container_that_is_gone_is_cut_off(networks: DockerNetworks, engine: StubEngine) -> None:
    engine.answers["DELETE", "/networks/made"] = (403, HELD)
    engine.answers["POST", "/networks/made/disconnect"] = (200, None)

    with pytest.raises(errors.APIError, match="active endpoints"):
        networks.remove(NAME)

    assert engine.asked.count(("DELETE", "/networks/made")) == 2
    assert ("POST", "/networks/made/disconnect") in engine.asked


@pytest.mark.parametrize(
    "labels", [None, {}, {**LABELS, "muelle.instance": "89abcdef"}, {"muelle.instance": "0123abcd"}]
)
def test_what_is_not_ours_is_left_alone(networks: DockerNetworks, engine: StubEngine, labels: Any) -> None:
    engine.answers["GET", "/networks"] = (200, [{**OURS, "Labels": labels}])

    with pytest.raises(RequestRefused, match="does not belong"):
        networks.remove(NAME)

    assert {method for method, _ in engine.asked} == {"GET"}


def test_a_name_that_is_a_part_of_another_is_another(networks: DockerNetworks, engine: StubEngine) -> None:
    engine.answers["GET", "/networks"] = (200, [{**OURS, "Name": f"{NAME}0"}])

    networks.remove(NAME)

    assert {method for method, _ in engine.asked} == {"GET"}


def test_only_networks_without_a_container_remain(networks: DockerNetworks) -> None:
    [left] = networks.remains(set())

    assert (left.handle, left.name, left.sandbox_id, left.state) == (NAME, NAME, SANDBOX, ContainerState.REMAINS)
    assert left.created_at == 1795378964.0
    assert list(networks.remains({NAME})) == []
