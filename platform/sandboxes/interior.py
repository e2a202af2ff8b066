"""What is done inside a sandbox before a learner sees it, all of it through the agent and as the learner's uid."""

from __future__ import annotations

import io
import tarfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Protocol

from sandboxes.agent_client import DEFAULT_ENVIRONMENT, AgentClient, AgentError, CannotStart, ProcessResult
from sandboxes.runtimes.base import AgentSilent, PermanentFault, gettext_noop
from sandboxes.runtimes.container_body import AGENT_DIRECTORY, HOME

# A set-up script that runs longer keeps a learner waiting; what takes longer belongs in the image.
SETUP_TIMEOUT = 60.0  # seconds
# It travels as one argument, in one frame of the agent's protocol (64 KiB) with its environment.
SETUP_LIMIT = 32 * 1024  # bytes
# Of its output only the end is ever shown.
SETUP_OUTPUT_LIMIT = 64 * 1024  # bytes
SHOWN_LINES = 12
SHOWN_CHARACTERS = 1500
# Copying a few files of the image or of a lab inside memory.
COPY_TIMEOUT = 10.0  # seconds
# A lab's files start in the repository, and home may be as small as 1 MiB.
FILES_LIMIT = 8 * 1024 * 1024  # bytes

# Our own static tools and nothing else; what a learner put into their PATH is never run here.
TRUSTED_ENVIRONMENT = {**DEFAULT_ENVIRONMENT, "PATH": AGENT_DIRECTORY}


class SetupFailed(PermanentFault):
    """The set-up script of a lab failed; `detail` ends with what it said last."""

    sentence = gettext_noop("This lab's set-up script failed. Tell your teacher.")


class FilesFailed(PermanentFault):
    """Files could not be put into the home directory."""

    sentence = gettext_noop("This lab's files could not be put in place. Tell your teacher.")


class PushedFile(Protocol):
    """A file for the home directory."""

    @property
    def path(self) -> str:
        """Relative to home, with `/`."""

    @property
    def mode(self) -> int: ...

    @property
    def data(self) -> bytes: ...


def lay_out_home(agent: AgentClient) -> None:
    """Copy the image's /etc/skel, since home is an empty file system. Raises FilesFailed, AgentError."""
    script = f"[ ! -d /etc/skel ] || cp -R /etc/skel/. {HOME}/"
    argv = [f"{AGENT_DIRECTORY}/sh", "-c", script]
    result = agent.run(argv, env=TRUSTED_ENVIRONMENT, cwd=HOME, timeout=COPY_TIMEOUT)
    if result.exit_code != 0:
        raise FilesFailed(f"copying /etc/skel: {_how_it_ended(result)}")


def run_setup(agent: AgentClient, script: str, values: Mapping[str, str], environment: Mapping[str, str]) -> None:
    """Run a lab's set-up script with its values and its profile's environment; it stops at the first that fails.

    What it leaves in the background goes on running. Raises SetupFailed, AgentError.
    """
    if len(script.encode()) > SETUP_LIMIT:
        raise SetupFailed(f"setup.sh is longer than {SETUP_LIMIT} bytes")
    result = agent.run(
        ["/bin/bash", "-euo", "pipefail", "-c", script, "setup.sh"],
        env={**values, **DEFAULT_ENVIRONMENT, **environment},  # a value named PATH must not decide what is run
        cwd=HOME,
        timeout=SETUP_TIMEOUT,
        output_limit=SETUP_OUTPUT_LIMIT,
    )
    if result.exit_code != 0:
        raise SetupFailed(f"setup.sh {_how_it_ended(result)}")


def push_to_home(agent: AgentClient, files: Iterable[PushedFile]) -> None:
    """Write files into the home directory, making folders as needed. Idempotent. Raises FilesFailed, AgentError."""
    files = list(files)
    if not files:
        return
    archive = _archive(files)
    argv = [f"{AGENT_DIRECTORY}/tar", "-x", "-f", "-", "-C", HOME]
    result = agent.run(argv, env=TRUSTED_ENVIRONMENT, cwd=HOME, stdin=archive, timeout=COPY_TIMEOUT)
    if result.exit_code != 0:
        raise FilesFailed(f"unpacking {len(files)} files: {_how_it_ended(result)}")


@contextmanager
def talking_to(name: str) -> Iterator[None]:
    """Say an error of the agent's client in words of the runtime contract."""
    try:
        yield
    except CannotStart as error:
        raise FilesFailed(f"{name}: a program of the image or of the agent's volume is missing: {error}") from error
    except AgentError as error:
        raise AgentSilent(f"{name}: {error}") from error


def _archive(files: Iterable[PushedFile]) -> bytes:
    """The files as a tar, not compressed. It is unpacked as the learner, so it can harm nobody but them."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        total = 0
        for file in files:
            path = PurePosixPath(file.path)
            if path.is_absolute() or ".." in path.parts or not path.parts:
                raise FilesFailed(f"the path {file.path!r} leads out of home")
            total += len(file.data)
            if total > FILES_LIMIT:
                raise FilesFailed(f"the files are more than {FILES_LIMIT} bytes")
            entry = tarfile.TarInfo(str(path))
            entry.size, entry.mode, entry.mtime = len(file.data), file.mode & 0o777, int(time.time())
            archive.addfile(entry, io.BytesIO(file.data))
    return buffer.getvalue()


def _how_it_ended(result: ProcessResult) -> str:
    if result.timed_out:
        how = f"was stopped after {result.seconds:.0f} s"
    elif result.signal is not None:
        how = f"was ended by signal {result.signal}"
    else:
        how = f"ended with code {result.exit_code}"
    said = (result.stdout + result.stderr).decode("utf-8", "replace")
    shown = "\n".join(line for line in said.splitlines() if line.strip())
    printable = "".join(character for character in shown if character.isprintable() or character == "\n")
    last = "\n".join(printable.splitlines()[-SHOWN_LINES:])[-SHOWN_CHARACTERS:]
    return f"{how}; it said:\n{last}" if last else f"{how} and said nothing"
