"""Pulling, pushing, and what is refused."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import time

import pytest
from contract.mirror.conftest import Answer

from sandboxes.registry import forget_pushes, open_space
from tools.mirror import places
from tools.mirror.health import MANIFESTS

pytestmark = pytest.mark.docker

ACCEPT = ",".join(MANIFESTS)
SMALL = "library/busybox:1.37"
SWEEP = "/usr/local/lib/muelle/sweep"
MEASURED_SECONDS = 20.0


def test_an_image_is_pulled_by_tag_and_by_digest(mirror):
    manifest = mirror.ask("GET", "/v2/library/busybox/manifests/1.37", Accept=ACCEPT)
    digest = json.loads(manifest.body)["config"]["digest"]

    by_tag = mirror.copy(SMALL, "dir:/tmp/image")
    found = mirror.docker("run", "--rm", "--network", "host", mirror.image, "skopeo", "inspect", "--tls-verify=false",
                          "docker://10.212.0.1:5000/" + SMALL)  # fmt: skip
    by_digest = mirror.copy(f"library/busybox@{json.loads(found.stdout)['Digest']}", "dir:/tmp/image")

    assert (by_tag.returncode, by_digest.returncode) == (0, 0), by_tag.stderr + by_digest.stderr
    assert mirror.ask("GET", f"/v2/library/busybox/blobs/{digest}").status == 200


def test_two_versions_of_one_image_are_two_images(mirror):
    digests = {
        json.loads(mirror.ask("GET", f"/v2/library/{name}/manifests/{tag}", Accept=ACCEPT).body)["config"]["digest"]
        for name, tag in (("nginx", "1.26"), ("nginx", "1.22"), ("nginx", "latest"))
    }

    assert len(digests) == 2


@pytest.mark.parametrize(
    "path", ["nginx/manifests/99", "no-such-image/manifests/latest", "nginx/blobs/sha256:" + "0" * 64]
)
def test_what_is_not_there_is_a_sentence(mirror, path):
    answer = mirror.ask("GET", f"/v2/library/{path}", Accept=ACCEPT)

    assert answer.status == 404
    assert answer.message.startswith("there is no such image or tag")


def test_a_push_below_a_namespace_comes_back(mirror, space):
    pushed = mirror.copy(SMALL, f"{space}/my/app:1.0")
    pulled = mirror.copy(f"{space}/my/app:1.0", "dir:/tmp/image")

    assert (pushed.returncode, pulled.returncode) == (0, 0), pushed.stderr + pulled.stderr
    assert json.loads(mirror.ask("GET", f"/v2/{space}/my/app/tags/list").body)["tags"] == ["1.0"]


@pytest.mark.parametrize("name", ["app", "library/nginx", "library/new", "0123/app", "0123456789AB/app", "someone/app"])
def test_a_push_elsewhere_is_refused_with_a_sentence(mirror, name):
    answer = mirror.ask("POST", f"/v2/{name}/blobs/uploads/", Content_Length="0")

    assert answer.status == 403
    assert "only below the namespace of your session" in answer.message


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
def test_nobody_changes_the_library(mirror, method):
    answers = [
        mirror.ask(method, f"/v2/library/busybox/{path}", Content_Length="0").status
        for path in ("manifests/1.37", "blobs/sha256:" + "0" * 64, "tags/list")
    ]

    assert answers == [403, 403, 403]
    assert mirror.ask("GET", "/v2/library/busybox/manifests/1.37", Accept=ACCEPT).status == 200


def test_the_catalog_is_refused(mirror):
    answers = [mirror.ask("GET", f"/v2/_catalog{more}").status for more in ("", "?n=100", "/")]

    assert answers == [403, 403, 404]


def test_a_layer_that_is_too_large_is_refused_before_it_is_sent(mirror, space):
    answer = mirror.ask("POST", f"/v2/{space}/app/blobs/uploads/", Content_Length=str(600 * 1024**2))

    assert answer.status == 413
    assert answer.message == "a layer may have 512 MB at most"


def test_what_a_session_pushed_goes_with_it(mirror, space):
    mirror.copy(SMALL, f"{space}/app:1")

    assert forget_pushes({"espacio": space})
    assert mirror.ask("GET", f"/v2/{space}/app/tags/list").status == 404
    assert not forget_pushes({"espacio": space})
    assert "only below the namespace" in mirror.copy(SMALL, f"{space}/app:2").stderr


def test_a_namespace_that_the_host_has_not_opened_takes_nothing(mirror):
    answer = mirror.ask("POST", f"/v2/{secrets.token_hex(6)}/app/blobs/uploads/", Content_Length="0")

    assert (answer.status, "only below the namespace" in answer.message) == (403, True)


def test_a_namespace_is_opened_as_often_as_one_likes(mirror, space):
    open_space({"espacio": space})

    assert mirror.copy(SMALL, f"{space}/app:1").returncode == 0


@pytest.mark.parametrize("method", ["MKCOL", "DELETE"])
@pytest.mark.parametrize("path", ["names", "spaces"])
def test_nobody_opens_or_closes_at_the_port_that_sandboxes_reach(mirror, space, method, path):
    mirror.copy(SMALL, f"{space}/app:1")

    assert mirror.ask(method, f"/{path}/{space}/", Content_Length="0").status == 403
    assert mirror.copy(f"{space}/app:1", f"{space}/app:2").returncode == 0


def test_a_full_namespace_is_read_and_written_again_when_there_is_room(mirror, space):
    mirror.copy(SMALL, f"{space}/app:1")
    # An upload under way that has much and takes nothing, since it is a hole.
    upload = f"/spaces/docker/registry/v2/repositories/{space}/app/_uploads/x"
    mirror.docker("exec", places.CONTAINER, "sh", "-c", f"mkdir -p {upload} && truncate -s 2G {upload}/data")

    full = _begin_upload(mirror, space, until=403)
    pulled = mirror.copy(f"{space}/app:1", "dir:/tmp/image")
    mirror.docker("exec", places.CONTAINER, "rm", "-r", upload)
    again = _begin_upload(mirror, space, until=202)

    assert "your namespace has its 1 GB of images" in full.message
    assert pulled.returncode == 0
    assert again.status == 202


def test_what_belongs_to_no_image_is_swept_away_and_images_stay(mirror, space):
    mirror.copy(SMALL, f"{space}/app:1")
    blob = os.urandom(1000)
    digest = hashlib.sha256(blob).hexdigest()
    upload = mirror.ask("POST", f"/v2/{space}/app/blobs/uploads/", Content_Length="0").location
    stored = mirror.ask("PUT", f"{upload}&digest=sha256:{digest}", body=blob, Content_Length=str(len(blob)))
    assert (stored.status, _is_stored(mirror, digest)) == (201, True)

    busy = mirror.docker("exec", places.CONTAINER, SWEEP)
    still_there = _is_stored(mirror, digest)
    quiet = mirror.docker("exec", "--env", "QUIET_MINUTES=0", places.CONTAINER, SWEEP)

    assert (busy.returncode, quiet.returncode) == (0, 0), busy.stderr + quiet.stderr
    assert (still_there, _is_stored(mirror, digest)) == (True, False)
    assert mirror.copy(f"{space}/app:1", "dir:/tmp/image").returncode == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "MOVE", "COPY", "PROPFIND"])
def test_namespaces_can_be_opened_and_removed_and_nothing_else(mirror, space, method):
    mirror.copy(SMALL, f"{space}/app:1")

    for path in ("spaces", "names"):
        assert mirror.ask(method, f"/{path}/{space}/", port=places.NAMES_PORT, Content_Length="0").status >= 400
    assert mirror.ask("GET", f"/v2/{space}/app/tags/list").status == 200


def _begin_upload(mirror, space: str, *, until: int) -> Answer:
    """Ask for the start of an upload until the answer is `until`: namespaces are measured every two seconds."""
    deadline = time.monotonic() + MEASURED_SECONDS
    while True:
        answer = mirror.ask("POST", f"/v2/{space}/app/blobs/uploads/", Content_Length="0")
        if answer.status == until or time.monotonic() > deadline:
            return answer
        time.sleep(0.2)


def _is_stored(mirror, digest: str) -> bool:
    path = f"/spaces/docker/registry/v2/blobs/sha256/{digest[:2]}/{digest}/data"
    return mirror.docker("exec", places.CONTAINER, "test", "-e", path).returncode == 0
