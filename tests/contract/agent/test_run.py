"""RUN: programs with pipes."""

import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from sandboxes.agent_client import AgentUnavailable, CannotStart, ProcessResult
from tests.contract.agent.conftest import Agent


def run(agent: Agent, script: str, **options: object) -> ProcessResult:
    options = {"cwd": agent.folder, "env": {"PATH": "/usr/bin:/bin"}, "timeout": 20.0} | options
    return agent.client.run(["/bin/sh", "-c", script], **options)


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}").exists() for pid in pids):
        time.sleep(0.01)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_reports_output_and_exit_code(agent: Agent):
    result = run(agent, "echo out; echo err >&2; exit 3")

    assert (result.exit_code, result.signal) == (3, None)
    assert (result.stdout, result.stderr) == (b"out\n", b"err\n")
    assert not result.truncated
    assert not result.timed_out


def test_reports_the_signal_that_ended_it(agent: Agent):
    result = run(agent, "kill -TERM $$")

    assert (result.exit_code, result.signal) == (None, signal.SIGTERM)


def test_environment_is_exactly_the_given_one(agent: Agent):
    result = agent.client.run(["/usr/bin/env"], env={"ONLY": "this"}, cwd="/", timeout=20)

    assert result.stdout == b"ONLY=this\n"


# Signals 32 and 33 belong to the C library, which lets nobody set them; GNU make 4.3 starts its recipes ignoring them.
LIBRARY_SIGNALS = 0x1_8000_0000


def test_program_starts_clean(agent: Agent):
    script = (
        "ls -l /proc/self/fd | wc -l; grep -E '^Sig(Blk|Ign)' /proc/self/status; ulimit -c; umask; ps -o pid=,sid= $$"
    )

    lines = run(agent, script).stdout.decode().split("\n")

    # "total", 0, 1, 2 and the folder that ls itself reads.
    assert lines[0].strip() == "5"
    assert [int(line.split()[1], 16) & ~LIBRARY_SIGNALS for line in lines[1:3]] == [0, 0]
    assert lines[3:5] == ["0", "0022"]
    pid, session = lines[5].split()
    assert pid == session


def test_input_arrives_whole_and_ends(agent: Agent):
    data = os.urandom(3_000_000)

    result = agent.client.run(["/bin/cat"], stdin=data, cwd="/", timeout=20, output_limit=len(data))

    assert result.stdout == data


def test_input_that_nobody_reads_does_not_hold_up_the_result(agent: Agent):
    result = run(agent, "exec <&-; sleep 0.1; echo done", stdin=b"x" * 1_000_000)

    assert (result.exit_code, result.stdout) == (0, b"done\n")


def test_output_beyond_the_limit_is_dropped_and_said_so(agent: Agent):
    result = run(agent, "head -c 5000000 /dev/zero; echo end >&2", output_limit=1000)

    assert result.stdout == bytes(1000)
    assert result.stderr == b"end\n"
    assert result.truncated


def test_last_output_is_never_cut_off(agent: Agent):
    for _ in range(30):
        result = run(agent, "head -c 200000 /dev/zero; echo -n end", output_limit=300_000)

        assert result.stdout == bytes(200_000) + b"end"


def test_timeout_kills_the_whole_session(agent: Agent):
    result = run(agent, "sleep 300 & sleep 300 & echo started; wait", timeout=0.5)

    assert result.timed_out
    assert result.signal == signal.SIGKILL
    assert result.stdout == b"started\n"
    wait_until_gone(agent.descendants())


def test_timeout_kills_other_process_groups_of_the_session(agent: Agent):
    run(agent, "set -m; sleep 300 & sleep 300 & wait", timeout=0.5)

    wait_until_gone(agent.descendants())


def test_dropped_connection_kills_the_session(agent: Agent):
    from sandboxes.agent_client.asking import encode_run

    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(agent.socket))
    connection.sendall(encode_run(["/bin/sh", "-c", "echo; sleep 300 | sleep 300"], {"PATH": "/bin"}, "/"))
    while b"\n" not in connection.recv(100):
        pass
    started = agent.descendants()

    connection.close()

    assert started
    wait_until_gone(started)


def test_what_a_program_leaves_behind_lives_on(agent: Agent):
    result = run(agent, "sleep 300 &")

    assert result.exit_code == 0
    assert result.seconds < 10
    assert len(agent.descendants()) == 1


def test_chatter_of_what_is_left_behind_does_not_delay_the_end(agent: Agent):
    result = run(agent, "yes & exit 0")

    assert result.exit_code == 0
    assert not result.timed_out


def test_orphans_are_reaped(agent: Agent):
    run(agent, "for i in 1 2 3 4 5; do (setsid sleep 0.05 &); done")

    wait_until_gone(agent.descendants())


@pytest.mark.parametrize("argv", [["/no/such/program"], ["/etc/passwd"], ["/"]])
def test_program_that_cannot_start(agent: Agent, argv: list[str]):
    with pytest.raises(CannotStart, match="could not be started"):
        agent.client.run(argv, cwd="/", timeout=20)


def test_folder_that_is_not_there(agent: Agent):
    with pytest.raises(CannotStart):
        agent.client.run(["/bin/true"], cwd="/no/such/folder", timeout=20)


def test_many_at_once(agent: Agent):
    results: dict[int, bytes] = {}

    def one(number: int) -> None:
        results[number] = run(agent, f"sleep 0.05; echo {number}").stdout

    threads = [threading.Thread(target=one, args=(number,)) for number in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == {number: f"{number}\n".encode() for number in range(30)}


def test_agent_that_goes_away_is_said_so(agent: Agent):
    threading.Timer(0.3, agent.kill).start()

    with pytest.raises(AgentUnavailable):
        run(agent, "sleep 20")
