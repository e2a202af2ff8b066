"""The published schemas, and the sentences in which they refuse."""
# ruff: noqa: E501  # sentences are compared whole, one a line

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from content import schemas
from content.yaml import parse

NAMES = ["lab", "course", "chapter", "lesson", "common", *(f"expects/{kind}" for kind in schemas.expect_kinds())]

KINDS = ", ".join(f"`{kind}`" for kind in schemas.expect_kinds())

HEAD = "image: standard\n"
TASK = "image: standard\ntasks:\n  a:\n    solution: [ls]\n    expect:\n"


def said(text: str, name: str = "lab") -> list[str]:
    return [str(problem) for problem in sorted(schemas.check(parse(text, file="f"), name))]


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one(name: str):
    Draft202012Validator.check_schema(schemas.read(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_property_says_what_it_is(name: str):
    properties = schemas.read(name).get("properties", {})

    assert all("description" in value or "$ref" in value for value in properties.values())


def test_the_kinds_of_a_check_are_the_files_of_the_folder():
    kinds = schemas.read("lab")["$defs"]["check"]["properties"]

    assert tuple(sorted(kinds)) == schemas.expect_kinds()


@pytest.mark.parametrize("kind", schemas.expect_kinds())
def test_every_kind_takes_the_common_options_and_nothing_unknown(kind: str):
    schema = schemas.read(f"expects/{kind}")

    assert schema["additionalProperties"] is False
    assert {"weight", "try", "hide", "holds"} <= set(schema["properties"])
    assert schema["title"] == kind


def test_schemas_lie_in_the_package():
    folder = Path(schemas.__file__).parent / "schema"

    assert {path.name for path in folder.iterdir()} == {
        "expects",
        *(f"{name}.schema.json" for name in NAMES if "/" not in name),
    }


def test_a_whole_lab_passes():
    checks = """
      - answer: {one_of: [1, two], exact: true, weight: 2, hide: true, try: {es: a, en: b}}
      - file: {path: ~/x, type: file, mode: "0644", owner: learner, size: {min: 1}, lines: 3, json: {"a[0].b": 1}}
      - command: {argv: [ls], cwd: /tmp, exit: {min: 1}, stdout: {contains: [a, b]}, stderr: {absent: true}, timeout: 3}
      - process: {command: {matches: "sleep"}, user: learner, state: sleeping, nice: 10, count: {min: 1, max: 2}}
      - script: {file: checks/a.sh, expected: {es: a, en: b}, holds: true, try: [{when: {min: 1}, es: a}, {es: b}]}
      - container: {name: web, image: nginx, running: true, ports: {"8080": 80, "53/udp": "53/udp"}, env: {A: b}}
      - container: {name: web, mounts: {/data: datos, /x: {type: bind, source: {contains: y}, read_only: true}}}
      - container: {labels: {a: b}, state: exited, exit_code: {min: 1}, networks: [red], memory: 64 MiB, count: 2}
      - image: {name: "registry.example:5000/web/site:1.0", size: {max: 150 MB}, layers: {max: 5}, exposed: [80, 53/udp]}
      - image: {name: web, smaller_than: "web:1", root: false, history: {contains: COPY}, built: true}
      - http: {port: 8080, path: "/a?b=c", status: {min: 200, max: 299}, headers: {Server: nginx}, json: {"a[0]": 1}}
      - port: {port: 53, protocol: udp, address: 0.0.0.0, absent: true}
      - network: {name: red, driver: bridge, internal: true, subnet: {contains: "172."}, containers: [web], attached: 1}
      - volume: {name: datos, driver: local, labels: {a: b}, used_by: [web], users: {min: 1}}
      - compose: {project: tienda, services: {web: {replicas: 2, image: nginx, health: healthy}, db: {absent: true}}}
      - compose: {file: t/compose.yaml, declares: {web: {ports: {8080: 80}, depends_on: [db]}}, yaml: {volumes.d: {absent: true}}}
      - dockerfile: {path: web/Dockerfile, stages: 2, base: nginx, root: false, has: [USER, {RUN: {contains: apt-get}}]}
      - dockerfile: {lacks: [ADD], order: [{COPY: {contains: package.json}}, RUN], counts: {RUN: {max: 2}}, final: true}
      - event: {type: container, action: exec_start, name: web, command: {contains: ls}, after: {action: start}}
"""
    assert said(TASK + checks) == []


LAB_MISTAKES = [
    ("image: [a]", "f:1: `image` is a list, not text. Write lower-case letters without accents, digits and hyphens: `ver-procesos`."),
    ("{}", "f:1: The file lacks `image`. Add `image: standard`. The image that the lab runs: a folder of labs/images."),
    ("- a", "f:1: The file is a list, not a mapping. Write a mapping. The environment of a lesson, its tasks, their checks and solutions."),
    (HEAD + "minuts: 5", "f:2: There is no key `minuts`. Did you mean `minutes`? Possible keys: `idle`, `image`, `images`, `limits`, `minutes`, `ports`, `profile`, `tasks`, `terminals`, `values`."),
    (HEAD + "profile: standar", "f:2: `profile` cannot be `standar`. Did you mean `standard`? Possible: `standard`, `engine`."),
    (HEAD + 'minutes: "45"', "f:2: `minutes` is text, not a whole number. Write a whole number. Life of a session."),
    (HEAD + "minutes: 1", "f:2: `minutes` is 1. Write a number of at least 5. Life of a session."),
    (HEAD + "minutes: 9000", "f:2: `minutes` is 9000. Write a number of at most 480. Life of a session."),
    (HEAD + "limits: {cpus: 0}", "f:2: `cpus` is 0. Write a number of more than 0. Processors."),
    (HEAD + "limits: {memory: 256MB}", "f:2: `memory` cannot be `256MB`. Write a number and a unit: `256 MiB`."),
    (HEAD + "values: {Puerto: {hex: 8}}", "f:2: `Puerto` cannot be a name in `values`. Name values with lower-case letters, digits and underscores: `puerto`."),
    (HEAD + "values: {a: {hexx: 3}}", "f:2: There is no key `hexx` in `a`. Did you mean `hex`? Possible keys: `choice`, `hex`, `int`."),
    (HEAD + "values: {a: {int: [1]}}", "f:2: `int` has 1 item; the least is 2. Write the smallest and the greatest: `{int: [8081, 8999]}`."),
    (HEAD + "values: {a: {choice: [x, x]}}", "f:2: `choice` says the same thing twice. Delete one of them."),
    (HEAD + "values: {a: {choice: [x, y z]}}", "f:2: `choice[1]` cannot be `y z`. Write letters without accents, digits, dots, hyphens and underscores, in quotes if it looks like a number."),
    (HEAD + "terminals: []", "f:2: `terminals` is empty. Write something, or delete it. Terminals that are open from the start."),
    (HEAD + "ports: 8080", "f:2: `ports` is a number, not a list. Write a list: `- {port: 8080, title: {es: Servidor, en: Server}}`."),
    (HEAD + "ports: [{port: 0, title: {es: a}}]", "f:2: `port` is 0. Write a number of at least 1. The port inside the lab; a value, if it differs from learner to learner."),
    (HEAD + "ports: [{port: web, title: {es: a}}]", "f:2: `port` is text, not a whole number. Write a whole number. The port inside the lab; a value, if it differs from learner to learner."),
    (HEAD + "ports: [{port: 80}]", "f:2: `ports[0]` lacks `title`. Add `title: ...`. What the button says that opens it."),
    (HEAD + "images: [Nginx]", 'f:2: `images[0]` cannot be `Nginx`. Write it as `docker pull` takes it, in lower-case letters: `nginx` or `"alpine:3"`.'),
    (HEAD + "images: [a, a]", "f:2: `images` says the same thing twice. Delete one of them."),
    (HEAD + "tasks: {A: {expect: [], solution: [ls]}}", "f:2: `A` cannot be a name in `tasks`. Write lower-case letters without accents, digits and hyphens: `ver-procesos`."),
    (HEAD + "tasks:\n  a:", "f:3: `a` is empty, not a mapping. Write `expect:` and `solution:` below the id."),
    (HEAD + "tasks:\n  a: {expect: [{answer: {equals: x}}], solution: ls}", "f:3: `solution` is text, not a list. Write a list of commands: `- touch notas.txt`."),
    (TASK + "      - files: {}", f"f:6: There is no key `files` in `expect[0]`. Did you mean `file`? Possible keys: {KINDS}."),
    (TASK + "      - {file: {path: a}, answer: {equals: b}}", "f:6: `expect[0]` has 2 keys; the limit is 1. Write one kind and what it needs: `- file: {path: notas.txt}`."),
    (TASK + "      - file: {path: ../x}", "f:6: `path` cannot be `../x`. Write a path without `..`."),
    (TASK + "      - file: {path: x, mode: 0644}", 'f:6: `mode` is a number, not text. Put it in quotes: `"0644"`.'),
    (TASK + "      - file: {path: x, absent: false}", "f:6: `absent` is not what it should be. Write `absent: true`, or leave it out."),
    (TASK + "      - file: {path: x, size: {least: 1}}", "f:6: There is no key `least` in `size`. Possible keys: `equals`, `max`, `min`, `one_of`."),
    (TASK + "      - answer: {hide: true}", "f:6: `answer` says nothing to look at. Add one of `equals`, `contains`, `matches`, `min`, `max`, `one_of`."),
    (TASK + "      - command: {argv: ls -l}", "f:6: `argv` is text, not a list. Write a list: `[ls, -l, notas]`; for pipes and variables use a `script`."),
    (TASK + "      - process: {user: root}", "f:6: `process` says nothing to look at. Add one of `name`, `command`."),
    (TASK + "      - process: {name: x, try: {fr: b}}", "f:6: `fr` is not a key in `try`. Possible keys: `es`, `en`."),
    (TASK + "      - container: {running: true}", "f:6: `container` says nothing to look at. Add one of `name`, `image`, `labels`."),
    (TASK + "      - container: {name: web, ports: {8080: eighty}}", "f:6: `8080` cannot be `eighty`. Write a port, with its protocol where that is not TCP: `80` or `53/udp`."),
    (TASK + "      - container: {name: web, ports: {web: 80}}", "f:6: `web` cannot be a name in `ports`. Write the port of the lab, then that of the container: `{8080: 80}`."),
    (TASK + "      - container: {name: web, state: stopped}", "f:6: `state` cannot be `stopped`. Possible: `created`, `running`, `paused`, `restarting`, `removing`, `exited`, `dead`."),
    (TASK + "      - container: {name: web, mounts: {data: x}}", "f:6: `data` cannot be a name in `mounts`. Write the path in the container, then the source: `{/datos: mi-volumen}`."),
    (TASK + "      - container: {name: we b}", "f:6: `name` cannot be `we b`. Write a name as Docker takes it: letters, digits, dots, hyphens and underscores."),
    (TASK + "      - image: {name: web, size: {max: 1 Mb}}", "f:6: `max` cannot be `1 Mb`. Write bytes, or a number with a unit: `150 MB`, `64 MiB`."),
    (TASK + "      - image: {nam: web}", "f:6: `image` lacks `name`. Add `name: ...`. Its name; without a tag, any tag of that name."),
    (TASK + "      - http: {port: 8080, path: api}", "f:6: `path` cannot be `api`. Write what stands behind the host, with a slash: `/api/tareas?pagina=2`."),
    (TASK + "      - http: {port: 8080, method: POST}", "f:6: There is no key `method` in `http`. Possible keys: `body`, `headers`, `hide`, `holds`, `host`, `json`, `path`, `port`, `status`, `timeout`, `try`, `weight`."),
    (TASK + "      - compose: {project: tienda}", "f:6: `compose` says nothing to look at. Add one of `services`, `declares`, `yaml`, `absent`."),
    (TASK + "      - compose: {services: {web: 2}}", "f:6: `web` is a number, not a mapping. Write conditions, or `{}` for one that runs: `{replicas: 2}`."),
    (TASK + "      - dockerfile: {has: [run]}", "f:6: `has[0]` cannot be `run`. Write its name in capital letters, alone or with a condition: `RUN`, `{COPY: {contains: requirements.txt}}`."),
    (TASK + "      - dockerfile: {order: [RUN]}", "f:6: `order` has 1 item; the least is 2. Write a list: `[{COPY: {contains: requirements.txt}}, {RUN: {contains: pip install}}]`."),
    (TASK + "      - network: {name: red, containers: web}", "f:6: `containers` is text, not a list. Write a list: `[web, cache]`."),
    (TASK + "      - volume: {driver: local}", "f:6: `volume` lacks `name`. Add `name: ...`. Its name."),
    (TASK + "      - event: {type: container, action: start, after: {type: image}}", "f:6: `after` lacks `action`. Add `action: start`. What was done, as `docker events` says it: `start`, `exec_start`, `die`, `pull`, `untag`, `connect`."),
    (TASK + "      - script: {file: x.sh, expected: {es: a}}", "f:6: `file` cannot be `x.sh`. Write `checks/name.sh`."),
    (TASK + "      - script: {file: checks/x.sh}", "f:6: `script` lacks `expected`. Add `expected: ...`. What should be so, as the learner reads it."),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), LAB_MISTAKES)
def test_a_mistake_in_a_lab_is_said_in_a_sentence(text: str, sentence: str):
    assert sentence in said(text)


def test_every_unknown_key_is_named():
    assert [line.split(". ")[0] for line in said(HEAD + "a: 1\nb: 2")] == [
        "f:2: There is no key `a`",
        "f:3: There is no key `b`",
    ]


def test_long_texts_are_not_repeated_whole():
    [sentence] = said(HEAD + f"profile: {'x' * 500}")

    assert len(sentence) < 200


def test_an_empty_course_says_all_that_it_lacks():
    assert {line.split(". ")[0] for line in said("{}", "course")} == {
        "f:1: The file lacks `authors`",
        "f:1: The file lacks `languages`",
        "f:1: The file lacks `licence`",
        "f:1: The file lacks `summary`",
        "f:1: The file lacks `title`",
    }


def test_a_head_without_objectives_is_refused():
    assert said("title: a\nobjectives: []", "lesson") == [
        "f:2: `objectives` is empty. Write a list of one to eight sentences."
    ]
