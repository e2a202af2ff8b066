import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes.agent_client.errors import AgentProtocolError
from sandboxes.agent_client.frames import HEADER, MAX_PAYLOAD, Fields, Frame, FrameDecoder, encode

frames = st.lists(st.builds(Frame, st.integers(0, 255), st.binary(max_size=300)))


def all_of(decoder: FrameDecoder) -> list[Frame]:
    return list(iter(decoder.next_frame, None))


@given(frames, st.integers(1, 50))
def test_frames_survive_any_cutting(sent: list[Frame], size: int):
    stream = b"".join(encode(*frame) for frame in sent)
    decoder = FrameDecoder()
    received: list[Frame] = []

    for start in range(0, len(stream), size):
        decoder.feed(stream[start : start + size])
        received += all_of(decoder)

    assert received == sent


@given(st.binary(max_size=1000))
def test_garbage_is_frames_or_an_error(garbage: bytes):
    decoder = FrameDecoder()
    decoder.feed(garbage)

    try:
        received = all_of(decoder)
    except AgentProtocolError:
        return

    assert sum(HEADER.size + len(frame.payload) for frame in received) <= len(garbage)


def test_largest_frame_passes():
    decoder = FrameDecoder()

    decoder.feed(encode(1, bytes(MAX_PAYLOAD)))

    assert all_of(decoder) == [Frame(1, bytes(MAX_PAYLOAD))]


def test_too_long_a_frame_is_refused_at_its_header():
    decoder = FrameDecoder()

    decoder.feed(HEADER.pack(1, MAX_PAYLOAD + 1))

    with pytest.raises(AgentProtocolError, match="65537"):
        decoder.next_frame()


def test_too_long_a_payload_cannot_be_sent():
    with pytest.raises(ValueError, match="65536"):
        encode(1, bytes(MAX_PAYLOAD + 1))


def test_fields_must_fit_exactly():
    with pytest.raises(AgentProtocolError, match="too early"):
        Fields(b"\0").number(2)
    with pytest.raises(AgentProtocolError, match="left over"):
        Fields(b"\0").end()
    with pytest.raises(AgentProtocolError, match="empty"):
        Fields(b"").rest()


@pytest.mark.parametrize("text", [b"\x1b[2J", b"caf\xc3\xa9", b"\0", b"\x7f"])
def test_texts_are_printable_ascii(text: bytes):
    with pytest.raises(AgentProtocolError, match="printable"):
        Fields(bytes([len(text)]) + text).text(1)
