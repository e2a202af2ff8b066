"""Run other programs: every one with a time limit, its output in a log, and failures that read as sentences."""

import ctypes
import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tools.problems import Problem

# A question to the machine (a version, an address, a rule) answers at once or never.
QUESTION_SECONDS = 15.0
# The last lines are where programs say why they failed; more than these scrolls the sentence off a small screen.
DETAIL_LINES = 12
# Debian keeps daemons and file-system tools in sbin, which is not on the PATH of every shell (`su` without `-`, cron).
SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


class CommandFailed(Problem):
    """A program ended with an error or ran over its time; `detail` has its last lines."""


def find_program(name: str) -> str | None:
    """Return the path of a program, looking in the system's folders too."""
    folders = [os.environ.get("PATH", os.defpath), *SYSTEM_FOLDERS]
    return shutil.which(name, path=os.pathsep.join(folders))


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent is gone; for the moment between fork and exec.

    Without it a set-up killed with -9 would leave a pip behind that writes into the environment of the next one.
    """
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def run(
    argv: Sequence[str | Path],
    *,
    timeout: float = QUESTION_SECONDS,
    log: Path | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    stdin: str = "",
    mend: str = "Run the command by hand to see more.",
) -> str:
    """Run a program to its end and return what it printed.

    timeout: seconds. log: a file that receives command and output; the output is then streamed there, so that a long
    build can be followed with `tail -f`. Raises CommandFailed (with `mend` as its advice).
    """
    words = [str(word) for word in argv]
    words[0] = find_program(words[0]) or words[0]
    shown = shlex.join(words)
    try:
        if log is None:
            return _captured(words, timeout, env, cwd, stdin)
        return _logged(words, timeout, env, cwd, stdin, log, shown)
    except FileNotFoundError as error:
        raise CommandFailed(f"There is no program `{words[0]}` on this machine.", mend) from error
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(f"`{shown}` was still running after {timeout:.0f} s and was stopped.", mend) from error
    except subprocess.CalledProcessError as error:
        detail = "\n".join(str(error.output or "").strip().splitlines()[-DETAIL_LINES:])
        raise CommandFailed(f"`{shown}` ended with code {error.returncode}.", mend, detail) from error


def succeeds(argv: Sequence[str | Path], *, timeout: float = QUESTION_SECONDS) -> bool:
    """Whether a program ends with code 0 in time."""
    try:
        run(argv, timeout=timeout)
    except CommandFailed:
        return False
    return True


def _captured(words: list[str], timeout: float, env: Mapping[str, str] | None, cwd: Path | None, stdin: str) -> str:
    done = subprocess.run(
        words, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout, env=env, cwd=cwd,
        check=True, text=True, errors="replace", preexec_fn=die_with_parent,
    )  # fmt: skip
    return done.stdout


def _logged(
    words: list[str], timeout: float, env: Mapping[str, str] | None, cwd: Path | None, stdin: str, log: Path, shown: str
) -> str:
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+", encoding="utf-8", errors="replace") as stream:
        stream.write(f"\n$ {shown}\n")
        stream.flush()
        start = stream.tell()
        done = subprocess.run(
            words, input=stdin, stdout=stream, stderr=subprocess.STDOUT, timeout=timeout, env=env, cwd=cwd,
            check=False, text=True, preexec_fn=die_with_parent,
        )  # fmt: skip
        stream.seek(start)
        output = stream.read()
    if done.returncode != 0:
        raise subprocess.CalledProcessError(done.returncode, words, output)
    return output
