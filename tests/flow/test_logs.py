"""H06: what people type is in no log: not in a terminal, not in a form, not in an address."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator

import pytest
from learner_client import LearnerClient
from running_site import RunningSite, wait_for
from site_courses import SMALL_LESSON

pytestmark = pytest.mark.docker

LOGGED = ("asgi", "worker", "reconciler", "redis")


@pytest.fixture(params=["line", "json"])
def logging_site(site: RunningSite, request: pytest.FixtureRequest) -> Iterator[RunningSite]:
    """The site, with its processes writing lines or JSON."""
    processes = ("asgi", "worker", "reconciler")
    if request.param == "json":
        site.settings["LOG_FORMAT"] = "json"
        for name in processes:
            site.restart(name)
        site.wait_until_it_answers()
    yield site
    if site.settings.pop("LOG_FORMAT", ""):
        for name in processes:
            site.restart(name)
        site.wait_until_it_answers()


def canary(where: str) -> str:
    return f"canary-{where}-{secrets.token_hex(6)}"


def do_everything(person: LearnerClient, site: RunningSite) -> dict[str, str]:
    """Leave a canary everywhere that a person can type; return them by place."""
    birds = {
        place: canary(place)
        for place in ("terminal", "echo", "answer", "password", "username", "query", "path", "csrf", "origin")
    }
    session = person.start_lab(SMALL_LESSON)
    with person.terminal(session).attach() as terminal:
        terminal.run(f"echo {birds['echo']}")
        terminal.type("clear; echo wai''ting; read -rs word; echo got''ten\r")
        terminal.expect("waiting")
        terminal.type(f"{birds['terminal']}\r")
        terminal.expect("gotten")
        terminal.run(f"echo {person.values(SMALL_LESSON)['cabo']} > nota.txt")
        person.wait_for_pass("hacer-nota", lesson=SMALL_LESSON)
    person.check("leer-clave", lesson=SMALL_LESSON, text=birds["answer"])
    person.http.get(f"{site.address}/progress/?word={birds['query']}", timeout=20)
    person.http.get(f"{site.address}/join/{birds['path']}/", timeout=20)
    person.http.post(
        f"{site.address}/preferences/", data={"next": birds["csrf"], "csrfmiddlewaretoken": birds["csrf"]}, timeout=20
    )
    person.http.get(f"{site.address}/", headers={"Referer": f"http://x/{birds['origin']}"}, timeout=20)
    person.end_lab(session)
    person.post("/sign-out/")
    person.get("/sign-in/")
    person.try_post("/sign-in/", username=birds["username"], password=birds["password"])
    return birds


def test_nothing_that_a_person_types_is_in_any_log(logging_site: RunningSite, alice: LearnerClient) -> None:
    before = {name: len(logging_site.log(name)) for name in LOGGED}

    birds = do_everything(alice, logging_site)
    # A request is logged when its answer has gone, which is a moment after the answer came.
    wait_for(lambda: "POST sign-in/ 200" in logging_site.log("asgi")[before["asgi"] :], seconds=5, what="The last line")

    written = {name: logging_site.log(name)[before[name] :] for name in LOGGED}
    found = {place for place, bird in birds.items() for text in written.values() if bird in text}
    assert found == set()
    assert alice.username not in "".join(written.values())
    # The controls: the requests are there, by route and by number.
    assert "GET progress/ 200" in written["asgi"]
    assert "POST sign-in/ 200" in written["asgi"]
    assert "SOCKET ws/terminal closed" in written["asgi"]
    if "LOG_FORMAT" in logging_site.settings:
        check_json(written["asgi"])


def check_json(text: str) -> None:
    """Every line is an object; that of the terminal names the account by number, and the lab session."""
    lines = [json.loads(line) for line in text.splitlines()]
    [terminal] = [line for line in lines if line.get("route") == "ws/terminal"]
    assert terminal["user_id"].isdigit()
    assert len(terminal["session_id"]) == len("00000000-0000-0000-0000-000000000000")
    assert len({line["request_id"] for line in lines if line["logger"] == "muelle.access"}) >= 8


def test_the_figures_are_those_of_the_site(site: RunningSite, alice: LearnerClient) -> None:
    session = alice.start_lab(SMALL_LESSON)
    with alice.terminal(session).attach():
        answer = alice.get("/metrics").text
        ready = alice.get("/readyz").json()

    assert 'muelle_sockets_open{kind="terminal"} 1.0' in answer
    assert 'muelle_up{part="reconciler"} 1.0' in answer
    assert 'muelle_up{part="engine"} 1.0' in answer
    assert ready["ready"], ready
    assert [check["says"] for check in ready["checks"].values() if not check["ok"]] == []
    alice.end_lab(session)
