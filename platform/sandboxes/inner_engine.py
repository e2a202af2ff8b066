"""The container engine of a sandbox's own: brought up through the agent before the sandbox counts as warm."""

from __future__ import annotations

import socket
import time

from sandboxes.agent_client import DEFAULT_ENVIRONMENT, AgentClient, AgentRefused
from sandboxes.interior import TRUSTED_ENVIRONMENT
from sandboxes.runtimes.base import PermanentFault, TransientFault, gettext_noop
from sandboxes.runtimes.container_body import AGENT_DIRECTORY
from sandboxes.runtimes.profiles import InnerEngine, Profile

# Two seconds on an idle machine; a class of them that starts at once shares its processors.
ENGINE_TIMEOUT = 60.0  # seconds
# Between two looks, so that many that start at once do not slow each other down with questions.
LOOK_PAUSE = 0.1  # seconds
# One answer of an engine that answers at all.
PING_TIMEOUT = 2.0  # seconds
PING = b"GET /_ping HTTP/1.0\r\nHost: engine\r\n\r\n"
PING_LIMIT = 4096  # bytes
# Starting a program in the background, and reading the end of a log.
SMALL_TIMEOUT = 10.0  # seconds
LOG_BYTES = 2000  # of the log, for staff
MISSING = 127  # what shells say of a program that is not there


class InnerEngineSilent(TransientFault):
    """The engine inside did not answer in time; `detail` ends with what it said last."""

    sentence = gettext_noop("The lab started, but its Docker does not answer. Try again.")


class InnerEngineMissing(PermanentFault):
    """The image has no program that starts an engine."""

    sentence = gettext_noop("This lab's image has no Docker in it, and the lab asks for one. Tell your teacher.")


def bring_up(agent: AgentClient, profile: Profile) -> None:
    """Start the engine of a sandbox that has one and wait until it answers. Idempotent.

    Raises InnerEngineSilent, InnerEngineMissing, AgentError.
    """
    engine = profile.inner_engine
    if engine is None:
        return
    _start(agent, profile, engine)
    deadline = time.monotonic() + ENGINE_TIMEOUT
    while not answers(agent, engine):
        if time.monotonic() > deadline:
            raise InnerEngineSilent(f"no answer within {ENGINE_TIMEOUT:.0f} s; it said:\n{_last_words(agent, engine)}")
        time.sleep(LOOK_PAUSE)


def answers(agent: AgentClient, engine: InnerEngine) -> bool:
    """Whether the engine answers its ping. What answers may be the learner's doing, so only little is read."""
    try:
        with agent.connect(f"unix:{engine.socket}", timeout=PING_TIMEOUT) as connection:
            connection.sendall(PING)
            return b" 200 " in _read_line(connection)
    except (AgentRefused, OSError):  # nobody listens there yet, or whoever did hung up
        return False


def _read_line(connection: socket.socket) -> bytes:
    received = b""
    while b"\n" not in received and len(received) < PING_LIMIT:
        piece = connection.recv(PING_LIMIT)
        if not piece:
            break
        received += piece
    return received.partition(b"\n")[0]


def _start(agent: AgentClient, profile: Profile, engine: InnerEngine) -> None:
    # In a session of its own: the agent ends what belongs to a program's when that program has ended.
    script = f"[ -x {engine.program} ] || exit {MISSING}; setsid {engine.program} </dev/null >/dev/null 2>&1 &"
    environment = {**DEFAULT_ENVIRONMENT, **profile.environment}
    result = agent.run([f"{AGENT_DIRECTORY}/sh", "-c", script], env=environment, timeout=SMALL_TIMEOUT)
    if result.exit_code == MISSING:
        raise InnerEngineMissing(f"{engine.program} is not in the image")


def _last_words(agent: AgentClient, engine: InnerEngine) -> str:
    argv = [f"{AGENT_DIRECTORY}/busybox", "tail", "-c", str(LOG_BYTES), engine.log]
    result = agent.run(argv, env=TRUSTED_ENVIRONMENT, timeout=SMALL_TIMEOUT)
    text = result.stdout.decode("utf-8", "replace")
    return "".join(character for character in text if character.isprintable() or character == "\n")
