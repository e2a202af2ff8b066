"""Nothing is ever served on both sites."""

import pytest

from tests.web_ports.lab_site import LabSite
from web_ports.dispatch import by_host


@pytest.mark.parametrize(
    ("headers", "site"),
    [
        ([(b"host", b"localhost:8000")], "platform"),
        ([(b"host", b"x.labs.localhost:8000")], "labs"),
        ([(b"host", b"LABS.localhost")], "labs"),
        ([(b"host", b"labs.localhost.")], "labs"),
        ([(b"host", b"localhost"), (b"host", b"x.labs.localhost")], "labs"),
        ([(b"host", b"x.labs.localhost"), (b"host", b"localhost")], "labs"),
        ([(b"host", b"localhost"), (b"x-forwarded-host", b"x.labs.localhost")], "labs"),
        ([], "platform"),
    ],
)
async def test_the_host_decides(headers, site: str) -> None:
    served: list[str] = []

    async def labs(*_: object) -> None:
        served.append("labs")

    async def platform(*_: object) -> None:
        served.append("platform")

    await by_host(labs=labs, platform=platform)({"type": "http", "headers": headers}, None, None)  # type: ignore[arg-type]

    assert served == [site]


@pytest.mark.abuse
@pytest.mark.parametrize(
    "head",
    ["Host: {lab}\r\nHost: localhost", "Host: localhost\r\nHost: {lab}", "Host: {lab}\r\nX-Forwarded-Host: localhost"],
)
def test_two_hosts_lead_nowhere_of_the_platform(site: LabSite, program: int, head: str) -> None:
    said = head.format(lab=site.host(program))

    [(status, body)] = site.raw(f"GET / HTTP/1.1\r\n{said}\r\nConnection: close\r\n\r\n".encode())

    assert status in (400, 403)
    assert body != b"platform"
    assert site.raw(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n") == [(200, b"platform")]
