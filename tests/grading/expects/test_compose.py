"""`compose`, on an engine that says what a test wants, and on files of a learner."""

import pytest

from grading.expects import compose
from grading.expects.errors import CouldNotLook
from tests.grading.fake_engine import container_id, image_listed, inspected, listed

FILE = """\
services:
  web:
    image: nginx:1.26
    ports: ["127.0.0.1:8080:80", {published: 8443, target: 443}]
    depends_on:
      cache: {condition: service_healthy}
    volumes: ["datos:/data:ro", ./html:/usr/share/nginx/html, {type: volume, source: otro, target: /other}]
    environment: {MODE: live}
    restart: unless-stopped
    command: [nginx, -g, daemon off;]
  cache:
    image: redis
    environment: [A=b, EMPTY]
    healthcheck: {test: [CMD, redis-cli, ping]}
    networks: [interna]
  api:
    build: .
    depends_on: [cache]
    healthcheck: {disable: true}
volumes: {datos: {driver: local}}
"""


def labels(service: str, project: str = "tienda", **more: str) -> dict[str, str]:
    return {"com.docker.compose.project": project, "com.docker.compose.service": service, **more}


@pytest.fixture
def runs(engine):
    """Give the engine containers of services: `runs(("web", "tienda-web-1", {}), ...)`."""

    def give(*containers):
        listing = []
        for number, (service, name, more) in enumerate(containers, start=1):
            found = more.pop("labels", labels(service))
            listing.append(listed(number, name, Labels=found))
            engine.has(f"/containers/{container_id(number)}/json", inspected(name, **more))
        engine.has("/containers/json", listing)

    engine.has("/images/json", [image_listed(1, "nginx:1.26")])
    give()
    return give


@pytest.fixture
def judged(look_at):
    def judge(**arguments):
        return compose.judge(arguments, compose.gather(arguments, look_at()))

    return judge


STOPPED = {"Status": "exited", "Running": False, "ExitCode": 0}


def test_services_that_run_pass(runs, judged):
    runs(("web", "tienda-web-1", {}), ("web", "tienda-web-2", {}), ("cache", "tienda-cache-1", {}))

    finding = judged(project="tienda", services={"web": {"replicas": 2, "image": "nginx"}, "cache": {}})

    assert finding.passed
    assert finding.observed == "cache web"


def test_services_that_do_not_run_fail_and_are_explained(runs, judged):
    runs(("web", "tienda-web-1", {"State": STOPPED}), ("cache", "tienda-cache-1", {}))

    finding = judged(services={"web": {}, "db": {}, "cache": {"replicas": 3}})

    assert [aspect.found["en"] for aspect in finding.aspects] == [
        "The number of running containers of the service `web` is `0`",
        "There are containers of the services `cache`, `web`",
        "The number of running containers of the service `cache` is `1`",
    ]


def test_what_is_different_about_one_of_several_containers_is_said(runs, judged):
    health = {"Status": "running", "Running": True, "ExitCode": 0, "Health": {"Status": "unhealthy"}}
    runs(("web", "a", {}), ("web", "b", {"State": health}))

    finding = judged(services={"web": {"health": "unhealthy"}})

    assert not finding.passed
    assert finding.aspects[1].found["en"] == "The health of the service `web` is not there"


def test_other_projects_and_single_runs_do_not_count(runs, judged):
    runs(
        ("web", "x", {"labels": labels("web", "otro")}),
        ("web", "y", {"labels": labels("web", **{"com.docker.compose.oneoff": "True"})}),
        ("none", "z", {"labels": {}}),
    )

    assert not judged(project="tienda", services={"web": {}}).passed
    assert judged(project="otro", services={"web": {}}).passed
    assert judged(project="tienda", absent=True).passed


def test_a_project_that_was_taken_down_has_no_containers(runs, judged):
    assert judged(absent=True).passed
    assert judged(services={"web": {"absent": True}}).passed
    runs(("web", "a", {"State": STOPPED}))

    finding = judged(absent=True)

    assert finding.aspects[0].found["en"] == "There are containers of the services `web`"
    assert not judged(services={"web": {"absent": True}}).passed


WHAT_IT_SAYS = [
    {"web": {}},
    {"web": {"image": "nginx", "ports": {"8080": 80, "8443": 443}, "restart": "unless-stopped"}},
    {"web": {"depends_on": ["cache"], "environment": {"MODE": "live"}, "command": "nginx -g daemon off;"}},
    {"web": {"volumes": {"/data": "datos", "/usr/share/nginx/html": {"contains": "html"}, "/other": "otro"}}},
    {"cache": {"healthcheck": True, "networks": ["interna"], "environment": {"A": "b"}, "build": False}},
    {"api": {"build": True, "healthcheck": False, "depends_on": ["cache"]}},
]
WHAT_IT_DOES_NOT_SAY = [
    ({"db": {}}, "`compose.yaml` has no service `db`; there is `web`, `cache`, `api`"),
    ({"web": {"image": "httpd"}}, "The image of the service `web` is `nginx:1.26`"),
    ({"web": {"ports": {"8080": 81}}}, "What port `8080` of the lab leads to in the service `web` is `80`"),
    ({"web": {"depends_on": ["db"]}}, "The service `web` depends on `cache`"),
    ({"cache": {"depends_on": ["db"]}}, "The service `cache` depends on nothing"),
    ({"web": {"healthcheck": True}}, "The service `web` has no health check"),
    ({"web": {"volumes": {"/x": "datos"}}}, "What is mounted at `/x` in the service `web` is not there"),
    ({"web": {"networks": ["interna"]}}, "The service `web` names no network"),
]


@pytest.mark.parametrize("declares", WHAT_IT_SAYS, ids=str)
def test_what_the_file_says_passes(judged, home, declares):
    (home / "compose.yaml").write_text(FILE)

    finding = judged(declares=declares)

    assert finding.passed, [aspect.found["en"] for aspect in finding.aspects]


@pytest.mark.parametrize(("declares", "found"), WHAT_IT_DOES_NOT_SAY, ids=str)
def test_what_the_file_does_not_say_fails_and_is_said(judged, home, declares, found):
    (home / "compose.yaml").write_text(FILE)

    aspects = [aspect for aspect in judged(declares=declares).aspects if not aspect.holds]

    assert [aspect.found["en"] for aspect in aspects] == [found]


@pytest.mark.parametrize("name", compose.DEFAULTS)
def test_the_file_has_the_names_that_compose_takes(judged, home, name):
    (home / name).write_text(FILE)

    assert judged(declares={"web": {}}, yaml={"volumes.datos.driver": "local"}).passed


def test_a_file_elsewhere_is_named(judged, home):
    (home / "tienda").mkdir()
    (home / "tienda" / "compose.yaml").write_text(FILE)

    assert judged(file="tienda/compose.yaml", declares={"web": {}}).passed
    assert judged(file="compose.yaml", declares={"web": {}}).aspects[0].found["en"] == "`compose.yaml` does not exist"


@pytest.mark.parametrize(
    "content",
    ["services: [", "a\n---\nb", "[" * 5000, "services: &a {web: *a}", "x" * 70_000],
)
def test_a_file_that_is_no_yaml_is_a_fail(judged, home, content):
    (home / "compose.yaml").write_text(content)

    assert not judged(declares={"web": {}}, yaml={"a": 1}).passed


@pytest.mark.parametrize(
    "content",
    [
        "services: 3",
        "3",
        "services: {web: 3}",
        "services: {web: {ports: 3, volumes: {a: 1}, depends_on: 3, environment: 3, image: [a]}}",
        "services: {web: {ports: [{}, [], null, 80, true], volumes: [null, {}], environment: [null, 3]}}",
    ],
)
def test_no_file_breaks_it(judged, home, content):
    (home / "compose.yaml").write_text(content)
    wanted = {
        "image": "nginx",
        "ports": {"80": 80},
        "volumes": {"/a": "b"},
        "environment": {"A": "b"},
        "depends_on": ["b"],
    }

    assert not judged(declares={"web": wanted}).passed


def test_an_engine_that_lies_is_an_error(judged, engine):
    engine.has("/containers/json", [{"Labels": []}])

    with pytest.raises(CouldNotLook):
        judged(services={"web": {}})
