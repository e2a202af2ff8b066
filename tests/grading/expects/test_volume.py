"""`volume`, on an engine that says what a test wants."""

import pytest

from grading.expects import volume
from grading.expects.errors import CouldNotLook
from tests.grading.fake_engine import listed


@pytest.fixture
def judged(engine, look_at):
    engine.has("/volumes", {"Volumes": [{"Name": "datos", "Driver": "local", "Labels": {"a": "b"}}, {"Name": "otro"}]})
    mounted = [{"Type": "volume", "Name": "datos"}, {"Type": "bind", "Source": "/home"}]
    engine.has("/containers/json", [listed(1, "web", Mounts=mounted), listed(2, "cache")])

    def judge(**arguments):
        return volume.judge(arguments, volume.gather(arguments, look_at()))

    return judge


WHAT_IS_SO = [
    {"name": "datos"},
    {"name": "datos", "driver": "local", "labels": {"a": "b"}},
    {"name": "datos", "used_by": ["web"], "users": 1},
    {"name": "otro", "users": 0},
    {"name": "viejo", "absent": True},
]
WHAT_IS_NOT = [
    ({"name": "viejo"}, "There is no volume `viejo`; there is `datos`, `otro`"),
    ({"name": "datos", "absent": True}, "There is a volume `datos`"),
    ({"name": "datos", "driver": "nfs"}, "The driver of the volume `datos` is `local`"),
    ({"name": "datos", "labels": {"a": "c"}}, "Of the volume `datos`, the label `a` is `b`"),
    ({"name": "datos", "used_by": ["cache"]}, "The volume `datos` is mounted in `web`"),
    ({"name": "otro", "used_by": ["web"]}, "No container has the volume `otro`"),
    ({"name": "datos", "users": 2}, "The number of containers that have the volume `datos` is `1`"),
]


@pytest.mark.parametrize("arguments", WHAT_IS_SO, ids=str)
def test_what_is_so_passes(judged, arguments):
    assert judged(**arguments).passed


@pytest.mark.parametrize(("arguments", "found"), WHAT_IS_NOT, ids=str)
def test_what_is_not_so_fails_and_is_said(judged, arguments, found):
    aspects = [aspect for aspect in judged(**arguments).aspects if not aspect.holds]

    assert [aspect.found["en"] for aspect in aspects] == [found]


def test_without_any_volume_that_is_said(judged, engine):
    engine.has("/volumes", {"Volumes": None})

    finding = judged(name="datos")

    assert finding.observed is None
    assert finding.aspects[0].found["en"] == "There is no volume `datos`; there is nothing of the kind"


@pytest.mark.parametrize("lie", [[], {"Volumes": {}}, {"Volumes": [{"Name": []}]}], ids=str)
def test_a_list_that_is_none_is_an_error(judged, engine, lie):
    engine.has("/volumes", lie)

    with pytest.raises(CouldNotLook):
        judged(name="datos")
