"""C09: whatever a client says, the door connects to the lab session's own sandbox and to nothing else.

And what it passes on is one request for one answer, however that is written.
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.agent_process import AgentProcess
from tests.web_ports.conftest import agent, agent_binary, program, site
from tests.web_ports.lab_site import COOKIE, SESSION, LabSite
from tests.web_ports.programs import RawProgram
from web_ports.names import label_of, parse_host

__all__ = ["agent", "agent_binary", "program", "site"]
pytestmark = pytest.mark.abuse
LABEL = label_of(SESSION)
SECRET = f"Cookie: muelle-port={COOKIE}\r\n"

elsewhere = st.sampled_from(
    [
        "169.254.169.254", "127.0.0.1:22", "[::1]:6379", "localhost", "metadata.google.internal", "evil.example",
        "0x7f000001", "2130706433", "labs.localhost", f"{LABEL}.labs.localhost", "unix:/run/muelle/engine.sock",
    ]
)  # fmt: skip
glue = st.sampled_from(["", "@", ".", ":", "#", "?", "/", "\\", "%00", "%0d%0a", "\t", " ", "\x00", "-", "é"])
ports = st.one_of(
    st.integers(1, 70_000).map(str), st.sampled_from(["0", "08080", "-1", "8080x", "٨", "1e3", "", "9" * 30])
)
own = st.builds(
    "{}-{}.labs.localhost{}".format, ports, st.just(LABEL), st.sampled_from(["", ":80", ".", ":x", ":80:90"])
)
hosts = st.one_of(
    own, elsewhere, st.builds("{}{}{}".format, own, glue, elsewhere), st.builds("{}{}{}".format, elsewhere, glue, own)
)
targets = st.one_of(
    st.builds("/{}{}".format, glue, elsewhere),
    st.builds("http://{}{}/x".format, elsewhere, glue),
    st.builds("//{}/x".format, elsewhere),
    st.text("/.%0aAd@:?#\\ -_~é\x00\x7f", min_size=1, max_size=40),
    st.sampled_from(["*", "/", "/?url=http://169.254.169.254/", "/%2e%2e/%2e%2e/", "tcp:22", "127.0.0.1:22"]),
)
claimed = st.sampled_from(
    [
        "X-Forwarded-Host",
        "X-Forwarded-Port",
        "Forwarded",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Via",
        "X-Host",
        "Referer",
        "Origin",
        "Connection",
    ]
)
claims = st.lists(st.builds("{}: {}\r\n".format, claimed, st.one_of(hosts, targets)), max_size=3)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "CONNECT", "OPTIONS", "PROPFIND", "G\tET"]),
    target=targets,
    host=hosts,
    second=st.one_of(st.none(), hosts),
    claims=claims,
)
def test_only_the_sessions_sandbox_is_ever_dialled(
    site: LabSite, agent: AgentProcess, method: str, target: str, host: str, second: str | None, claims: list[str]
) -> None:
    site.dialled.clear()
    said = f"Host: {host}\r\n" + (f"Host: {second}\r\n" if second is not None else "") + "".join(claims)

    site.send(f"{method} {target} HTTP/1.1\r\n{said}{SECRET}Connection: close\r\n\r\n".encode())

    place = parse_host(host.strip()) if second is None else None
    allowed = {(agent.socket, place.port)} if place and place.label == LABEL else set()
    assert set(site.dialled) <= allowed


def test_the_fuzzed_door_is_open_to_an_honest_request(site: LabSite, program: int, agent: AgentProcess) -> None:
    assert site.ask(program).status_code == 200
    assert site.dialled == [(agent.socket, program)]


HIDDEN = "GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
CHUNKED_HIDDEN = f"0\r\n\r\n{HIDDEN}"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (f"Content-Length: {len(CHUNKED_HIDDEN)}\r\nTransfer-Encoding: chunked\r\n", CHUNKED_HIDDEN),
        (f"Transfer-Encoding: chunked\r\nContent-Length: {len(CHUNKED_HIDDEN)}\r\n", CHUNKED_HIDDEN),
        (f"Content-Length: 0\r\nContent-Length: {len(HIDDEN)}\r\n", HIDDEN),
        (f"Content-Length: {len(HIDDEN)}\r\nContent-Length: 0\r\n", HIDDEN),
        (f"Transfer-Encoding : chunked\r\nContent-Length: {len(CHUNKED_HIDDEN)}\r\n", CHUNKED_HIDDEN),
        (f"Transfer-Encoding: xchunked\r\nContent-Length: {len(CHUNKED_HIDDEN)}\r\n", CHUNKED_HIDDEN),
        (f"Transfer-Encoding:\x0bchunked\r\nContent-Length: {len(CHUNKED_HIDDEN)}\r\n", CHUNKED_HIDDEN),
        (f"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: {len(CHUNKED_HIDDEN)}\r\n", CHUNKED_HIDDEN),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", CHUNKED_HIDDEN),
        (f"Connection: Content-Length\r\nContent-Length: {len(HIDDEN)}\r\n", HIDDEN),
        (f"Content-Length: +{len(HIDDEN)}\r\n", HIDDEN),
        ("Content-Length: 0\r\n", HIDDEN),
        ("Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n", HIDDEN),
        ("Expect: 100-continue\r\nContent-Length: 0\r\n", HIDDEN),
        ("X: a\r\n\r\n", HIDDEN),
        ("X: a\n\n", HIDDEN),
        ("Transfer-Encoding: chunked\r\n", f"3;x={HIDDEN[:10]}\r\nabc\r\n0\r\n\r\n{HIDDEN}"),
        ("Transfer-Encoding: chunked\r\n", f"3\nabc\n0\n\n{HIDDEN}"),
    ],
)
def test_a_hidden_request_reaches_no_program(site: LabSite, head: str, body: str) -> None:
    with RawProgram(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as program:
        request = f"POST /open HTTP/1.1\r\nHost: {site.host(program.port)}\r\n{SECRET}{head}\r\n{body}"

        site.send(request.encode("latin-1"))

    assert len(program.requests) <= len(site.dialled) <= 1  # One request on one connection, or none.
    for passed in program.requests:
        line, _, rest = passed.partition(b"\r\n")
        assert line == b"POST /open HTTP/1.1"
        fields = rest.partition(b"\r\n\r\n")[0].lower()
        assert fields.count(b"content-length") + fields.count(b"transfer-encoding") <= 1
        assert b"/hidden" not in fields


def test_a_request_with_a_body_reaches_the_program_once(site: LabSite) -> None:
    with RawProgram(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok") as program:
        head = f"POST /open HTTP/1.1\r\nHost: {site.host(program.port)}\r\n{SECRET}Content-Length: 3\r\n\r\nabc"
        [(status, body), *_] = site.raw(head.encode())

    assert (status, body) == (200, b"ok")
    assert len(program.requests) == 1


def test_what_a_program_adds_to_its_answer_answers_nobody(site: LabSite, program: int) -> None:
    poison = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison"
    with RawProgram(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" + poison) as hostile:
        first = f"GET / HTTP/1.1\r\nHost: {site.host(hostile.port)}\r\n{SECRET}\r\n"
        second = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

        answers = site.raw((first + second).encode())

    assert answers == [(200, b"ok"), (200, b"platform")]


@pytest.mark.parametrize("name", ["X-A\r\nSet-Cookie", "X A", "X:A"])
def test_no_header_of_a_program_becomes_two(site: LabSite, name: str) -> None:
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-B: b\rX-C: c\r\n{name} : x\r\n\r\nok".encode()
    with RawProgram(answer) as hostile:
        told = site.ask(hostile.port)

    assert told.status_code == 502
    assert "x-c" not in told.headers
