"""Cross-site WebSocket hijacking, case D04 of the security blueprint."""

import pytest

from terminal.origin import is_own_origin, parse_origin, same_origin_only

pytestmark = pytest.mark.abuse


def scope(*headers: tuple[str, str], scheme: str = "wss") -> dict:
    return {
        "type": "websocket",
        "scheme": scheme,
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }


@pytest.fixture(autouse=True)
def _hosts(settings):
    settings.ALLOWED_HOSTS = ["muelle.example"]
    settings.CSRF_TRUSTED_ORIGINS = []


@pytest.mark.parametrize(
    ("origin", "host", "scheme"),
    [
        ("https://muelle.example", "muelle.example", "wss"),
        ("https://MUELLE.example", "muelle.example", "wss"),
        ("https://muelle.example", "muelle.example:443", "wss"),
        ("https://muelle.example:8443", "muelle.example:8443", "wss"),
        ("http://muelle.example:8000", "muelle.example:8000", "ws"),
    ],
)
def test_our_own_pages_may_connect(origin: str, host: str, scheme: str) -> None:
    assert is_own_origin(scope(("host", host), ("origin", origin), scheme=scheme))


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "https://lab-1.muelle.example",
        "https://muelle.example.evil.example",
        "https://evilmuelle.example",
        "https://muelle.example.",
        "https://muelle.example:444",
        "https://muelle.example:80",
        "http://muelle.example",
        "wss://muelle.example",
        "file://",
        "null",
        "",
        "muelle.example",
        "https://muelle.example/",
        "https://muelle.example/path",
        "https://muelle.example?x",
        "https://user@muelle.example",
        "https://muelle.example:https",
        "https://muelle.example:99999",
        "https://muelle.exämple",
        "https://muelle.example https://evil.example",
        "https://" + "a" * 600,
    ],
)
def test_other_origins_may_not(origin: str) -> None:
    assert not is_own_origin(scope(("host", "muelle.example"), ("origin", origin)))


def test_a_browser_always_sends_an_origin() -> None:
    assert not is_own_origin(scope(("host", "muelle.example")))


def test_two_origins_are_none() -> None:
    own = ("origin", "https://muelle.example")

    assert not is_own_origin(scope(("host", "muelle.example"), own, ("origin", "https://evil.example")))


def test_a_name_that_points_here_but_is_not_ours_may_not() -> None:
    """DNS rebinding: page and WebSocket agree with each other, but not with us."""
    assert not is_own_origin(scope(("host", "evil.example"), ("origin", "https://evil.example")))


def test_no_host_means_no() -> None:
    assert not is_own_origin(scope(("origin", "https://muelle.example")))


def test_trusted_origins_may_connect(settings) -> None:
    settings.CSRF_TRUSTED_ORIGINS = ["https://campus.example"]

    assert is_own_origin(scope(("host", "muelle.example"), ("origin", "https://campus.example")))
    assert not is_own_origin(scope(("host", "muelle.example"), ("origin", "http://campus.example")))


def test_behind_a_proxy_the_trusted_header_says_the_scheme(settings) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    own = ("host", "muelle.example"), ("origin", "https://muelle.example")

    assert is_own_origin(scope(*own, ("x-forwarded-proto", "https"), scheme="ws"))
    assert not is_own_origin(scope(*own, ("x-forwarded-proto", "http"), scheme="ws"))
    assert not is_own_origin(scope(*own, scheme="ws"))


def test_behind_a_proxy_the_forwarded_host_counts_only_where_it_is_trusted(settings) -> None:
    forwarded = ("host", "internal"), ("x-forwarded-host", "muelle.example"), ("origin", "https://muelle.example")

    assert not is_own_origin(scope(*forwarded))
    settings.USE_X_FORWARDED_HOST = True
    assert is_own_origin(scope(*forwarded))


def test_an_origin_has_scheme_host_and_port() -> None:
    assert parse_origin("https://muelle.example") == ("https", "muelle.example", 443)
    assert parse_origin("http://[::1]:8000") == ("http", "::1", 8000)


async def test_a_foreign_handshake_never_reaches_the_application() -> None:
    sent: list[dict] = []

    async def application(*_: object) -> None:
        raise AssertionError("reached")

    async def send(message) -> None:
        sent.append(message)

    await same_origin_only(application)(scope(("host", "muelle.example")), None, send)

    assert sent == [{"type": "websocket.close"}]
