"""One process under the supervisor, with real processes."""

import os
import signal
import time

from processes import is_alive, until

SLEEPS = "import time; print('ready', flush=True); time.sleep(60)"
POLITE = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: (print("bye", flush=True), sys.exit(0)))
print("ready", flush=True)
time.sleep(60)
"""
TALKS = """
import time
print("INFO all well")
print("2026 ERROR grading: it broke")
print("ready", flush=True)
time.sleep(60)
"""
RAMBLES = """
import sys, time
sys.stdout.write("x" * 300_000)
print("\\nready", flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""
WITH_GRANDCHILD = """
import subprocess, sys, time
stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
print("grandchild", child.pid, flush=True)
time.sleep(60)
"""


def log_of(child) -> str:
    return child.log.read_text() if child.log.exists() else ""


async def test_what_is_killed_comes_back(make_child, said):
    child = make_child(SLEEPS)
    child.start()
    await until(lambda: log_of(child).count("ready") == 1)
    first = child.pid

    os.kill(first, signal.SIGKILL)
    await until(lambda: log_of(child).count("ready") == 2)

    assert child.pid not in (None, first)
    assert "ended with signal SIGKILL; starts again in" in said[0]
    await child.stop()


async def test_what_cannot_start_waits_longer_each_time(make_child):
    child = make_child("raise SystemExit(1)")
    child.start()

    await until(lambda: child.starts >= 3)
    await child.stop()
    starts = child.starts
    await until(lambda: child.pid is None)

    assert child.starts == starts


async def test_stop_asks_first(make_child):
    child = make_child(POLITE)
    child.start()
    await until(lambda: "ready" in log_of(child))

    await child.stop()

    assert log_of(child).endswith("bye\n")
    assert child.starts == 1


async def test_what_does_not_listen_is_killed_in_bounded_time(make_child):
    child = make_child(STUBBORN, patience=0.3)
    child.start()
    await until(lambda: "ready" in log_of(child))
    pid = child.pid
    started = time.monotonic()

    await child.stop()

    assert time.monotonic() - started < 5
    assert not is_alive(pid)


async def test_no_grandchild_is_left(make_child):
    child = make_child(WITH_GRANDCHILD)
    child.start()
    await until(lambda: "grandchild" in log_of(child))
    grandchild = int(log_of(child).split()[1])

    await child.stop()

    await until(lambda: not is_alive(grandchild))


async def test_stopping_twice_and_stopping_what_never_started_is_harmless(make_child):
    child = make_child(SLEEPS)
    await child.stop()
    child = make_child(SLEEPS)
    child.start()
    await until(lambda: "ready" in log_of(child))

    await child.stop()
    await child.stop()

    assert child.pid is None


async def test_only_important_lines_reach_the_screen(make_child, said):
    child = make_child(TALKS)
    child.start()
    await until(lambda: "ready" in log_of(child))
    await child.stop()

    assert said == ["dummy: 2026 ERROR grading: it broke"]
    assert "INFO all well" in log_of(child)


async def test_a_line_without_end_does_not_fill_the_memory(make_child):
    child = make_child(RAMBLES)
    child.start()

    await until(lambda: "ready" in log_of(child))
    await child.stop()

    assert log_of(child).count("x") == 300_000
