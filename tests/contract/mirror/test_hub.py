"""The real mirror in place of Docker Hub: under its names, with a certificate of this machine."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from contract.mirror.conftest import ANSWER_SECONDS, Answer

from tools.mirror import places
from tools.mirror.certificate import NAMES
from tools.mirror.health import MANIFESTS, stands_in

pytestmark = pytest.mark.docker

ACCEPT = ",".join(MANIFESTS)
HUB = "registry-1.docker.io"


@pytest.fixture
def trusted(mirror) -> ssl.SSLContext:
    """Trusts what labs are told to trust, and nobody else."""
    given = mirror.ask("GET", "/hub.crt", port=places.PACKAGES_PORT)
    assert given.status == 200
    return ssl.create_default_context(cadata=given.body.decode("ascii"))


@pytest.fixture
def ask(trusted):
    """Ask the stand-in under one of its names."""

    def ask(path: str, *, name: str = HUB, method: str = "GET", body: bytes = b"", **headers: str) -> Answer:
        plain = socket.create_connection((places.ADDRESS, places.HUB_PORT), ANSWER_SECONDS)
        with trusted.wrap_socket(plain, server_hostname=name) as wire:
            connection = http.client.HTTPConnection(name)
            connection.sock = wire
            connection.request(method, path, body=body or None, headers=headers)
            response = connection.getresponse()
            return Answer(response.status, response.read(1_000_000), response.headers.get("WWW-Authenticate", ""))

    return ask


def test_set_up_waits_for_it(mirror):
    assert stands_in()


@pytest.mark.parametrize("name", NAMES)
def test_it_vouches_for_the_names_of_docker_hub(ask, name):
    assert ask("/v2/", name=name).status == 401


@pytest.mark.parametrize("name", ["github.com", "registry.muelle", "www.docker.io"])
def test_it_vouches_for_no_other_name(ask, name):
    with pytest.raises(ssl.SSLCertVerificationError):
        ask("/v2/", name=name)


def test_what_it_has_signs_nothing(trusted):
    (certificate,) = trusted.get_ca_certs() or [{}]

    # An authority would be listed as one.
    assert certificate == {}
    assert trusted.cert_store_stats()["x509"] == 1
    assert trusted.cert_store_stats()["x509_ca"] == 0


def test_an_image_comes_as_from_docker_hub(ask):
    manifest = json.loads(ask("/v2/library/busybox/manifests/1.37", Accept=ACCEPT).body)
    digest = manifest["layers"][0]["digest"]

    layer = ask(f"/v2/library/busybox/blobs/{digest}")

    assert (layer.status, len(layer.body)) == (200, min(manifest["layers"][0]["size"], 1_000_000))


def test_what_is_not_there_is_a_sentence_with_what_is(ask):
    image = ask("/v2/library/ngnix/manifests/latest", Accept=ACCEPT)
    tag = ask("/v2/library/nginx/manifests/99", Accept=ACCEPT)
    layer = ask("/v2/library/nginx/blobs/sha256:" + "0" * 64)

    assert (image.status, tag.status, layer.status) == (404, 404, 404)
    assert image.message.startswith("ngnix is not in this machine's registry")
    assert "Is it nginx that you want? It has busybox, debian, " in image.message
    assert tag.message.startswith("nginx has no tag 99")
    assert layer.message.startswith("nginx has no image with that digest")


def test_the_search_lists_the_library(ask):
    found = json.loads(ask("/v1/search?q=nginx", name="index.docker.io").body)["results"]
    every = json.loads(ask("/v1/search?q=", name="index.docker.io").body)["results"]

    assert [result["name"] for result in found] == ["nginx"]
    assert "Debian" in found[0]["description"]
    assert {"busybox", "debian", "hello-world", "nginx", "redis"} <= {result["name"] for result in every}


def test_nobody_signs_in_and_everybody_gets_a_token(ask):
    challenge = ask("/v2/")
    token = ask("/token", name="auth.docker.io")
    refused = ask("/token", name="auth.docker.io", Authorization="Basic bWU6c2VjcmV0")

    assert 'realm="https://auth.docker.io/token"' in challenge.location
    assert json.loads(token.body)["token"]
    assert refused.status == 401
    assert "needs no account" in refused.message
    assert ask("/v2/", Authorization="Bearer anybody").status == 200


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written_here(ask, method):
    digest = "sha256:" + "0" * 64
    paths = ("library/busybox/manifests/1.37", "me/app/blobs/uploads/", f"library/busybox/blobs/{digest}")

    answers = [ask(f"/v2/{path}", method=method, body=b"x" * 1000) for path in paths]

    assert [answer.status for answer in answers] == [403] * 3
    assert all("only below the namespace of your session" in answer.message for answer in answers)
    assert ask("/v2/library/busybox/manifests/1.37", Accept=ACCEPT).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/../../etc/passwd",
        "/v2/library/../../../etc/passwd",
        "/v2/library/busybox/blobs/sha256:..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/hub.key",
        "/hub/hub.key",
        "/..%2f..%2fhub/hub.key",
        "/v2/_catalog",
    ],
)
def test_no_path_climbs_out(ask, path):
    answer = ask(path)

    assert answer.status in {400, 404}
    assert b"root:" not in answer.body
    assert b"PRIVATE" not in answer.body
    assert b"repositories" not in answer.body


def test_no_key_is_given_away(mirror):
    for path in ("/hub.key", "/hub/hub.key", "/hub.crt/../hub.key", "/marks/../../hub/hub.key"):
        assert mirror.ask("GET", path, port=places.PACKAGES_PORT).status in {400, 404}


def test_who_asks_all_the_time_waits(ask):
    with ThreadPoolExecutor(30) as at_once:
        answers = list(at_once.map(lambda _: ask("/v1/search?q=nginx").status, range(200)))

    assert set(answers) == {200, 429}
    time.sleep(2.5)  # the mirror forgets by then
    assert ask("/v1/search?q=nginx").status == 200
