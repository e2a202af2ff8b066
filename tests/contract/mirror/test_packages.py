"""The plain commands of a textbook, in the library's images, with no name server but the mirror's."""

from __future__ import annotations

import json
import secrets
import uuid
from contextlib import closing
from pathlib import Path

import docker
import pytest

from sandboxes.runtimes.docker_networks import DockerNetworks
from sandboxes.runtimes.place import Place
from tools.docker import Docker
from tools.mirror import places
from tools.steps.library import open_library
from tools.workspace import Workspace

pytestmark = pytest.mark.docker

PORT = places.PACKAGES_PORT
ENGINE_SECONDS = 30


@pytest.fixture(scope="module")
def image():
    """The engine's own copy of an image of the library."""
    workspace = Workspace()
    filler, recipes = open_library(workspace, Docker(workspace))
    named = {recipe.name: recipe for recipe in recipes}
    return lambda name: filler.image(named[name])


@pytest.fixture
def network(mirror, settings):
    """A network like that of a lab: behind the walls, which send port 80 on to where the mirror has its packages."""
    sandbox = uuid.uuid4()
    place = Place(
        instance=secrets.token_hex(4), run_directory=Path(settings.MUELLE_RUN_DIR), agent_volume="muelle-agent-none"
    )
    name = place.sandbox_name(sandbox.hex)
    with closing(docker.APIClient(mirror.engine_url, timeout=ENGINE_SECONDS)) as client:
        networks = DockerNetworks(client, place, settings.MUELLE_LAB_NETWORKS)
        networks.create(name, str(sandbox))
        yield name
        networks.remove(name)


@pytest.fixture
def inside(mirror, image, network):
    """Run a shell line in an image that reaches the mirror under its names, as a lab does."""

    def run(name: str, line: str):
        return mirror.docker(
            "run", "--rm", "--network", network, "--dns", places.ADDRESS, image(name), "sh", "-c", line
        )

    return run


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("debian", "apt-get update && apt-get install -y curl && curl --version"),
        ("python", "pip install flask requests redis && python -c 'import flask, requests, redis'"),
        ("python", "pip install --upgrade pip setuptools wheel"),
        ("node", 'cd /tmp && npm install express@4 redis && node -e \'require("express")(); require("redis")\''),
    ],
)
def test_the_plain_command_works(inside, name, line):
    done = inside(name, line)

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "not signed" not in done.stderr


@pytest.mark.parametrize(
    ("name", "line", "sentence"),
    [
        ("debian", "apt-get update -qq && apt-get install -y no-such-thing", "Unable to locate package"),
        ("python", "pip install no-such-thing", "No matching distribution found for no-such-thing"),
        ("node", "cd /tmp && npm install no-such-thing", "404"),
    ],
)
def test_what_is_not_there_is_said_at_once(inside, name, line, sentence):
    done = inside(name, line)

    assert done.returncode != 0
    assert sentence in done.stdout + done.stderr


def test_all_suites_of_debians_sources_are_there_and_signed(mirror):
    for path in (
        "debian/dists/trixie",
        "debian/dists/trixie-updates",
        "debian-security/dists/trixie-security",
    ):
        answer = mirror.ask("GET", f"/{path}/InRelease", port=PORT, Host="deb.debian.org")

        assert answer.status == 200
        assert answer.body.startswith(b"-----BEGIN PGP SIGNED MESSAGE-----")


def test_a_package_with_a_scope_is_described(mirror):
    about = mirror.ask("GET", "/@redis%2fclient", port=PORT, Host="npm.muelle")

    assert json.loads(about.body)["name"] == "@redis/client"


@pytest.mark.parametrize("host", ["deb.debian.org", "pypi.muelle", "npm.muelle", "example.org"])
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "MKCOL"])
def test_nobody_changes_packages(mirror, host, method):
    answer = mirror.ask(method, "/express", port=PORT, Host=host, Content_Length="0")

    assert answer.status >= 400
