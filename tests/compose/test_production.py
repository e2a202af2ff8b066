"""The story on the production shape: real containers, one published address, TLS, PostgreSQL, nothing left over."""

from __future__ import annotations

import json
import re

import pytest
import requests
from learner_client import LESSON, LearnerClient
from production_stack import NAME, Stack

from tools.steps.production import SITE_USER

pytestmark = pytest.mark.docker


def test_a_lesson_is_read_done_and_counted(stack: Stack, ana: LearnerClient) -> None:
    assert "¿Qué es un contenedor?" in ana.get(f"/courses/{LESSON}/").text
    session = ana.start_lab()
    values = ana.values()

    with ana.terminal(session).attach() as terminal:
        terminal.type(f"sleep {values['segundos']} &\r")
        ana.wait_for_pass("proceso-propio")
        assert "verdict bad" in ana.check("plan-en-casa")
        terminal.run(f"echo {values['palabra']} > ~/plan.txt")
        assert "verdict good" in ana.check("plan-en-casa")

        # An upgrade replaces every process of the site; the shell and what it knows stay.
        terminal.run("remembered=$((6 * 7))")
        stack.compose("restart", "terminal", "web", "worker", "reconciler")
        terminal.drop()
        terminal.reattach(seconds=60)
        assert "it is 42" in terminal.run("echo it is $remembered")

    stack.wait(lambda: not stack.unwell(), what="A site that is well after a restart")
    assert {slug for slug, state in ana.states().items() if state == "passed"} == {"proceso-propio", "plan-en-casa"}
    assert re.search(r"\b[1-9]\d* / \d+ ", re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", ana.get("/progress/").text)))
    ana.end_lab(session)


def test_the_proxy_ends_tls_and_nothing_else_listens(stack: Stack, authority: str) -> None:
    plain = requests.get(f"http://{NAME}/", allow_redirects=False, timeout=10)
    page = requests.get(f"https://{NAME}/sign-in/", verify=authority, timeout=10)

    assert plain.headers["Location"] == f"https://{NAME}/"
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    assert "__Host-csrftoken=" in page.headers["Set-Cookie"]
    listening = {
        each["Config"]["Labels"]["com.docker.compose.service"]
        for each in stack.containers()
        if any(each["HostConfig"]["PortBindings"].values())
    }
    assert listening == {"proxy"}


def test_django_finds_nothing_to_mend(stack: Stack) -> None:
    said = stack.compose("exec", "-T", "web", "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert "no issues" in said


@pytest.mark.parametrize("service", ["web", "beat", "terminal", "worker", "reconciler"])
def test_no_process_is_root_or_can_change_its_program(stack: Stack, service: str) -> None:
    assert stack.inside(service, "id -u") == (0, str(SITE_USER))
    assert stack.inside(service, "grep CapEff /proc/1/status")[1].endswith("0000000000000000")
    assert stack.inside(service, "grep NoNewPrivs /proc/1/status")[1].endswith("1")
    assert stack.inside(service, "touch /app/manage.py")[0] != 0


def test_only_who_makes_sandboxes_reaches_the_engine(stack: Stack) -> None:
    ask = "python -c \"import os, socket; socket.socket(socket.AF_UNIX).connect('{}')\"".format(
        stack.settings["MUELLE_ENGINE_SOCKET"]
    )

    reached = {name: stack.inside(name, ask)[0] == 0 for name in ("web", "terminal", "beat", "worker", "reconciler")}

    assert reached == {"web": False, "terminal": False, "beat": False, "worker": True, "reconciler": True}


def test_the_terminal_sees_the_agents_and_may_change_nothing(stack: Stack) -> None:
    folder = stack.settings["MUELLE_RUN_DIR"]

    assert stack.inside("worker", f"touch {folder}/agents/probe && rm {folder}/agents/probe")[0] == 0
    assert stack.inside("terminal", f"ls {folder}/agents")[0] == 0
    assert stack.inside("terminal", f"touch {folder}/agents/probe")[0] != 0
    assert stack.inside("terminal", f"ls {folder}/boot")[0] != 0
    assert stack.inside("web", f"ls {folder}")[0] != 0


def test_a_backup_can_be_read_back(stack: Stack, ana: LearnerClient) -> None:
    stack.inside("db", "pg_dump --username muelle --format custom --file /tmp/backup muelle")
    stack.inside(
        "db",
        "createdb --username muelle again && pg_restore --username muelle --dbname again --exit-on-error /tmp/backup",
    )

    code, count = stack.inside(
        "db", "psql --username muelle --tuples-only --no-align again -c 'select count(*) from accounts_user'"
    )

    assert (code, count) == (0, "1")


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS", "SITE_ADDRESS"])
def test_an_incomplete_env_is_refused_in_a_sentence(stack: Stack, name: str) -> None:
    path = stack.folder / ".env"
    whole = path.read_text()
    path.write_text(re.sub(rf"^{name}=.*$", f"{name}=", whole, flags=re.MULTILINE))
    try:
        said = stack.compose("up", "--detach", check=False)
    finally:
        path.write_text(whole)

    assert name in said
    assert "Set " in said or "make production" in said


def test_no_secret_is_in_the_image(stack: Stack) -> None:
    history = stack.engine.docker("history", "--no-trunc", "muelle/site:local")
    environment = json.loads(stack.engine.docker("inspect", "muelle/site:local"))[0]["Config"]["Env"]

    assert not [word for word in (stack.settings["SECRET_KEY"], stack.settings["POSTGRES_PASSWORD"]) if word in history]
    assert not [line for line in environment if line.startswith("SECRET_KEY")]
    assert stack.inside("web", "ls -A /authorities.pem /app/.muelle /app/.env")[0] != 0


def test_draining_leaves_no_sandbox_behind(stack: Stack, ana: LearnerClient) -> None:  # the last: it ends the site
    label = f"label=muelle.instance={stack.settings['MUELLE_INSTANCE']}"
    before = stack.engine.docker("ps", "--quiet", "--filter", label).split()

    stack.drain()

    assert before
    assert not stack.engine.docker("ps", "--all", "--quiet", "--filter", label).split()
