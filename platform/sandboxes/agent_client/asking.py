"""What is asked of the agent, as frames that it understands."""

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from .frames import MAX_WINDOW, Control, Request, encode

# The agent's bound on argv and on the environment, each.
MAX_STRINGS = 256
# What a learner's programs see unless the caller says otherwise; nothing of the host's environment leaks in.
DEFAULT_ENVIRONMENT: Mapping[str, str] = {
    "HOME": "/home/learner",
    "LANG": "C.UTF-8",
    "LOGNAME": "learner",
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "USER": "learner",
}
PTY_NAME = re.compile(r"[a-z0-9_-]{1,32}")
_VIEWER = re.compile(r"[A-Za-z0-9_-]{1,32}")


@dataclass(frozen=True)
class PtyCommand:
    """What to start in a pty that is not there. `env` None means the default environment with TERM."""

    argv: Sequence[str] = ("/bin/bash", "-l")
    env: Mapping[str, str] | None = None
    cwd: str = "/home/learner"


def login_shell(environment: Mapping[str, str] | None = None) -> PtyCommand:
    """The shell of a learner's terminal; its programs see `environment` besides the usual."""
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    return PtyCommand(env={**DEFAULT_ENVIRONMENT, **(environment or {}), **terminal})


def encode_run(argv: Sequence[str], env: Mapping[str, str] | None, cwd: str) -> bytes:
    """The RUN request. Raises ValueError for what the agent would refuse."""
    return encode(Request.RUN, _command(argv, DEFAULT_ENVIRONMENT if env is None else env, cwd))


def encode_attach(
    *, name: str, viewer: str, offset: int, window: int, columns: int, rows: int, spawn: PtyCommand | None
) -> bytes:
    """The ATTACH request. Raises ValueError for what the agent would refuse."""
    if not PTY_NAME.fullmatch(name) or not _VIEWER.fullmatch(viewer):
        raise ValueError("a pty is named [a-z0-9_-]{1,32}, a viewer [A-Za-z0-9_-]{1,32}")
    if not 1 <= window <= MAX_WINDOW:
        raise ValueError(f"a window is 1 to {MAX_WINDOW} bytes")
    payload = _text8(name) + _text8(viewer) + struct.pack("!QIHHB", offset, window, columns, rows, spawn is not None)
    if spawn is not None:
        env = {**DEFAULT_ENVIRONMENT, "TERM": "xterm-256color"} if spawn.env is None else spawn.env
        payload += _command(spawn.argv, env, spawn.cwd)
    return encode(Request.ATTACH, payload)


def encode_connect(address: str) -> bytes:
    """The CONNECT request for `tcp:<port>` or `unix:/path`. Raises ValueError for anything else."""
    kind, _, rest = address.partition(":")
    if kind == "tcp" and rest.isascii() and rest.isdigit() and 0 < int(rest) < 65_536:
        return encode(Request.CONNECT, struct.pack("!BH", 1, int(rest)))
    # 107 bytes and a terminating zero fill the kernel's sockaddr_un.
    if kind == "unix" and PurePosixPath(rest).is_absolute() and "\0" not in rest and len(rest.encode()) <= 107:
        return encode(Request.CONNECT, b"\x02" + _text16(rest))
    raise ValueError(f"not an address inside a sandbox: {address!r}")


def encode_input(offset: int, data: bytes) -> bytes:
    """One piece of input, at most MAX_DATA bytes."""
    return encode(Control.INPUT, struct.pack("!Q", offset) + data)


def _text8(text: str) -> bytes:
    raw = text.encode("ascii")
    return bytes([len(raw)]) + raw


def _text16(text: str) -> bytes:
    raw = text.encode()
    if b"\0" in raw:
        raise ValueError("a zero byte cannot be passed to a program")
    if len(raw) > 0xFFFF:
        raise ValueError("too long for one frame")
    return struct.pack("!H", len(raw)) + raw


def _command(argv: Sequence[str], env: Mapping[str, str], cwd: str) -> bytes:
    if not argv or not PurePosixPath(argv[0]).is_absolute() or not PurePosixPath(cwd).is_absolute():
        raise ValueError("the program and its folder are absolute paths, so that no search path decides")
    if any(not name or "=" in name for name in env):
        raise ValueError("a variable's name is not empty and has no '='")
    return _text16(cwd) + _strings(argv) + _strings([f"{name}={value}" for name, value in env.items()])


def _strings(texts: Sequence[str]) -> bytes:
    if len(texts) > MAX_STRINGS:
        raise ValueError(f"at most {MAX_STRINGS} arguments or variables")
    return struct.pack("!H", len(texts)) + b"".join(_text16(text) for text in texts)
