"""`.venv/bin/python -m tools.experiments.systemd_boot`: install, work, cut the power, come back; print the table.

What it needs and does is in README.md beside this file. It takes about ten minutes, most of it set-up in the copy.
"""

import importlib
import re
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import requests

from tools.experiments.systemd_boot.line import ADDRESS
from tools.experiments.systemd_boot.machine import Machine
from tools.service.units import ALL, ENGINE, MIRROR, SITE, TIMER, WALLS
from tools.workspace import ROOT

# The learner of the tests, whose modules find each other by their bare names.
sys.path.insert(0, str(ROOT / "tests"))
learners = importlib.import_module("learner_client")

CLONE = "/srv/muelle"
SITE_SECONDS = 120.0  # what the platform promises after a power cut
STEP_SECONDS = 5.0
# A lab with a Docker of its own, and one without; what is answered in the latter, and the right answer.
ENGINE_LESSON = "contenedores/docker/comandos-basicos"
TASK, RIGHT = "limite-de-memoria", "192"
PEOPLE = {"ada": "admin", "grace": "learner", "alan": "learner"}
# By the ports 80 and 5000 of labs.
PULL = "docker run --rm debian apt-get update; echo ok=$?"

failed: list[str] = []


class Site:
    """The site in the copy, from outside."""

    address = f"http://{ADDRESS}"

    def is_well(self) -> bool:
        """Whether pages, queues, workers and engine are all there."""
        try:
            answer = requests.get(f"{self.address}/readyz", timeout=STEP_SECONDS)
            return answer.ok and not answer.json()["degraded"]
        except requests.RequestException:
            return False


def show(what: str, outcome: str, held: bool = True) -> None:
    """Print rows of the table as they come."""
    print(f"| {what} | {'holds' if held else 'FAILS'}: {' '.join(outcome.split())} |", flush=True)
    if not held:
        failed.append(what)


def seconds_until(question: Callable[[], object], what: str) -> float:
    """For how long one has to wait for it. Raises TimeoutError."""
    began = time.monotonic()
    while not question():
        if time.monotonic() - began > SITE_SECONDS:
            raise TimeoutError(f"{what}: not within {SITE_SECONDS:.0f} s")
        time.sleep(0.1)
    return time.monotonic() - began


def main() -> int:
    """Everything in order; 1 when something that should hold does not."""
    with Machine() as machine:
        show("systemd answers", f"{machine.boot():.1f} s after the power came")
        install(machine)
        people = open_accounts(machine)
        lose_power(machine, people)
        restart(machine, people)
        uninstall(machine)
    return 1 if failed else 0


def install(machine: Machine) -> None:
    """As docs/deploying.md says it, from what is committed here."""
    began = time.monotonic()
    machine.run("git", "clone", "--quiet", "--no-local", str(ROOT), CLONE)
    names = f"{ADDRESS},muelle.example.org"
    machine.run("make", "-C", CLONE, "install", "HOST=0.0.0.0", "PORT=80", f"ALLOWED_HOSTS={names}")
    show("make install", f"{time.monotonic() - began:.0f} s from clone to end")
    show("the site is well", f"{seconds_until(Site().is_well, 'the site'):.1f} s later")
    look_at_units(machine)


def look_at_units(machine: Machine) -> None:
    """All that is needed here runs, and nothing failed on the way."""
    for name in (SITE, ENGINE, WALLS, MIRROR, TIMER):
        show(name, "is active", machine.answers("systemctl", "is-active", name))
    broken = machine.run("systemctl", "--failed", "--plain", "--no-legend")
    show("units that failed", broken or "none", not broken.strip())


def open_accounts(machine: Machine) -> dict[str, Any]:
    """An admin and learners, with passwords drawn as the docs have it; signed in from outside."""
    found = {}
    for name, role in PEOPLE.items():
        words = [f"{CLONE}/.venv/bin/python", f"{CLONE}/manage.py", "add_account", name, "--role", role, "--draw"]
        password = machine.run(*words).rpartition(" / ")[2].strip()
        found[name] = learners.LearnerClient(Site(), name, password)
    show("people sign in", ", ".join(found))
    return found


def lose_power(machine: Machine, people: dict[str, Any]) -> None:
    """Labs run and an answer has just been taken when the power goes; then it comes back."""
    grace, alan = people["grace"], people["alan"]
    for person, lesson in ((grace, learners.LESSON), (alan, ENGINE_LESSON)):
        began = time.monotonic()
        with person.terminal(person.start_lab(lesson)).attach() as terminal:
            held = "42" in terminal.run("echo $((6 * 7))")
        show(f"a lab of {lesson}", f"prompt after {time.monotonic() - began:.1f} s", held)
    taken = grace.submit(TASK, text=RIGHT)
    machine.cut_power()

    began = time.monotonic()
    machine.boot()
    well = seconds_until(Site().is_well, "the site")
    grace.wait_for_pane("failed", seconds=SITE_SECONDS)
    with grace.terminal(grace.start_lab()).attach() as terminal:
        held = "42" in terminal.run("echo $((6 * 7))")
    first = time.monotonic() - began
    verdict = grace.await_verdict(taken)
    show("after the power cut the site is well", f"{well:.1f} s after PID 1 answered", well < SITE_SECONDS)
    show("and a lab starts again", f"{first:.1f} s after the power came", held and first < SITE_SECONDS)
    show("what was handed in has its verdict", "yes", "verdict good" in verdict)
    alan.wait_for_pane("failed", lesson=ENGINE_LESSON, seconds=SITE_SECONDS)
    session = alan.start_lab(ENGINE_LESSON)
    with alan.terminal(session).attach() as terminal:
        said = terminal.run(PULL, seconds=SITE_SECONDS)
    show(
        "an image and packages come from the mirror",
        f"{time.monotonic() - began:.1f} s after the power came",
        "ok=0" in said,
    )
    look_at_units(machine)


def restart(machine: Machine, people: dict[str, Any]) -> None:
    """An upgrade: the site is started anew, and the shell that was open is the same afterwards."""
    grace = people["grace"]
    session = re.search(r"/ws/terminal/([0-9a-f-]{36})/", grace.pane())
    assert session is not None
    with grace.terminal(session[1]).attach() as terminal:
        terminal.run("here=before")
        began = time.monotonic()
        machine.run("systemctl", "restart", SITE)
        lasted = time.monotonic() - began
        terminal.drop()
        terminal.reattach(seconds=SITE_SECONDS)
        held = "[before]" in terminal.run("echo [$here]")
    show("systemctl restart muelle, the shell is the same", f"{lasted:.1f} s", held)


def uninstall(machine: Machine) -> None:
    """The units are gone, and the data is not."""
    machine.run("make", "-C", CLONE, "uninstall")
    left = [name for name in ALL if machine.answers("systemctl", "cat", name)]
    show("make uninstall", f"units left: {', '.join(left) or 'none'}", not left)
    show("the site is gone", "nobody answers", not Site().is_well())
    show("its data stays", f"{CLONE}/.muelle/db.sqlite3", machine.answers("test", "-s", f"{CLONE}/.muelle/db.sqlite3"))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as failure:
        sys.exit(f"{failure.cmd}: {failure.output}")
