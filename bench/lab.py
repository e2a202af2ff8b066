"""The labs that are measured: one learner, one session at a time, real parts."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

from content_files import MOORING, edit
from learner_client import LESSON, LearnerClient
from running_site import RunningSite, wait_for
from site_courses import REAL, write_lab_course
from terminal_client import TerminalClient

from sandboxes.agent_client import AgentClient

WARM_TIMEOUT = 120.0  # seconds until the pool has refilled: two sandboxes of thirty in each look of the reconciler
COLD_TIMEOUT = 90.0  # seconds; the engine inside alone may take sixty before its start is given up
# A lab of this folder's own with a Docker in it: what is measured is the machine, and no lesson changes it.
ENGINE_LESSON = "banco/muelle/amarrar"
ENGINE_LIMITS = "limits: {memory: 2 GiB, pids: 1024}"
# By default no engine sandbox waits, so that none is made while something else is measured.
STANDARD_POOL, ENGINE_POOL = 2, 0
MOST = 30  # standard sandboxes that wait where a lab is started often


def write_courses(folder: Path) -> Path:
    """Put the lessons that are measured into `folder`, made for it, and return it."""
    real, own = LESSON.partition("/")[0], ENGINE_LESSON.partition("/")[0]
    shutil.copytree(REAL / real, folder / real, ignore=_other_chapters)
    write_lab_course(folder, own, setup="true\n", image="engine")
    lab = folder / own / MOORING / "lab.yaml"
    edit(lab, "image: engine", "image: engine\nprofile: engine")
    edit(lab, "limits: {memory: 128 MiB, pids: 64}", ENGINE_LIMITS)
    return folder


def _other_chapters(folder: str, names: list[str]) -> list[str]:
    """Name the chapters whose labs nobody starts here: they would only fill the pool."""
    return [name for name in names if Path(folder).parent == REAL and name[:1].isdigit() and not name.startswith("01-")]


def pools(standard: int, engine: int, *, grow: bool = True) -> dict[str, str]:
    """Return the settings of a site in which so many sandboxes of each profile wait for learners.

    Where a lab is started often, more standard ones wait, unless `grow` is off.
    """
    return {
        "MUELLE_POOL_SIZE": str(standard),
        "MUELLE_POOL_MAX": str(MOST if standard and grow else standard),
        "MUELLE_POOL_SIZE_ENGINE": str(engine),
        "MUELLE_POOL_MAX_ENGINE": str(engine),
    }


class Lab:
    """A learner's labs on a running site."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.learner = LearnerClient(site)
        self.session = ""
        self.engine_url = site.engine_url
        images = json.loads((site.directory / "images.json").read_text())
        self.image, self.engine_image = images["standard"], images["engine"]
        self._pools = (STANDARD_POOL, ENGINE_POOL, True)

    def start(self, lesson: str = LESSON) -> None:
        """Start a lab, and wait until its page would show a terminal."""
        self.session = self.learner.start_lab(lesson)

    def start_cold(self, lesson: str) -> None:
        """Start a lab without one look at its page before it is ready: looking takes time from what is measured."""
        self.learner.press_start(lesson)
        question = "SELECT state FROM lab_sessions_labsession ORDER BY created_at DESC LIMIT 1"
        wait_for(
            lambda: self.site.rows(question)[0]["state"] not in ("queued", "starting"),
            seconds=COLD_TIMEOUT,
            what="A cold start",
        )
        self.start(lesson)

    def end(self) -> None:
        """End the session, if there is one."""
        if self.session:
            self.learner.end_lab(self.session)
            self.session = ""

    def set_pools(self, *, standard: int = STANDARD_POOL, engine: int = ENGINE_POOL, grow: bool = True) -> None:
        """Have so many sandboxes of each profile wait, as `pools` says, and none of those that waited before."""
        if (standard, engine, grow) == self._pools:
            return
        self.session = ""
        for name in ("reconciler", "worker"):
            self.site.kill(name, signal.SIGTERM)
        self.site.manage("drain")
        for name in ("worker", "reconciler"):
            self.site.start(name, **pools(standard, engine, grow=grow))
        self._pools = (standard, engine, grow)

    def wait_for_warm_sandbox(self, standard: int = 0) -> None:
        """Wait until every pool is full, and nothing of an earlier session is still being cleaned up.

        `standard`: wait for so many of these, where a class has asked for them.
        """
        wait_for(lambda: self.at_rest() and self._pools_are_full(standard), seconds=WARM_TIMEOUT, what="A warm sandbox")

    def at_rest(self) -> bool:
        """Return whether nothing is being made or cleaned up."""
        question = "SELECT (SELECT count(*) FROM sandboxes_sandbox WHERE state = 'creating') + (SELECT count(*) "
        question += "FROM lab_sessions_labsession WHERE state IN ('queued', 'starting', 'ending')) AS moving"
        return int(self.site.rows(question)[0]["moving"]) == 0

    def _pools_are_full(self, standard: int) -> bool:
        names = {"standard": 0, "engine": 0}
        for row in self.site.rows("SELECT environment FROM sandboxes_sandbox WHERE state = 'warm'"):
            names[json.loads(row["environment"])["profile"]] += 1
        return names["standard"] >= max(standard, self._pools[0]) and names["engine"] >= self._pools[1]

    def agent_socket(self) -> Path:
        """Return the socket of the session's agent."""
        question = (
            "SELECT box.name FROM sandboxes_sandbox AS box "
            "JOIN lab_sessions_labsession AS lab ON lab.sandbox_id = box.id WHERE lab.state = 'ready'"
        )
        return self.site.run_dir / "agents" / f"{self.site.rows(question)[0]['name']}.sock"

    def agent(self) -> AgentClient:
        """Return a client of the session's agent."""
        return AgentClient(self.agent_socket())

    @contextlib.contextmanager
    def terminal(self, name: str = "main") -> Iterator[TerminalClient]:
        """Attach to a terminal of the session."""
        with self.learner.terminal(self.session, name).attach() as terminal:
            yield terminal

    @contextlib.contextmanager
    def fresh_terminal(self, lesson: str = LESSON) -> Iterator[TerminalClient]:
        """Attach to a terminal in a session that nothing was done in yet."""
        self.end()
        self.wait_for_warm_sandbox()
        self.start(lesson)
        with self.terminal() as terminal:
            terminal.run("true")
            yield terminal
