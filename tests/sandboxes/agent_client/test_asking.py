import pytest

from sandboxes.agent_client.asking import DEFAULT_ENVIRONMENT, PtyCommand, encode_attach, encode_connect, encode_run
from sandboxes.agent_client.frames import payload_length


def attach(**changes: object) -> bytes:
    fields = {"name": "main", "viewer": "v", "offset": 0, "window": 1, "columns": 0, "rows": 0, "spawn": None}
    return encode_attach(**(fields | changes))


def test_default_environment_has_a_terminal_only_in_a_terminal():
    run = encode_run(["/bin/true"], None, "/")
    pty = attach(spawn=PtyCommand())

    assert b"HOME=/home/learner" in run
    assert b"TERM=" not in run
    assert b"TERM=xterm-256color" in pty
    assert b"/bin/bash" in pty


def test_given_environment_replaces_the_default():
    request = encode_run(["/bin/true"], {"A": "b=c"}, "/")

    assert b"A=b=c" in request
    assert not any(name.encode() in request for name in DEFAULT_ENVIRONMENT)


@pytest.mark.parametrize(
    ("argv", "env", "cwd"),
    [
        ([], {}, "/"),
        (["true"], {}, "/"),
        (["/bin/true"], {}, "tmp"),
        (["/bin/true", "a\0b"], {}, "/"),
        (["/bin/true"], {"A=B": "c"}, "/"),
        (["/bin/true"], {"": "c"}, "/"),
        (["/bin/true"] * 257, {}, "/"),
        (["/bin/true", "x" * 65_536], {}, "/"),
        (["/bin/true", "x" * 40_000, "x" * 40_000], {}, "/"),
    ],
)
def test_impossible_commands_are_not_sent(argv: list[str], env: dict[str, str], cwd: str):
    with pytest.raises(ValueError, match=r"."):
        encode_run(argv, env, cwd)


@pytest.mark.parametrize(
    "changes", [{"name": "Main"}, {"name": ""}, {"viewer": "a b"}, {"window": 0}, {"window": (1 << 20) + 1}]
)
def test_impossible_viewers_are_not_sent(changes: dict[str, object]):
    with pytest.raises(ValueError, match=r"."):
        attach(**changes)


def test_addresses_inside():
    assert payload_length(encode_connect("tcp:80")[:5]) == (3, 3)
    assert encode_connect("tcp:65535").endswith(b"\xff\xff")
    assert encode_connect("unix:/run/a.sock").endswith(b"/run/a.sock")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "80",
        "tcp:",
        "tcp:0",
        "tcp:65536",
        "tcp:-1",
        "tcp:²",
        "tcp:10.0.0.1:80",
        "unix:a.sock",
        "unix:/a\0b",
        "unix:/" + "a" * 107,
        "udp:1",
    ],
)
def test_impossible_addresses(address: str):
    with pytest.raises(ValueError, match="not an address"):
        encode_connect(address)
