"""`image`, on an engine that says what a test wants."""

import pytest

from grading.expects import image
from grading.expects.errors import CouldNotLook
from tests.grading.fake_engine import image_id, image_listed

CREATED = "2026-11-22T19:42:37.5Z"
CREATED_AT = 1795376557.5


@pytest.fixture
def judged(look_at):
    def judge(since: float = CREATED_AT - 60, **arguments):
        return image.judge(arguments, image.gather(arguments, look_at(since=since)))

    return judge


@pytest.fixture(autouse=True)
def _images(engine):
    engine.has(
        "/images/json",
        [
            image_listed(1, "web:2", "web:latest", Size=85_000_000, Labels={"version": "2"}),
            image_listed(2, "web:1", Size=310_000_000),
            image_listed(3, "<none>:<none>", RepoDigests=["<none>@<none>"]),
            image_listed(4, RepoDigests=["nginx@sha256:ab"]),
        ],
    )
    engine.has(
        f"/images/{image_id(1)}/json",
        {
            "Created": CREATED,
            "RootFS": {"Layers": ["a", "b", "c"]},
            "Config": {
                "User": "app:app",
                "Env": ["MODE=live"],
                "Cmd": ["-g", "daemon off;"],
                "Entrypoint": ["nginx"],
                "ExposedPorts": {"80/tcp": {}, "53/udp": {}},
                "WorkingDir": "/srv",
                "Healthcheck": {"Test": ["CMD", "curl", "localhost"]},
            },
        },
    )
    engine.has(f"/images/{image_id(2)}/json", {"Created": CREATED, "RootFS": {"Layers": ["a"]}, "Config": {}})
    engine.has(f"/images/{image_id(1)}/history", [{"CreatedBy": "COPY . /srv"}, {"CreatedBy": "RUN apt-get update"}])


WHAT_IS_SO = [
    {"name": "web"},
    {"name": "web:2"},
    {"name": "docker.io/library/web:2"},
    {"name": "nginx", "absent": True},
    {"name": "nginx@sha256:ab"},
    {"name": "web", "count": 3},
    {"name": "web", "layers": {"max": 3}},
    {"name": "web", "size": {"max": "100 MB"}},
    {"name": "web", "size": 85_000_000},
    {"name": "web", "smaller_than": "web:1"},
    {"name": "web", "labels": {"version": "2", "other": {"absent": True}}},
    {"name": "web", "env": {"MODE": "live"}},
    {"name": "web", "user": {"contains": "app"}, "root": False},
    {"name": "web:1", "root": True, "user": "root", "workdir": "/"},
    {"name": "web", "exposed": [80, "53/udp"]},
    {"name": "web", "command": "-g daemon off;", "entrypoint": "nginx", "workdir": "/srv"},
    {"name": "web:1", "command": {"absent": True}, "healthcheck": {"absent": True}},
    {"name": "web", "healthcheck": {"contains": "curl"}},
    {"name": "web", "history": {"matches": "apt-get update\\nCOPY"}},
    {"name": "web", "built": True},
    {"name": "httpd", "absent": True},
]
WHAT_IS_NOT = [
    ({"name": "httpd"}, "There is no image `httpd`; there is `web:1`, `web:2`, `web:latest`"),
    ({"name": "web", "absent": True}, "There are the tags `web:latest`, `web:1`, `web:2`"),
    ({"name": "web", "count": 1}, "The number of tags of `web` is `3`"),
    ({"name": "web", "layers": {"max": 2}}, "The number of layers of `web:latest` is `3`"),
    ({"name": "web", "size": {"max": "80 MB"}}, "The size of `web:latest` is `85.0 MB`"),
    ({"name": "web:1", "smaller_than": "web:2"}, "`web:1` has 310.0 MB, `web:2` has 85.0 MB"),
    ({"name": "web:1", "smaller_than": "httpd"}, "There is no image `httpd`"),
    ({"name": "web", "labels": {"version": "3"}}, "Of `web:latest`, the label `version` is `2`"),
    ({"name": "web", "env": {"MODE": "test"}}, "In `web:latest`, the variable `MODE` is `live`"),
    ({"name": "web:1", "root": False}, "`web:1` runs as root"),
    ({"name": "web", "exposed": [8080]}, "`web:latest` exposes `53/udp`, `80`"),
    ({"name": "web:1", "exposed": [8080]}, "`web:1` exposes no port"),
    ({"name": "web:1", "healthcheck": {"contains": "curl"}}, "The health check of `web:1` is not there"),
]


@pytest.mark.parametrize("arguments", WHAT_IS_SO, ids=str)
def test_what_is_so_passes(judged, arguments):
    assert judged(**arguments).passed


@pytest.mark.parametrize(("arguments", "found"), WHAT_IS_NOT, ids=str)
def test_what_is_not_so_fails_and_is_said(judged, arguments, found):
    aspects = [aspect for aspect in judged(**arguments).aspects if not aspect.holds]

    assert [aspect.found["en"] for aspect in aspects] == [found]


def test_what_was_there_before_was_not_built_here(judged):
    finding = judged(since=CREATED_AT + 60, name="web", built=True)

    assert finding.aspects[1].expected["en"] == "`web:latest` was built in this lab"
    assert finding.aspects[1].found["en"] == "`web:latest` was not built in this lab"
    assert judged(since=CREATED_AT + 60, name="web", built=False).passed


def test_hints_can_tell_missing_from_wrong(judged):
    assert judged(name="httpd").observed is None
    assert judged(name="web").observed == "web:latest"


def test_whether_it_exists_is_asked_with_one_request(judged, engine):
    judged(name="web")
    judged(name="web", size={"max": 1})

    assert engine.paths == ["/images/json"] * 2


@pytest.mark.parametrize(
    "lie",
    [
        {"Id": "x"},
        [{"Id": "x", "RepoTags": "web"}],
        [{"Id": "x", "RepoTags": [1]}],
        [{"Id": "x", "RepoTags": ["web"], "Size": "big"}],
        [{}] * 201,
    ],
    ids=str,
)
def test_a_list_that_is_none_is_an_error(engine, judged, lie):
    engine.has("/images/json", lie)

    with pytest.raises(CouldNotLook):
        judged(name="web")


@pytest.mark.parametrize("lie", [[], {"RootFS": []}, {"Created": "yesterday"}, {"Config": {"Env": {}}}], ids=str)
def test_an_image_that_is_none_is_an_error(engine, judged, lie):
    engine.has(f"/images/{image_id(1)}/json", lie)

    with pytest.raises(CouldNotLook):
        judged(name="web", layers=1)


def test_an_image_that_goes_meanwhile_has_nothing(engine, judged):
    engine.has(f"/images/{image_id(1)}/json", None)

    assert not judged(name="web", layers={"min": 1}).passed
