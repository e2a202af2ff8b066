"""CLASS: thirty learners start labs, type, read, do tasks, hand in and raise hands at once, and a teacher looks on."""

from __future__ import annotations

import json
import os
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from class_view import ClassView, make_class
from lab import Lab
from learner_client import LESSON, LearnerClient, learner
from measure import Row, percentile, summary
from terminal_client import TerminalClient
from websockets.sync.client import connect

LEARNERS = 30
MINUTES = 10.0
THINKING = (1.0, 4.0)  # seconds between two things that a learner does
PAGES_TARGET, ECHO_TARGET, TICK_TARGET = 0.300, 0.100, 1.0  # seconds, at the 95th percentile
VIEW_TARGET = 2.0  # seconds, for the slowest
TICK_TIMEOUT = 20.0  # seconds after which a tick is an error
# Tasks that tick off by themselves, with what does them.
ACTS: dict[str, Callable[[dict[str, str]], str]] = {
    "proceso-propio": lambda values: f"sleep {values['segundos']} &",
    "espacio-de-procesos": lambda values: "readlink /proc/self/ns/pid | tr -dc 0-9 > ~/pid-ns.txt",
    "plan-en-casa": lambda values: f"echo {values['palabra']} > ~/plan.txt",
}
PAGES = (f"/courses/{LESSON}/", f"/courses/{LESSON}/states/", "/courses/contenedores/", "/progress/")


@dataclass
class Figures:
    """What all learners measured. Lists are appended to by many threads, which CPython makes atomic."""

    pages: list[float] = field(default_factory=list)
    echoes: list[float] = field(default_factory=list)
    starts: list[float] = field(default_factory=list)
    ticks: list[float] = field(default_factory=list)
    verdicts: list[float] = field(default_factory=list)
    views: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class Learner(threading.Thread):
    """One simulated learner: signs in, starts the lab, and goes on until the bell."""

    def __init__(self, client: LearnerClient, view: ClassView, figures: Figures, bell: float) -> None:
        super().__init__(daemon=True)
        self.client, self.view, self.figures, self.bell = client, view, figures, bell
        self.chance = random.Random(client.username)  # the same class every time
        self.open_tasks = list(ACTS)

    def run(self) -> None:
        try:
            began = time.perf_counter()
            session = self.client.start_lab()
            with self.client.terminal(session).attach() as terminal:
                terminal.read_until(lambda: terminal.output, what="a first byte")
                self.figures.starts.append(time.perf_counter() - began)
                terminal.run("true")
                self._work(terminal, self.client.values())
            self.client.end_lab(session)
        except Exception as error:  # one learner's bad day is a figure, and must not end the class
            self.figures.errors.append(f"{self.client.username}: {type(error).__name__}: {str(error)[:200]}")

    def _work(self, terminal: TerminalClient, values: dict[str, str]) -> None:
        while time.monotonic() < self.bell:
            act = self.chance.random()
            if act < 0.5:
                self._type(terminal)
            elif act < 0.8:
                self._read()
            elif self.open_tasks and act < 0.9:
                self._do(self.open_tasks.pop(0), terminal, values)
            elif act > 0.97:
                self._raise_hand()
            else:
                self._hand_in()
            time.sleep(self.chance.uniform(*THINKING))

    def _type(self, terminal: TerminalClient) -> None:
        """Type a word, key by key, as the shell echoes it, then clear the line."""
        for key in self.chance.sample("abcdefghijklmnopqrstuvwxyz", 8):
            began, before = time.perf_counter(), len(terminal.output)
            terminal.type(key)
            terminal.read_until(lambda before=before: len(terminal.output) > before, what="an echo")
            self.figures.echoes.append(time.perf_counter() - began)
            time.sleep(0.08)
        terminal.type("\x15")
        terminal.run("true")

    def _read(self) -> None:
        began = time.perf_counter()
        self.client.get(self.chance.choice(PAGES))
        self.figures.pages.append(time.perf_counter() - began)

    def _do(self, task: str, terminal: TerminalClient, values: dict[str, str]) -> None:
        """Do a task, and wait for the notice that it ticked off."""
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.client.http.cookies)
        address = self.client.site.address.replace("http", "ws", 1) + "/ws/notices/"
        with connect(address, additional_headers={"Cookie": cookies}, origin=self.client.site.address) as notices:  # type: ignore[arg-type]
            began = time.perf_counter()
            terminal.type(ACTS[task](values) + "\r")
            while time.perf_counter() - began < TICK_TIMEOUT:
                notice = json.loads(notices.recv(timeout=TICK_TIMEOUT))
                if notice["kind"] == "submission" and notice.get("exercise", "").endswith(f"/{task}"):
                    self.figures.ticks.append(time.perf_counter() - began)
                    passed = len(ACTS) - len(self.open_tasks)
                    self.figures.views.append(self.view.wait_for(self.client.username, f">{passed}/"))
                    return
        raise AssertionError(f"no tick of {task} within {TICK_TIMEOUT:.0f} s")

    def _raise_hand(self) -> None:
        """Raise a hand, and take it down once the class view has it."""
        pressed = time.perf_counter()
        self.client.post(f"/courses/{LESSON}/class/hand/")
        answered = time.perf_counter()
        self.figures.views.append(self.view.wait_for(self.client.username, 'id="done-') + answered - pressed)
        self.client.post(f"/courses/{LESSON}/class/hand/lower/")

    def _hand_in(self) -> None:
        """Ask for a check that fails: most do."""
        began = time.perf_counter()
        self.client.check("limite-de-memoria", text="201")
        self.figures.verdicts.append(time.perf_counter() - began)


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Let a class work for ten minutes; MUELLE_CLASS_MINUTES is for a shorter one."""
    minutes = float(os.environ.get("MUELLE_CLASS_MINUTES", MINUTES))
    names = [f"class{number:02d}" for number in range(LEARNERS)]
    lab.end()
    lab.site.add_people(*names)
    cohort = make_class(lab.site, names)
    clients = [learner(lab.site, name) for name in names]
    lab.wait_for_warm_sandbox(LEARNERS)
    figures = Figures()
    with ClassView(lab.site, cohort) as view:
        _work(clients, view, figures, bell=time.monotonic() + 60 * minutes)
        figures.errors += view.errors
    locked = sum(lab.site.log(name).count("database is locked") for name in ("asgi", "worker", "reconciler"))
    for error in figures.errors:
        print(f"  {error}")
    return _rows(figures, locked, minutes)


def _work(clients: list[LearnerClient], view: ClassView, figures: Figures, *, bell: float) -> None:
    threads = [Learner(client, view, figures, bell) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=max(0.0, bell - time.monotonic()) + 120)


def _rows(figures: Figures, locked: int, minutes: float) -> list[Row]:
    def row(what: str, values: list[float], target: float | None) -> Row:
        if not values:  # whatever went wrong is among the errors
            return Row("CLASS", f"{what}: never", "", "", "", "", False)
        met = None if target is None else percentile(values, 0.95) <= target
        wanted = "none" if target is None else f"p95 ≤ {target * 1000:.0f} ms"
        return Row("CLASS", f"{what}, p50 / p95 of {len(values)}", summary(values), "", "", wanted, met)

    failures = f"{len(figures.errors)} errors, {locked} × database is locked"
    return [
        row(f"{LEARNERS} learners for {minutes:g} minutes: a page", figures.pages, PAGES_TARGET),
        row("a keystroke's echo", figures.echoes, ECHO_TARGET),
        row("from doing a task to its tick", figures.ticks, TICK_TARGET),
        row("from *check* to the verdict", figures.verdicts, None),
        _view_row(figures.views),
        row("all press *start* at once: to the first prompt byte", figures.starts, None),
        Row("CLASS", "what went wrong", failures, "", "", "nothing", not figures.errors and not locked),
    ]


def _view_row(values: list[float]) -> Row:
    what = "from a hand raised, or a tick seen, to the teacher's class view"
    if not values:
        return Row("CLASS", f"{what}: never", "", "", "", "", False)
    slowest = f"{summary(values)}, slowest {max(values) * 1000:.0f} ms"
    wanted = f"all ≤ {VIEW_TARGET:.0f} s"
    return Row("CLASS", f"{what}, p50 / p95 of {len(values)}", slowest, "", "", wanted, max(values) <= VIEW_TARGET)
