"""ARRIVAL: sixty people behind one address sign in, start a lab and open a socket in the same minute."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lab import MOST, Lab
from learner_client import LearnerClient, learner
from measure import Row, summary
from websockets.sync.client import connect

PEOPLE = 60
WITHIN = 60.0  # seconds for all of them together
SOCKET_TIMEOUT = 20.0  # seconds


def measure(lab: Lab, rounds: int) -> list[Row]:
    """Let them come at once. Each waits for nothing but the answers."""
    names = [f"arrival{number:02d}" for number in range(PEOPLE)]
    lab.end()
    lab.set_pools(standard=MOST)
    lab.wait_for_warm_sandbox()
    lab.site.add_people(*names)
    gate = threading.Barrier(PEOPLE)
    began = time.perf_counter()
    with ThreadPoolExecutor(PEOPLE) as people:
        arrivals = list(people.map(lambda name: _arrive(lab, name, gate), names))
    took = time.perf_counter() - began
    refused = [problem for problem, _seconds in arrivals if problem]
    for problem in refused:
        print(f"  {problem}")
    locked = lab.site.log("asgi").count("database is locked")
    what = f"{PEOPLE} sign-ins, starts and sockets from one address at once: refused"
    met = not refused and not locked and took <= WITHIN
    ours = f"{len(refused)}, {locked} × database is locked, all in within {took:.0f} s"
    waits = summary([seconds for _problem, seconds in arrivals])
    return [
        Row("ARRIVAL", what, ours, "", "", f"none in {WITHIN:.0f} s", met),
        Row("ARRIVAL", "each of them, password hashed and all, p50 / p95", waits, "", "", "none", None),
    ]


def _arrive(lab: Lab, name: str, gate: threading.Barrier) -> tuple[str, float]:
    """Come in; return what refused, and the seconds that it took."""
    gate.wait(SOCKET_TIMEOUT)
    began = time.perf_counter()
    try:
        client = learner(lab.site, name)
        client.press_start()
        _open_socket(client)
    except Exception as error:  # whatever it was, somebody did not come in
        return f"{name}: {type(error).__name__}: {str(error)[:200]}", time.perf_counter() - began
    return "", time.perf_counter() - began


def _open_socket(client: LearnerClient) -> None:
    site = client.site.address
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in client.http.cookies)
    address = site.replace("http", "ws", 1) + "/ws/notices/"
    headers = {"Cookie": cookies}
    with connect(address, additional_headers=headers, origin=site, open_timeout=SOCKET_TIMEOUT) as socket:  # type: ignore[arg-type]
        socket.ping().wait(SOCKET_TIMEOUT)
