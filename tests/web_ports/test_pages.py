"""Our own pages on a lab origin."""

import re

import pytest
from django.utils import translation

from web_ports import pages
from web_ports.refusals import STATUS, NotShown, Reason
from web_ports.words import advice_of, heading_of


async def shown(reason: Reason, *headers: tuple[bytes, bytes], **known: str) -> tuple[dict[str, str], str]:
    sent: list[dict] = []

    async def send(message) -> None:
        sent.append(message)

    scope = {"type": "http", "headers": [(b"accept", b"text/html"), *headers]}
    await pages.show(NotShown(reason, **known), scope, send)
    return {name.decode(): value.decode() for name, value in sent[0]["headers"]}, sent[1]["body"].decode()


@pytest.mark.parametrize("reason", Reason)
@pytest.mark.parametrize("language", ["es", "en"])
async def test_each_reason_has_a_page(reason: Reason, language: str) -> None:
    headers, page = await shown(reason, language=language)

    assert reason in STATUS
    assert f'<html lang="{language}">' in page
    assert headers["content-length"] == str(len(page.encode()))
    assert headers["cache-control"] == "no-store"
    assert headers["muelle-page"] == reason


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_says_what_happened_and_what_to_do(reason: Reason) -> None:
    with translation.override("en"):
        assert heading_of(reason, 8080)
        assert advice_of(reason).endswith(".")
        assert "%" not in heading_of(reason, None)


@pytest.mark.parametrize("reason", Reason)
async def test_pages_look_again_where_waiting_helps(reason: Reason) -> None:
    _, page = await shown(reason, language="en")

    helps = reason in {Reason.NOTHING_LISTENS, Reason.NOT_READY, Reason.HUNG_UP, Reason.TOO_MANY}
    assert ("This page looks again by itself." in page) is helps
    assert ("<script" in page) is helps


async def test_nothing_runs_but_what_is_ours() -> None:
    headers, page = await shown(
        Reason.NOTHING_LISTENS, back='http://localhost/"><script>alert(1)</script>', language="en"
    )

    nonce = re.search(r"script-src 'nonce-([\w-]+)'", headers["content-security-policy"])[1]  # type: ignore[index]
    assert re.findall(r"<(?:script|style)[^>]*>", page) == [f'<style nonce="{nonce}">', f'<script nonce="{nonce}">']
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        (b"en-GB,en;q=0.9", "en"),
        (b"fr, es-MX;q=0.5", "es"),
        (b"fr", "es"),
        (b"", "es"),
        (b"x" * 5000, "es"),
        (b"\xff", "es"),
    ],
)
async def test_strangers_are_answered_in_their_language(asked: bytes, language: str) -> None:
    _, page = await shown(Reason.NOT_ADMITTED, (b"accept-language", asked))

    assert f'<html lang="{language}">' in page
