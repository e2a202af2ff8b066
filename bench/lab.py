"""The lab that is measured: one learner, one session, real parts."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from learner_client import LearnerClient
from running_site import RunningSite, wait_for
from terminal_client import TerminalClient

WARM_TIMEOUT = 60.0  # seconds until the pool has refilled


class Lab:
    """A learner's lab on a running site."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.learner = LearnerClient(site)
        self.session = ""
        settings = dict(line.split("=", 1) for line in (site.directory / "env").read_text().splitlines() if "=" in line)
        self.engine_url = settings["MUELLE_ENGINE_URL"].strip("'\"")
        self.image = json.loads((site.directory / "images.json").read_text())["standard"]

    def start(self) -> None:
        """Start the lab, and wait until its page would show a terminal."""
        self.session = self.learner.start_lab()

    def end(self) -> None:
        """End the session, if there is one."""
        if self.session:
            self.learner.end_lab(self.session)
            self.session = ""

    def wait_for_warm_sandbox(self) -> None:
        """Wait until the pool has a sandbox, and nothing of an earlier session is still being cleaned up."""
        idle = (
            "SELECT (SELECT count(*) FROM sandboxes_sandbox WHERE state = 'warm') >= 2 AND NOT EXISTS (SELECT 1 FROM "
        )
        idle += "sandboxes_sandbox WHERE state = 'creating') AND NOT EXISTS (SELECT 1 FROM lab_sessions_labsession "
        idle += "WHERE state IN ('starting', 'ending'))"
        wait_for(lambda: bool(self._ask(idle)), seconds=WARM_TIMEOUT, what="A warm sandbox")

    def agent_socket(self) -> Path:
        """Return the socket of the session's agent."""
        name = self._ask(
            "SELECT box.name FROM sandboxes_sandbox AS box "
            "JOIN lab_sessions_labsession AS lab ON lab.sandbox_id = box.id WHERE lab.state = 'ready'"
        )
        return self.site.run_dir / "agents" / f"{name}.sock"

    def _ask(self, question: str) -> str | int:
        with contextlib.closing(sqlite3.connect(self.site.directory / "db.sqlite3", timeout=10)) as database:
            row = database.execute(question).fetchone()
        return row[0] if row else 0

    @contextlib.contextmanager
    def terminal(self, name: str = "main") -> Iterator[TerminalClient]:
        """Attach to a terminal of the session."""
        with self.learner.terminal(self.session, name).attach() as terminal:
            yield terminal

    @contextlib.contextmanager
    def fresh_terminal(self) -> Iterator[TerminalClient]:
        """Attach to a terminal in a session that nothing was done in yet."""
        self.end()
        self.wait_for_warm_sandbox()
        self.start()
        with self.terminal() as terminal:
            terminal.run("true")
            yield terminal
