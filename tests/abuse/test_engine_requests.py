"""What a site asks of the engine, read off the wire; and what learners may make it ask (B16, B18)."""

from __future__ import annotations

import contextlib
import re
import shutil
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from content_files import COURSE
from django.conf import settings
from engine_facts import Engine
from learner_client import LearnerClient, learner
from running_site import DATABASE_TIMEOUT, RunningSite, running_site, wait_for
from site_courses import SMALL_LESSON, write_engine_course

from tests.abuse.tap import Asked, Tap, tapped

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

NAMES = [f"learner-{number:02d}" for number in range(8)]
ENGINE_LESSON = "motor/muelle/amarrar"
TIME_SCALE = 5.0
PRESSES = 20
GONE_AFTER = 60.0  # seconds after a deadline; what the platform promises


@pytest.fixture(scope="module")
def tap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tap]:
    """Between the site and its engine."""
    path = tmp_path_factory.mktemp("t") / "e.sock"
    with tapped(path, settings.MUELLE_ENGINE_URL.removeprefix("unix://")) as made:
        yield made


@pytest.fixture(scope="module")
def site(tap: Tap, engine_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSite]:
    """A site with one lab of each profile, whose engine is the tap."""
    folder = tmp_path_factory.mktemp("site")
    courses = folder / "courses"
    shutil.copytree(COURSE, courses / COURSE.name)
    assert write_engine_course(courses) == ENGINE_LESSON
    with running_site(
        folder,
        time_scale=TIME_SCALE,
        MUELLE_COURSES_DIR=str(courses),
        MUELLE_POOL_SIZE="1",
        MUELLE_POOL_SIZE_ENGINE="1",
        MUELLE_ENGINE_URL=f"unix://{tap.path}",
    ) as made:
        made.add_people(*NAMES)
        yield made


@pytest.fixture(scope="module")
def engine(site: RunningSite) -> Engine:
    """The engine behind the tap."""
    return Engine(site)


# Every request that a site ever makes; what is not here, such as `exec`, `archive`, `build` and `prune`, never is.
KNOWN = re.compile(
    r"(GET /version|GET /v[0-9.]+/(version|info|containers/json|containers/[\w-]+/(json|stats)"
    r"|images/muelle/[\w-]+:\w+/json|volumes/muelle-agent-\w+|networks|networks/[\w-]+)"
    r"|POST /v[0-9.]+/(containers/create|containers/\w+/start|networks/create|networks/[\w-]+/(connect|disconnect))"
    r"|DELETE /v[0-9.]+/(containers|networks)/[\w-]+)(\?\S*)?"
)
HOSTS = {"host", "container"}


def strangeness(asked: Asked, run_directory: Path) -> list[str]:
    """What no request of ours may ask for, written down once more, apart from runtimes/invariants.py."""
    if not KNOWN.fullmatch(f"{asked.method} {asked.path}"):
        return [f"{asked.method} {asked.path}"]
    host = (asked.body or {}).get("HostConfig")
    if host is None:
        return []
    found = [key for key in ("Privileged", "PublishAllPorts", "OomKillDisable") if host.get(key) is not False]
    for key in ("NetworkMode", "PidMode", "IpcMode", "UTSMode", "UsernsMode", "CgroupnsMode"):
        found += [key] if str(host.get(key, "host")).partition(":")[0] in HOSTS else []
    lists = ("Binds", "VolumesFrom", "DeviceCgroupRules", "DeviceRequests", "GroupAdd", "PortBindings", "Links")
    found += [key for key in lists if host.get(key)]
    found += [key for key in ("SeccompProfile", "Runtime", "CgroupParent", "VolumeDriver") if key in host]
    sources = {mount["Type"]: mount for mount in host["Mounts"]}
    bind, volume = sources.pop("bind"), sources.pop("volume")
    if sources or not (bind["ReadOnly"] and Path(bind["Source"]).parent == run_directory / "boot"):
        found.append(f"mounts {host['Mounts']}")
    if not (volume["ReadOnly"] and volume["Source"].startswith("muelle-agent-")):
        found.append(f"volume {volume}")
    if [device["PathOnHost"] for device in host["Devices"]] not in ([], ["/dev/net/tun"]):
        found.append(f"devices {host['Devices']}")
    if set(host["CapAdd"]) - {"SETUID", "SETGID"} or host["CapDrop"] != ["ALL"] or asked.body["User"] != "1000:1000":
        found.append(f"capabilities {host['CapAdd']}, user {asked.body['User']}")
    if any("unconfined" in option for option in host["SecurityOpt"]):
        found.append("no filter")
    return found


def live_through(person: LearnerClient, lesson: str) -> None:
    """Start, work, hand in, start afresh, end."""
    session = person.start_lab(lesson)
    with person.terminal(session).attach() as terminal:
        terminal.run(f"echo {person.values(lesson)['cabo']} > nota.txt")
        assert "verdict" in person.check("hacer-nota", lesson=lesson)
    person.post(f"/lab-sessions/{session}/reset/")
    person.wait_for_pane("ready", lesson=lesson)
    person.end_lab(session)


def test_a_full_life_asks_for_nothing_dangerous(site: RunningSite, engine: Engine, tap: Tap) -> None:
    person = learner(site, NAMES[0])
    for lesson in (SMALL_LESSON, ENGINE_LESSON):
        live_through(person, lesson)
    engine.wait_until_settled(seconds=60)

    asked = tap.requests()

    created = [each.body for each in asked if "/containers/create" in each.path]
    kinds = Counter(tuple(sorted(body["HostConfig"]["CapAdd"])) for body in created)
    assert kinds.keys() == {(), ("SETGID", "SETUID")}
    assert min(kinds.values()) >= 2  # each lab started, and started afresh; the pool may make more
    assert [strange for each in asked for strange in strangeness(each, site.run_dir)] == []

    # The control: each of these is noticed.
    for key, value in {
        "Privileged": True,
        "NetworkMode": "host",
        "PidMode": "container:x",
        "Binds": ["/:/h"],
        "Devices": [{"PathOnHost": "/dev/sda"}],
        "CapAdd": ["SYS_ADMIN"],
        "Mounts": [*created[0]["HostConfig"]["Mounts"], {"Type": "tmpfs"}],
    }.items():
        worse = {**created[0], "HostConfig": {**created[0]["HostConfig"], key: value}}
        assert strangeness(Asked("POST", "/v1.41/containers/create", worse), site.run_dir) != [], key
    for path in ("containers/x/exec", "containers/x/archive", "containers/prune", "build", "images/create"):
        assert strangeness(Asked("POST", f"/v1.41/{path}", None), site.run_dir) != []


def sessions_of(site: RunningSite, username: str) -> list[dict[str, Any]]:
    return site.rows(
        "SELECT lab.id, lab.sandbox_id, lab.state FROM lab_sessions_labsession AS lab "
        "JOIN accounts_user AS person ON person.id = lab.learner_id WHERE person.username = ?",
        username,
    )


def test_b16_twenty_starts_at_once_are_one_lab(site: RunningSite, engine: Engine) -> None:
    person, other = learner(site, NAMES[1]), learner(site, NAMES[2])
    with ThreadPoolExecutor(PRESSES) as pool:
        pressed = [pool.submit(person.try_post, f"/courses/{ENGINE_LESSON}/lab/start/") for _press in range(PRESSES)]
        assert all(press.result().status_code < 500 for press in pressed)

    session = person.start_lab(ENGINE_LESSON)

    assert [row["id"] for row in sessions_of(site, person.username)] == [session.replace("-", "")]
    unheld = "SELECT id FROM sandboxes_sandbox WHERE state = 'assigned' AND id NOT IN (SELECT sandbox_id FROM "
    assert not site.rows(unheld + "lab_sessions_labsession WHERE sandbox_id IS NOT NULL)")
    machine = engine.sandbox_of(session)
    assert engine.containers()[machine] == "running"

    another = other.start_lab(ENGINE_LESSON)  # the control: who is somebody else gets another machine
    assert engine.sandbox_of(another) != machine
    person.end_lab(session)
    other.end_lab(another)


def test_b18_a_deadline_holds_without_worker_and_broker(site: RunningSite, engine: Engine) -> None:
    person = learner(site, NAMES[3])
    session = person.start_lab(ENGINE_LESSON)
    machine = engine.sandbox_of(session)
    with person.terminal(session).attach() as terminal:
        terminal.run("(trap '' HUP INT QUIT TERM; while :; do read -t 9 < /dev/zero; done) & disown")
    question = "SELECT state, ended_reason FROM lab_sessions_labsession WHERE id = ?"

    site.kill("worker")
    site.restart("redis")
    assert site.rows(question, session.replace("-", ""))[0]["state"] == "ready"  # the control: it would have gone on
    assert machine in engine.containers()
    database = sqlite3.connect(site.directory / "db.sqlite3", timeout=DATABASE_TIMEOUT)
    with contextlib.closing(database), database:
        database.execute(
            "UPDATE lab_sessions_labsession SET expires_at = datetime('now', '+1 second') WHERE id = ?",
            [session.replace("-", "")],
        )
    deadline = time.monotonic() + 1
    try:
        wait_for(lambda: machine not in engine.containers(), seconds=GONE_AFTER + 1, what="The end of the machine")

        assert time.monotonic() - deadline <= GONE_AFTER
        over = [{"state": "ended", "ended_reason": "expired"}]
        wait_for(lambda: site.rows(question, session.replace("-", "")) == over, seconds=10, what="The end of its row")
    finally:
        site.start("worker")


def answer(person: LearnerClient, text: str) -> str:
    """What the page says to an answer, or its refusal."""
    response = person.try_post(f"/courses/{ENGINE_LESSON}/exercises/leer-clave/", text=text)
    return person.await_verdict(response.text) if response.ok else "refused"


def do_first_task(person: LearnerClient, session: str) -> str:
    """Pass the task that comes first; return what the next one asks for, which only this lab tells."""
    with person.terminal(session).attach() as terminal:
        terminal.run(f"echo {person.values(ENGINE_LESSON)['cabo']} > nota.txt")
        person.wait_for_pass("hacer-nota", lesson=ENGINE_LESSON)
        found = re.search(r"clave=([0-9a-f]{8})", terminal.run("echo clave=$(cat /tmp/clave)"))
    assert found is not None
    return found[1]


def test_g05_g07_answers_of_others_and_of_before_are_wrong(site: RunningSite) -> None:
    person, other = learner(site, NAMES[4]), learner(site, NAMES[5])
    session, foreign = person.start_lab(ENGINE_LESSON), other.start_lab(ENGINE_LESSON)
    before, others = do_first_task(person, session), do_first_task(other, foreign)

    assert "verdict bad" in answer(person, others)

    person.post(f"/lab-sessions/{session}/reset/")
    person.wait_for_pane("ready", lesson=ENGINE_LESSON)
    assert "verdict bad" in answer(person, before)

    other.end_lab(foreign)
    assert answer(other, others) == "refused", "After the end there is nothing to be checked in."
    with person.terminal(session).attach() as terminal:
        found = re.search(r"clave=([0-9a-f]{8})", terminal.run("echo clave=$(cat /tmp/clave)"))
    assert found is not None
    assert "verdict good" in answer(person, found[1]), "The control: one's own of now is right."
    person.end_lab(session)
