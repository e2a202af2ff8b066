"""`dockerfile`, on files of a learner."""
# ruff: noqa: E501  # sentences are compared whole, one a line

import pytest

from grading.expects import dockerfile

GOOD = """\
FROM node:22 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build && \\
    npm prune

FROM nginx:1.26
COPY --from=build /app/dist /usr/share/nginx/html
USER nginx
HEALTHCHECK CMD curl -f http://localhost/
CMD ["nginx", "-g", "daemon off;"]
"""


@pytest.fixture
def judged(look):
    def judge(**arguments):
        return dockerfile.judge(arguments, dockerfile.gather(arguments, look()))

    return judge


@pytest.fixture
def good(home):
    (home / "Dockerfile").write_text(GOOD)


WHAT_IS_SO = [
    {},
    {"stages": 2, "base": "nginx", "root": False},
    {"base": "docker.io/library/nginx:1.26"},
    {"has": ["HEALTHCHECK", {"COPY": {"contains": "--from=build"}}, {"RUN": "npm ci"}]},
    {"has": [{"CMD": "nginx -g daemon off;"}, {"RUN": {"contains": "npm run build && npm prune"}}]},
    {"lacks": ["ADD", {"RUN": {"contains": "sudo"}}]},
    {"lacks": ["RUN"], "has": ["USER"], "final": True},
    {"order": [{"COPY": {"contains": "package.json"}}, {"RUN": "npm ci"}, {"COPY": ". ."}]},
    {"counts": {"RUN": 2, "COPY": {"max": 3}, "ADD": 0}},
    {"counts": {"COPY": 1}, "final": True},
]
WHAT_IS_NOT = [
    ({"stages": 1}, "The number of stages of `Dockerfile` is `2`"),
    ({"base": "node"}, "The image that the last stage of `Dockerfile` starts from is `nginx:1.26`"),
    ({"root": True}, "The last stage of `Dockerfile` runs as `nginx`"),
    ({"has": ["VOLUME"]}, "`Dockerfile` has no instruction `VOLUME`"),
    ({"has": [{"RUN": {"contains": "npm install"}}]}, "In line 6 of `Dockerfile` stands `RUN npm run build && npm prune`"),
    ({"lacks": ["HEALTHCHECK"]}, "In line 12 of `Dockerfile` stands `HEALTHCHECK CMD curl -f http://localhost/`"),
    ({"order": [{"RUN": "npm ci"}, {"COPY": {"contains": "package.json"}}]}, "In line 3 of `Dockerfile` stands `COPY package.json package-lock.json ./`"),
    ({"order": ["VOLUME", "RUN"]}, "`Dockerfile` has no instruction `VOLUME`"),
    ({"order": ["RUN", "VOLUME"]}, "`Dockerfile` has no instruction `VOLUME`"),
    ({"counts": {"RUN": 1}}, "In `Dockerfile`, the number of `RUN` is `2`"),
]  # fmt: skip


@pytest.mark.usefixtures("good")
@pytest.mark.parametrize("arguments", WHAT_IS_SO, ids=str)
def test_what_is_so_passes(judged, arguments):
    finding = judged(**arguments)

    assert finding.passed, [aspect.found["en"] for aspect in finding.aspects]


@pytest.mark.usefixtures("good")
@pytest.mark.parametrize(("arguments", "found"), WHAT_IS_NOT, ids=str)
def test_what_is_not_so_fails_and_is_said(judged, arguments, found):
    aspects = [aspect for aspect in judged(**arguments).aspects if not aspect.holds]

    assert [aspect.found["en"] for aspect in aspects] == [found]


@pytest.mark.usefixtures("good")
def test_what_is_wanted_is_said(judged):
    [_there, has, order] = judged(has=[{"RUN": {"contains": "x"}}], order=["RUN", "VOLUME"]).aspects

    assert has.expected["en"] == "`Dockerfile` has an instruction `RUN` that contains `x`"
    assert order.expected["en"] == ("In `Dockerfile`, an instruction `VOLUME` stands below an instruction `RUN`")


def test_a_missing_file_is_a_fail(judged):
    finding = judged(root=False)

    assert finding.observed is None
    assert finding.aspects[0].found["en"] == "`Dockerfile` does not exist"


def test_a_directory_is_no_dockerfile(judged, home):
    (home / "Dockerfile").mkdir()

    assert judged().aspects[0].found["en"] == "`Dockerfile` is a directory"


def test_without_user_it_runs_as_its_image_says(judged, home):
    (home / "Dockerfile").write_text("FROM debian\nRUN x\n")

    finding = judged(root=False)

    assert finding.aspects[1].found["en"] == "The last stage of `Dockerfile` has no USER, so it runs as its image says"


def test_a_user_is_inherited_from_the_stage_it_starts_from(judged, home):
    (home / "Dockerfile").write_text("FROM debian AS base\nUSER root\nUSER 1000:1000\nFROM base\nRUN x\n")

    assert judged(root=False, base="debian").passed


def test_another_path_can_be_named(judged, home):
    (home / "web").mkdir()
    (home / "web" / "Dockerfile.dev").write_text("FROM debian\n")

    assert judged(path="web/Dockerfile.dev", base="debian").passed


@pytest.mark.parametrize("content", ["FROM a\n" * 12_000, "RUN a\n" * 501, "\x00\xff" * 10])
def test_no_file_breaks_it(judged, home, content):
    (home / "Dockerfile").write_bytes(content.encode("latin-1"))

    assert not judged(base="debian", has=["RUN"], root=False, order=["RUN", "COPY"]).passed
