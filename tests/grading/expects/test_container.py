"""`container`, on an engine that says what a test wants."""

import pytest

from content.documents import ExpectDocument
from grading.checks import run_check
from grading.expects import container
from grading.expects.errors import CouldNotLook
from grading.models import Verdict
from tests.grading.fake_engine import container_id, image_id, image_listed, inspected, listed


@pytest.fixture
def has(engine):
    """Give the engine containers: `has(web=inspected("web"))`."""

    def give(**containers):
        pairs = list(enumerate(containers.items(), start=1))
        engine.has(
            "/containers/json",
            [
                listed(
                    number,
                    name,
                    Image=facts["Config"]["Image"],
                    ImageID=facts["Image"],
                    Labels=facts["Config"]["Labels"],
                )
                for number, (name, facts) in pairs
            ],
        )
        for number, (_name, facts) in pairs:
            engine.has(f"/containers/{container_id(number)}/json", facts)

    engine.has("/images/json", [image_listed(1, "nginx:latest", "nginx:1.26")])
    give()
    return give


@pytest.fixture
def judged(look_at):
    def judge(**arguments):
        return container.judge(arguments, container.gather(arguments, look_at()))

    return judge


def test_a_container_is_found_by_its_name(has, judged):
    has(web=inspected("web"))

    finding = judged(name="web")

    assert finding.passed
    assert finding.observed == "running"
    assert not judged(name="we").passed
    assert judged(name="we", absent=True).passed
    assert not judged(name="web", absent=True).passed


WHAT_IS_SO = [
    {"image": "nginx"},
    {"image": "nginx:1.26"},
    {"image": "docker.io/library/nginx:latest"},
    {"image": {"one_of": ["httpd", "nginx"]}},
    {"running": True},
    {"state": "running"},
    {"ports": {"8080": 80}},
    {"ports": {"8080/tcp": "80/tcp"}},
    {"published": 1},
    {"env": {"MODE": "test", "OTHER": {"absent": True}}},
    {"labels": {"tier": {"contains": "fron"}}},
    {"networks": ["bridge"]},
    {"command": {"contains": "nginx -g"}},
    {"restart": "no"},
    {"restarts": 0},
    {"user": "root"},
    {"root": True},
    {"read_only": False},
]
WHAT_IS_NOT = [
    ({"image": "nginx:1.27"}, "The image of the container `web` is `nginx:latest`"),
    ({"image": "httpd"}, "The image of the container `web` is `nginx:latest`"),
    ({"running": False}, "The container `web` is running"),
    ({"state": "exited"}, "The state of the container `web` is `running`"),
    ({"exit_code": 0}, "The exit code of the container `web` is not there"),
    ({"health": "healthy"}, "The health of the container `web` is not there"),
    ({"ports": {"8080": 81}}, "The container `web` publishes `8080:80`"),
    ({"ports": {"8080/udp": "80/udp"}}, "The container `web` publishes `8080:80`"),
    ({"published": 0}, "The number of published ports of the container `web` is `1`"),
    ({"env": {"MODE": "live"}}, "In the container `web`, the variable `MODE` is `test`"),
    ({"env": {"OTHER": "x"}}, "In the container `web`, the variable `OTHER` is not there"),
    ({"labels": {"tier": "back"}}, "Of the container `web`, the label `tier` is `front`"),
    ({"networks": ["red"]}, "The container `web` is in `bridge`"),
    ({"mounts": {"/data": "datos"}}, "What is mounted at `/data` in the container `web` is not there"),
    ({"memory": {"max": "64 MiB"}}, "The memory limit of the container `web` is not there"),
    ({"cpus": 1}, "The limit of processors of the container `web` is not there"),
    ({"root": False}, "The container `web` runs as root"),
    ({"read_only": True}, "The container `web` can write to its root"),
    ({"restart": "always"}, "The restart policy of the container `web` is `no`"),
]


@pytest.mark.parametrize("arguments", WHAT_IS_SO, ids=str)
def test_what_is_so_passes(has, judged, arguments):
    has(web=inspected("web"))

    assert judged(name="web", **arguments).passed


@pytest.mark.parametrize(("arguments", "found"), WHAT_IS_NOT, ids=str)
def test_what_is_not_so_fails_and_is_said(has, judged, arguments, found):
    has(web=inspected("web"))

    aspects = [aspect for aspect in judged(name="web", **arguments).aspects if not aspect.holds]

    assert [aspect.found["en"] for aspect in aspects] == [found]


def test_a_container_that_ended_has_an_exit_code_and_no_ports(has, judged):
    ended = {"Status": "exited", "Running": False, "ExitCode": 137}
    has(web=inspected("web", State=ended, NetworkSettings={"Ports": {}, "Networks": {"red": {}, "azul": {}}}))

    assert judged(name="web", running=False, state="exited", exit_code={"min": 128}, networks=["red"]).passed
    [there, port] = judged(name="web", ports={"8080": 80}).aspects
    assert there.holds
    assert port.expected["en"] == "Port `8080` of the lab leads to port `80` of the container `web`"
    assert port.found["en"] == "The container `web` publishes no port"
    assert judged(name="web").observed == "exited"


def test_limits_policy_user_and_health_are_those_it_was_made_with(has, judged):
    host = {
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3},
        "Memory": 64 * 2**20,
        "NanoCpus": 500_000_000,
    }
    state = {"Status": "running", "Running": True, "ExitCode": 0, "Health": {"Status": "healthy"}}
    has(
        web=inspected("web", HostConfig=host, State=state, Config={"Image": "nginx", "User": "1000:1000", "Labels": {}})
    )

    assert judged(name="web", memory="64 MiB", cpus=0.5, health="healthy", user="1000:1000", root=False).passed
    assert judged(name="web", restart="on-failure").passed
    assert judged(name="web", restart="on-failure:3").passed
    [_there, memory] = judged(name="web", memory={"max": "32 MiB"}).aspects
    assert memory.expected["en"] == "The memory limit of the container `web` is at most 32 MiB"
    assert memory.found["en"] == "The memory limit of the container `web` is `67.1 MB`"


def test_mounts_have_kind_source_and_rights(has, judged):
    mounts = [
        {"Type": "volume", "Name": "datos", "Source": "/home/x/_data", "Destination": "/data", "RW": True},
        {"Type": "bind", "Source": "/home/learner/web", "Destination": "/usr/share/nginx/html", "RW": False},
    ]
    has(web=inspected("web", Mounts=mounts, HostConfig={"Tmpfs": {"/scratch": ""}}))

    html = {"type": "bind", "source": {"contains": "web"}, "read_only": True}
    assert judged(name="web", mounts={"/data": "datos", "/usr/share/nginx/html": html}).passed
    assert judged(name="web", mounts={"/scratch": {"type": "tmpfs"}}).passed
    failed = [
        a.found["en"] for a in judged(name="web", mounts={"/data": {"type": "bind", "read_only": True}}).aspects[1:]
    ]
    assert failed == [
        "The kind of what is mounted at `/data` in the container `web` is `volume`",
        "Whether `/data` in the container `web` is read-only is `false`",
    ]


def test_changes_are_those_of_its_own_layer(has, judged, engine):
    has(web=inspected("web"))
    engine.has(
        f"/containers/{container_id(1)}/changes", [{"Path": "/tmp", "Kind": 0}, {"Path": "/tmp/nota", "Kind": 1}]
    )

    assert judged(name="web", changes={"/tmp/nota": "added", "/tmp": "changed", "/etc": {"absent": True}}).passed
    finding = judged(name="web", changes={"/tmp/otra": "added"})
    assert finding.aspects[1].found["en"] == "In the layer of the container `web`, `/tmp/otra` is not there"


def test_an_image_is_known_by_the_names_it_has_now(has, judged, engine):
    """Whoever starts it by its id has started it too."""
    has(web=inspected("web", Config={"Image": image_id(1), "Labels": {}}))

    assert judged(name="web", image="nginx:1.26").passed


def test_a_missing_container_is_explained_with_those_that_are_there(has, judged):
    has(wbe=inspected("wbe"), cache=inspected("cache"))

    finding = judged(name="web")

    assert finding.observed is None
    assert finding.aspects[0].expected["en"] == "There is a container `web`"
    assert finding.aspects[0].found["en"] == "There is no container `web`; there is `cache`, `wbe`"


def test_without_any_container_that_is_said(has, judged):
    assert judged(name="web").aspects[0].found["en"] == "There is no container `web`; there is nothing of the kind"


def test_containers_are_counted_by_what_they_are(has, judged):
    has(
        a=inspected("a"), b=inspected("b"), c=inspected("c", Config={"Image": "redis", "Labels": {}}, Image=image_id(9))
    )

    assert judged(image="nginx", count=2).passed
    assert judged(image="nginx", running=True).passed
    assert judged(labels={"tier": "front"}, count={"min": 2}).passed
    assert judged(image="postgres", absent=True).passed
    finding = judged(image="nginx", count=3)
    assert finding.observed == 2
    assert finding.aspects[0].found["en"] == "There are 2: `a`, `b`"


def test_the_one_that_was_probably_meant_is_explained(has, judged):
    has(a=inspected("a"))

    [aspect] = judged(image="nginx", restart="always").aspects

    assert aspect.expected["en"] == (
        "The number of containers with this is at least 1: "
        "The image of the container is `nginx`; The restart policy of the container is `always`"
    )
    assert aspect.found["en"] == "There is none. Of `a`: The restart policy of the container is `no`"
    assert judged(image="redis").aspects[0].found["en"] == "There is none"


def test_a_container_that_goes_meanwhile_is_not_there(has, judged, engine):
    engine.has("/containers/json", [listed(7, "web")])

    assert not judged(name="web").passed


def test_many_checks_ask_little(has, look_at, engine):
    has(web=inspected("web"), cache=inspected("cache"))
    view = look_at()

    for arguments in (
        {"name": "web", "running": True},
        {"name": "web", "image": "nginx"},
        {"name": "cache"},
        {"name": "x"},
    ):
        container.gather(arguments, view)

    assert len(engine.requests) == 4  # the containers, the images, one of each that is named
    assert all(line.startswith("GET ") for line in engine.requests)


@pytest.mark.parametrize(
    "lie",
    [
        {"Id": "a"},
        "containers",
        [[]],
        [{"Id": 3}],
        [{"Names": "web"}],
        [{"Names": [3]}],
        [{"Mounts": [3]}],
        [{"Labels": {"a": {}}}],
        [{}] * 201,
    ],
    ids=str,
)
def test_a_list_that_is_none_is_an_error(engine, judged, lie):
    engine.has("/containers/json", lie)

    with pytest.raises(CouldNotLook):
        judged(name="web")


@pytest.mark.parametrize(
    "lie",
    [
        {"State": "running"},
        {"State": {"Status": "exited", "ExitCode": "0"}},
        {"NetworkSettings": {"Ports": {"80/tcp": {"HostPort": 1}}}},
        {"NetworkSettings": {"Ports": {"80/tcp": [{"HostPort": 8080}]}}},
        {"Mounts": {}},
        {"Config": {"Env": "A=b"}},
    ],
    ids=str,
)
def test_a_container_that_is_none_is_an_error(has, judged, engine, lie):
    has(web=inspected("web"))
    engine.has(f"/containers/{container_id(1)}/json", {**inspected("web"), **lie})

    with pytest.raises(CouldNotLook):
        judged(name="web", running=True)


def test_what_an_engine_says_cannot_end_a_sentence_or_act_on_a_terminal(has, judged):
    has(web=inspected("web", Config={"Image": "nginx", "Env": ["MODE=`</b>\x1b[2J" + "x" * 5000], "Labels": {}}))

    found = judged(name="web", env={"MODE": "test"}).aspects[1].found["en"]

    assert "\x1b" not in found
    assert found.count("`") == 6
    assert len(found) < 500


def test_an_engine_that_does_not_answer_is_an_error_and_says_what_to_do(look):
    expect = ExpectDocument(kind="container", arguments={"name": "web"})

    outcome = run_check(expect, (), look(engine_address="unix:/nowhere/docker.sock"))

    assert outcome.verdict == Verdict.ERROR
    assert outcome.transient
    assert outcome.found["en"].startswith("Docker does not answer in your lab. Wait a few seconds")
