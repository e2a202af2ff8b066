"""Whose terminal it is: case D01 of the security blueprint, on the real application."""

import uuid

import pytest
from django.utils import timezone

from lab_sessions.transitions import State
from sandboxes.runtimes.profiles import ENGINE
from terminal.access import locate
from terminal.closing import CloseCode, Refused
from tests.terminal.sites import browse, ready_session, refusal, sign_in, terminal_path

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.abuse]


@pytest.fixture(autouse=True)
def _one_image(settings):
    settings.MUELLE_IMAGES = {"standard": "muelle/standard:test"}


@pytest.fixture
async def session(alice):
    return await ready_session(alice)


@pytest.fixture(params=["bob", "ivy", "root"])
def stranger(request):
    """Another learner, an instructor, an admin: a terminal is its learner's alone."""
    return request.getfixturevalue(request.param)


async def locating(user, session_id, name="main") -> CloseCode:
    with pytest.raises(Refused) as refused:
        await locate(user, session_id, name)
    return refused.value.code


async def test_the_learner_reaches_the_terminals_of_the_lab_and_four_more(alice, session) -> None:
    targets = [await locate(alice, session.pk, name) for name in ("main", "extra-1", "extra-4")]

    assert [target.terminal.name for target in targets] == ["main", "extra-1", "extra-4"]
    assert {target.terminal.socket_path.name for target in targets} == {f"{session.sandbox.name}.sock"}


async def test_shells_see_what_the_sandboxs_profile_adds(alice, session) -> None:
    plain = (await locate(alice, session.pk, "main")).terminal.shell.env
    session.sandbox.environment["profile"] = "engine"
    await session.sandbox.asave()

    docker = (await locate(alice, session.pk, "main")).terminal.shell.env

    assert docker == {**plain, **ENGINE.environment}
    assert docker["DOCKER_HOST"] == "unix:///run/user/1000/docker.sock"


@pytest.mark.parametrize("name", ["other", "extra-0", "extra-5", "extra-", "Main"])
async def test_other_names_do_not_exist(alice, session, name: str) -> None:
    assert await locating(alice, session.pk, name) == CloseCode.NOT_FOUND


async def test_foreign_and_unknown_sessions_look_alike(session, stranger) -> None:
    assert await locating(stranger, session.pk) == await locating(stranger, uuid.uuid4()) == CloseCode.NOT_FOUND


async def test_a_foreign_session_that_has_ended_looks_unknown_too(alice, bob) -> None:
    ended = await ready_session(alice, state=State.ENDED)

    assert await locating(bob, ended.pk) == CloseCode.NOT_FOUND


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State.QUEUED, CloseCode.NOT_READY),
        (State.STARTING, CloseCode.NOT_READY),
        (State.ENDING, CloseCode.ENDED),
        (State.ENDED, CloseCode.ENDED),
        (State.FAILED, CloseCode.ENDED),
    ],
)
async def test_a_session_without_a_terminal_says_why(alice, state: State, code: CloseCode) -> None:
    session = await ready_session(alice, state=state, failure="It broke." if state == State.FAILED else "")

    assert await locating(alice, session.pk) == code


async def test_every_sandbox_is_another_stream(alice, bob) -> None:
    first = await locate(alice, (await ready_session(alice)).pk, "main")
    other = await locate(bob, (await ready_session(bob)).pk, "main")

    assert first.terminal.stream_id != other.terminal.stream_id
    assert len(first.terminal.stream_id) == 8


async def test_over_the_wire_nobody_else_gets_in(session, stranger) -> None:
    cookie = await sign_in(stranger)

    foreign = await refusal(terminal_path(session.pk), cookie)
    unknown = await refusal(terminal_path(uuid.uuid4()), cookie)

    assert foreign == unknown == CloseCode.NOT_FOUND


async def test_over_the_wire_nobody_gets_in_unsigned(session) -> None:
    assert await refusal(terminal_path(session.pk), None) == CloseCode.SIGNED_OUT
    assert await refusal("/ws/notices/", None) == CloseCode.SIGNED_OUT


async def test_over_the_wire_a_disabled_account_does_not_get_in(alice, session) -> None:
    cookie = await sign_in(alice)
    alice.is_active = False
    await alice.asave()

    assert await refusal(terminal_path(session.pk), cookie) == CloseCode.SIGNED_OUT


async def test_over_the_wire_an_expired_sign_in_does_not_get_in(alice, session) -> None:
    cookie = await sign_in(alice)
    await cookie.model.objects.aupdate(expire_date=timezone.now())

    assert await refusal(terminal_path(session.pk), cookie) == CloseCode.SIGNED_OUT


@pytest.mark.parametrize("path", ["/ws/", "/ws/other/", "/ws/terminal/not-a-uuid/main/", "/ws/terminal/"])
async def test_other_addresses_look_like_unknown_terminals(alice, path: str) -> None:
    cookie = await sign_in(alice)

    assert await refusal(path, cookie) == CloseCode.NOT_FOUND


@pytest.mark.parametrize("origin", [None, b"https://evil.example", b"null", b"http://localhost:1"])
async def test_over_the_wire_other_origins_get_a_403(alice, session, origin: bytes | None) -> None:
    cookie = await sign_in(alice)

    for path in (terminal_path(session.pk), "/ws/notices/"):
        assert not await browse(path, cookie, origin=origin).connect()
