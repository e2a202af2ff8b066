"""What is said in place of Docker Hub: the search, and sentences for what is not there."""

import importlib.util
import json
import sys
from http import HTTPStatus
from pathlib import Path

import pytest

from tools.mirror.container import FOLDER
from tools.workspace import ROOT

DIGEST = "sha256:" + "0" * 64


def load_program():
    """The program, which is a file of the mirror's image and no module of ours."""
    spec = importlib.util.spec_from_file_location("hub", ROOT / FOLDER / "lib/hub.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["hub"] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


hub = load_program()


def put_image(root: Path, name: str, *tags: str, description: str = "") -> None:
    """Add an image, in files, as the registry does."""

    def put_blob(number: int, content) -> str:
        digits = f"{number:064x}"
        blob = root / "blobs/sha256" / digits[:2] / digits / "data"
        blob.parent.mkdir(parents=True)
        blob.write_text(json.dumps(content))
        return f"sha256:{digits}"

    number = 2 * len(list(root.rglob("data"))) + 1
    labels = {hub.DESCRIPTION: description} if description else None
    manifest = put_blob(number, {"config": {"digest": put_blob(number + 1, {"config": {"Labels": labels}})}})
    for tag in tags:
        link = root / "repositories/library" / name / "_manifests/tags" / tag / "current/link"
        link.parent.mkdir(parents=True)
        link.write_text(manifest)


@pytest.fixture
def library(tmp_path):
    """Three images."""
    put_image(tmp_path, "nginx", "1.26", "latest", "muelle-0123456789ab", description="A web server")
    put_image(tmp_path, "redis", "latest", description="Keeps what nginx need not ask for twice")
    put_image(tmp_path, "plain", "1")
    return hub.Library(tmp_path)


def sentence(answer) -> tuple[int, str, str]:
    (error,) = answer.body["errors"]
    return answer.status, error["code"], error["message"]


@pytest.mark.parametrize("path", ["/v2/library/nosuch/manifests/latest", "/v2/library/nosuch/tags/list"])
def test_an_image_that_is_not_there_is_denied_as_docker_hub_does_with_what_there_is(library, path):
    status, code, said = sentence(hub.answer(library, "GET", path))

    assert (status, code) == (404, "DENIED")
    assert said == (
        "nosuch is not in this machine's registry, and no way leads from a lab to the internet. "
        "It has nginx, plain, redis; `docker search WORD` looks through them"
    )


@pytest.mark.parametrize("name", ["library/ngnix", "somebody/nginx", "library/ngin"])
def test_a_slip_of_the_pen_is_guessed(library, name):
    _, _, said = sentence(hub.answer(library, "GET", f"/v2/{name}/manifests/latest"))

    assert said.startswith(f"{name.removeprefix('library/')} is not in")
    assert "Is it nginx that you want?" in said


@pytest.mark.parametrize(
    ("kind", "reference", "code", "expected"),
    [
        ("manifests", "99", "MANIFEST_UNKNOWN", "nginx has no tag 99"),
        ("manifests", DIGEST, "MANIFEST_UNKNOWN", "nginx has no image with that digest"),
        ("blobs", DIGEST, "BLOB_UNKNOWN", "nginx has no image with that digest"),
    ],
)
def test_a_tag_that_is_not_there_names_those_that_are(library, kind, reference, code, expected):
    status, said_code, said = sentence(hub.answer(library, "GET", f"/v2/library/nginx/{kind}/{reference}"))

    assert (status, said_code) == (404, code)
    assert said.startswith(expected)
    assert said.endswith("It has 1.26, latest")


def test_a_library_of_many_names_some_and_counts_the_rest(tmp_path):
    for number in range(23):
        put_image(tmp_path, f"image-{number:02d}", "latest")

    _, _, said = sentence(hub.answer(hub.Library(tmp_path), "GET", "/v2/library/xyz/manifests/1"))

    assert "image-19 and 3 more; " in said


def test_a_library_without_images_says_so(tmp_path):
    _, _, said = sentence(hub.answer(hub.Library(tmp_path), "GET", "/v2/library/nginx/manifests/1"))

    assert "It has nothing yet" in said


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("nginx", ["nginx", "redis"]),
        ("NGINX", ["nginx", "redis"]),
        ("library/plain", ["plain"]),
        ("web", ["nginx"]),
        ("", ["nginx", "plain", "redis"]),
        ("nosuch", []),
        ("../nginx", []),
    ],
)
def test_the_search_finds_names_before_descriptions(library, word, found):
    answer = hub.answer(library, "GET", f"/v1/search?q={word}&n=25")

    assert answer.status == HTTPStatus.OK
    assert [result["name"] for result in answer.body["results"]] == found
    assert answer.body["num_results"] == len(found)


def test_the_search_tells_what_an_image_says_of_itself(library):
    first, second = hub.answer(library, "GET", "/v1/search?q=n&n=2").body["results"]

    assert (first["name"], first["description"]) == ("nginx", "A web server")
    assert (second["name"], second["description"]) == ("plain", "")


@pytest.mark.parametrize(("asked", "size"), [("1", 1), ("0", 0), ("x", 25), ("-3", 25), ("", 25), ("9999999", 100)])
def test_a_search_has_so_many_results_as_were_asked_for_within_reason(library, asked, size):
    answer = hub.answer(library, "GET", f"/v1/search?q=&n={asked}")

    assert answer.body["page_size"] == size
    assert len(answer.body["results"]) == min(size, 3)


def test_what_is_no_json_has_no_description_and_does_not_stop_the_search(library):
    for blob in library.root.rglob("data"):
        blob.write_text("{")

    assert [name for name, text in library.search("") if not text] == ["nginx", "plain", "redis"]


def test_tags_of_set_up_are_for_set_up(library):
    assert hub.answer(library, "GET", "/v2/library/nginx/tags/list").body["tags"] == ["1.26", "latest"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/v2/library/nginx/manifests/latest", "/v2/me/app/blobs/uploads/", "/v2/"])
def test_nothing_is_pushed_here_and_it_says_where(library, method, path):
    status, code, said = sentence(hub.answer(library, method, path))

    assert (status, code) == (403, "DENIED")
    assert "registry.muelle:5000/NAMESPACE/NAME" in said


def test_everybody_gets_a_token_and_nobody_signs_in(library):
    first = hub.answer(library, "GET", "/v2/")
    token = hub.answer(library, "GET", "/token?service=registry.docker.io&scope=repository:library/nginx:pull")

    assert first.status == HTTPStatus.UNAUTHORIZED
    assert token.body["token"]
    assert hub.answer(library, "GET", "/v2/", authorized=True).status == HTTPStatus.OK
    named, posted = (
        hub.answer(library, "GET", "/token?account=me", authorized=True),
        hub.answer(library, "POST", "/token"),
    )
    for refused in (named, posted):
        assert sentence(refused)[0] == HTTPStatus.UNAUTHORIZED
        assert "needs no account" in sentence(refused)[2]


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/v2", "/v2/_catalog", "/v1/users/", "//", "/v2/../../etc/passwd"),
        *("/v2/%3Cb%3E/manifests/1", "/v2/a/manifests/\x1b[2J", "/v2/a/manifests/\u0661"),
    ],
)
def test_what_is_no_image_is_not_said_back(library, path):
    status, _, said = sentence(hub.answer(library, "GET", path))

    assert (status, said) == (404, hub.NO_PAGE)
