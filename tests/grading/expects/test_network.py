"""`network`, on an engine that says what a test wants."""

import pytest

from grading.expects import network
from grading.expects.errors import CouldNotLook

RED = {
    "Id": "a1",
    "Name": "red",
    "Driver": "bridge",
    "Internal": True,
    "Labels": {"tier": "back"},
    "IPAM": {"Config": [{"Subnet": "172.20.0.0/16"}]},
    "Containers": {"f0": {"Name": "web"}, "f1": {"Name": "cache"}},
}
BRIDGE = {"Id": "b2", "Name": "bridge", "Driver": "bridge", "IPAM": {"Config": None}, "Containers": {}}


@pytest.fixture
def judged(engine, look_at):
    engine.has("/networks", [{**RED, "Containers": {}}, BRIDGE])
    engine.has("/networks/a1", RED)
    engine.has("/networks/b2", BRIDGE)

    def judge(**arguments):
        return network.judge(arguments, network.gather(arguments, look_at()))

    return judge


WHAT_IS_SO = [
    {"name": "red"},
    {"name": "red", "driver": "bridge", "internal": True, "labels": {"tier": "back"}},
    {"name": "red", "subnet": {"contains": "172.20."}},
    {"name": "red", "containers": ["web", "cache"], "attached": 2},
    {"name": "bridge", "internal": False, "subnet": {"absent": True}, "attached": 0},
    {"name": "azul", "absent": True},
]
WHAT_IS_NOT = [
    ({"name": "azul"}, "There is no network `azul`; there is `bridge`, `red`"),
    ({"name": "red", "absent": True}, "There is a network `red`"),
    ({"name": "red", "driver": "host"}, "The driver of the network `red` is `bridge`"),
    ({"name": "red", "internal": False}, "The network `red` is internal"),
    ({"name": "red", "labels": {"x": "y"}}, "Of the network `red`, the label `x` is not there"),
    ({"name": "red", "containers": ["db"]}, "In the network `red` are `cache`, `web`"),
    ({"name": "bridge", "containers": ["db"]}, "No running container is in the network `bridge`"),
    ({"name": "red", "attached": {"min": 3}}, "The number of running containers in the network `red` is `2`"),
]


@pytest.mark.parametrize("arguments", WHAT_IS_SO, ids=str)
def test_what_is_so_passes(judged, arguments):
    assert judged(**arguments).passed


@pytest.mark.parametrize(("arguments", "found"), WHAT_IS_NOT, ids=str)
def test_what_is_not_so_fails_and_is_said(judged, arguments, found):
    aspects = [aspect for aspect in judged(**arguments).aspects if not aspect.holds]

    assert [aspect.found["en"] for aspect in aspects] == [found]


def test_hints_can_tell_missing_from_wrong(judged):
    assert judged(name="azul").observed is None
    assert judged(name="red").observed == "bridge"


def test_a_network_that_goes_meanwhile_is_not_there(judged, engine):
    engine.has("/networks/a1", None)

    assert not judged(name="red").passed


@pytest.mark.parametrize("lie", [{"Id": "a1"}, [{"Name": 3}], [3]], ids=str)
def test_a_list_that_is_none_is_an_error(judged, engine, lie):
    engine.has("/networks", lie)

    with pytest.raises(CouldNotLook):
        judged(name="red")


@pytest.mark.parametrize("lie", [[], {"Containers": []}, {"IPAM": []}, {"Internal": "yes"}], ids=str)
def test_a_network_that_is_none_is_an_error(judged, engine, lie):
    engine.has("/networks/a1", lie)

    with pytest.raises(CouldNotLook):
        judged(name="red")
