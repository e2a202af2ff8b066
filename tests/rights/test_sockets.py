"""Every WebSocket, opened by everybody (D01)."""

import asyncio

import pytest
from channels.db import database_sync_to_async

from classroom.actions import ask_to_assist, grant_assistance
from classroom.models import Assistance
from terminal.closing import CloseCode
from terminal.routing import websocket_urlpatterns
from tests.rights.golden import Line, hold_against
from tests.rights.people import PEOPLE, make_cast
from tests.terminal import sites
from tests.web.world import make_world

WORDS = {CloseCode.NOT_FOUND: "hidden", CloseCode.SIGNED_OUT: "sign in"}
SETTLED = 2.0  # seconds in which a socket that is refused says so, on a busy machine; one that serves stays open


async def opens(path: str, person) -> str:
    """Open a socket and return the cell of the table."""
    browser = sites.browse(path, await sites.sign_in(person) if person else None)
    assert await browser.connect()
    try:
        code = await asyncio.wait_for(browser.close_code(), SETTLED)
    except TimeoutError:
        return "yes"
    return WORDS.get(code, "wrong")


@database_sync_to_async
def prepare():
    """The cast, and a path for each consumer; one without a path here is a consumer without a line in the table."""
    cast = make_cast(make_world())
    session = cast.world.session(cast.alice)
    terminal, notices, classes, echo, nothing = (str(pattern.pattern) for pattern in websocket_urlpatterns)
    watched = cast.world.session(cast.alice, lab_key="another")
    consent = ask_to_assist(by=cast.by_name["assistant"], session=watched, mode=Assistance.Mode.WATCH)
    grant_assistance(by=cast.alice, assistance=consent)
    return cast, {
        terminal: sites.terminal_path(session.pk),
        f"{terminal} with consent for the assistant": sites.terminal_path(watched.pk),
        notices: "/ws/notices/",
        classes: f"/ws/classes/{cast.world.cohort.pk}/",
        echo: "/ws/echo/",
        nothing: "/ws/anything/",
    }


@pytest.mark.abuse
@pytest.mark.django_db(transaction=True)
async def test_everybody_gets_what_the_table_says():
    cast, paths = await prepare()
    # All at once, since those that stay open take the whole time.
    cells = await asyncio.gather(
        *[asyncio.gather(*[opens(path, cast.by_name[each]) for each in PEOPLE]) for path in paths.values()]
    )
    lines: list[Line] = [(name or "(any other)", "open", *found) for name, found in zip(paths, cells, strict=True)]

    hold_against("sockets", lines)
