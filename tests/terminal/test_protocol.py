import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal import protocol
from terminal.protocol import Ack, Attach, BadFrame, Ending, Hello, Input, Ping, Resize, Restart, parse
from tests.terminal import viewer as browser

VIEWER = bytes(range(16))
STREAM = b"\xff" * 8


def test_attach_of_a_new_viewer_has_no_stream() -> None:
    frame = parse(browser.attach(VIEWER, columns=120, rows=40))

    assert frame == Attach(VIEWER.hex(), None, None, 120, 40)


def test_attach_of_a_viewer_that_comes_back_names_stream_and_offset() -> None:
    frame = parse(browser.attach(VIEWER, stream=STREAM, offset=77))

    assert frame == Attach(VIEWER.hex(), STREAM, 77, 80, 24)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (browser.typed(5, b"ls\r"), Input(5, b"ls\r")),
        (browser.ack(9), Ack(9)),
        (browser.resize(2, 300), Resize(2, 300)),
        (b"\x05", Restart()),
        (b"\x06\x00\x00\x01\x00", Ping(256)),
    ],
)
def test_the_other_frames(raw: bytes, expected: protocol.ClientFrame) -> None:
    assert parse(raw) == expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\x00",
        b"\x07",
        b"\x81" + bytes(38),
        browser.attach(VIEWER)[:-1],
        browser.attach(VIEWER) + b"\x00",
        browser.attach(VIEWER, version=2),
        browser.attach(VIEWER)[:2] + b"\x02" + browser.attach(VIEWER)[3:],
        browser.attach(VIEWER, columns=1),
        browser.attach(VIEWER, rows=301),
        browser.attach(VIEWER, stream=STREAM, offset=2**53),
        browser.typed(0, b""),
        browser.typed(0, bytes(16_385)),
        browser.typed(2**53 - 1, b"x"),
        browser.ack(2**64 - 1),
        browser.resize(501, 24),
        browser.resize(80, 0),
        b"\x05\x00",
        b"\x06\x00",
    ],
)
def test_everything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(BadFrame):
        parse(raw)


@given(st.binary(max_size=64))
def test_any_bytes_are_a_frame_or_refused(raw: bytes) -> None:
    try:
        frame = parse(raw)
    except BadFrame:
        return

    assert isinstance(frame, protocol.ClientFrame)


@given(st.integers(0, 2**53 - 20_000), st.binary(min_size=1, max_size=16_384))
def test_input_is_read_as_it_was_written(offset: int, data: bytes) -> None:
    assert parse(browser.typed(offset, data)) == Input(offset, data)


def test_hello_on_the_wire() -> None:
    frame = Hello(STREAM, resumed=True, driving=False, known=True, start=1, live=2, input=3, columns=80, rows=24)

    assert protocol.hello(frame) == b"\x81\x01\x05" + STREAM + struct.pack(">QQQHH", 1, 2, 3, 80, 24)


def test_the_frames_to_the_browser_on_the_wire() -> None:
    assert protocol.output(258, b"hi") == b"\x82\0\0\0\0\0\0\1\2hi"
    assert protocol.accepted(3) == b"\x83\0\0\0\0\0\0\0\3"
    assert protocol.size(80, 24, driving=True) == b"\x84\0\x50\0\x18\1"
    assert protocol.gap(1, 2, b"\x1b[?25l") == b"\x85\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\x1b[?25l"
    assert protocol.exited(Ending.SIGNALLED, 9) == b"\x86\1\0\0\0\x09"
    assert protocol.pong(256) == b"\x87\0\0\1\0"
