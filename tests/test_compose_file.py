"""Who is given what in the production shape: read from docker-compose.yml as it is written."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools.steps.production import FACTS, SITE_USER

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
SITE = ["setup", "web", "terminal", "worker", "reconciler", "beat"]
ENGINE = {"worker", "reconciler"}
RUN_DIR = "${MUELLE_RUN_DIR}"
# The first use of a variable carries the sentence for whoever has not set it; what is compared is its name.
SENTENCE = re.compile(r":\?[^}]*")


def mounts(name: str) -> list[dict[str, Any]]:
    """The binds of a service, with the sentences of their variables left out."""
    return [
        {key: SENTENCE.sub("", value) if isinstance(value, str) else value for key, value in volume.items()}
        for volume in SERVICES[name].get("volumes", [])
        if isinstance(volume, dict)
    ]


def speaking_of(*words: str) -> set[str]:
    """The services whose definition mentions a word."""
    return {name for name, service in SERVICES.items() if any(word in str(service) for word in words)}


def test_everything_a_site_needs_is_there():
    assert set(SERVICES) == {"db", "redis", "proxy", *SITE}


def test_only_worker_and_reconciler_reach_the_engine():
    engine_url = {name for name in SITE if SERVICES[name]["environment"]["MUELLE_ENGINE_URL"]}
    engine_mount = {name for name in SERVICES if "${MUELLE_ENGINE_MOUNT}" in {m["source"] for m in mounts(name)}}

    assert engine_url == engine_mount == ENGINE
    assert speaking_of("MUELLE_ENGINE_SOCKET", "MUELLE_ENGINE_MOUNT", "MUELLE_ENGINE_GROUP", "docker.sock") == ENGINE
    assert {name for name in SERVICES if "group_add" in SERVICES[name]} == ENGINE


def test_the_terminal_gets_the_sockets_of_the_agents_and_may_change_nothing():
    assert mounts("terminal") == [
        {"type": "bind", "source": f"{RUN_DIR}/agents", "target": f"{RUN_DIR}/agents", "read_only": True}
    ]


@pytest.mark.parametrize("name", sorted(ENGINE))
def test_paths_are_the_same_inside_and_outside(name: str):
    # The engine looks for a sandbox's mounts on the host, by the path that the worker names.
    assert mounts(name)
    assert all(mount["source"] == mount["target"] for mount in mounts(name))


def test_nobody_else_sees_anything_of_the_host():
    seen = {name: [mount["source"] for mount in mounts(name)] for name in SERVICES if name not in {*ENGINE, "terminal"}}

    assert {name: found for name, found in seen.items() if found} == {
        "proxy": ["./deploy/Caddyfile", "${TLS_DIRECTORY:-./.muelle/tls}"]
    }
    assert not speaking_of("privileged", "network_mode", "'pid'", "'ipc'", "devices", "userns_mode")


def test_only_the_proxy_listens_on_the_host():
    assert {name for name in SERVICES if "ports" in SERVICES[name]} == {"proxy"}
    assert {name for name in SERVICES if "data" in SERVICES[name]["networks"]} == set(SERVICES) - {"proxy"}
    assert yaml.safe_load(TEXT)["networks"] == {"front": {}, "pages": {"internal": True}, "data": {"internal": True}}


@pytest.mark.parametrize("name", list(SERVICES))
def test_every_container_has_as_little_as_it_can(name: str):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["security_opt"] == ["no-new-privileges=true"]
    assert service["pids_limit"]
    assert service["mem_limit"]
    assert service["stop_grace_period"]
    assert service["restart"] == ("no" if name == "setup" else "unless-stopped")


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"setup", "beat"}))
def test_what_others_wait_for_says_whether_it_is_well(name: str):
    # setup ends; beat only wakes others, and nothing depends on it.
    assert SERVICES[name]["healthcheck"]["test"][0] == "CMD"


@pytest.mark.parametrize("name", [name for name in SITE if name != "setup"])
def test_nothing_starts_before_the_tables_are_there(name: str):
    assert SERVICES[name]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}


def test_no_secret_is_written_down():
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        used = re.findall(r"\$\{" + name + r"([^}]*)\}", TEXT)
        assert used
        assert all(rest.startswith(":?") for rest in used)


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_ADDRESS", "MUELLE_INSTANCE", "MUELLE_ENGINE_SOCKET"]
)
def test_what_is_missing_is_said_in_a_sentence(name: str):
    sentences = re.findall(r"\$\{" + name + r":\?([^}]*)\}", TEXT)

    assert sentences
    assert all(sentence.endswith(".") for sentence in sentences)


def test_the_site_runs_as_the_user_that_owns_the_sockets():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert f"useradd --uid {SITE_USER} " in dockerfile
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE) == ["muelle"]


def test_fallback_images_run_as_the_users_that_compose_names():
    for folder, service in (("postgres", "db"), ("redis", "redis")):
        dockerfile = (ROOT / "deploy" / folder / "Dockerfile").read_text(encoding="utf-8")
        assert f"USER {SERVICES[service]['user']}" in dockerfile


def test_what_set_up_finds_out_reaches_the_site():
    found = {
        keyword.arg
        for path in (ROOT / "tools" / "steps").glob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and getattr(call.func, "attr", "") == "remember"
        for keyword in call.keywords
    }

    # Where engine, Redis and sockets are, the production shape says itself.
    wanted = found - {"MUELLE_ENGINE_URL", "MUELLE_RUN_DIR", "REDIS_URL"}
    assert wanted <= set(FACTS)
    assert set(FACTS) <= set(SERVICES["web"]["environment"])
