import pytest

from terminal.closing import CloseCode, Refused
from terminal.intake import INPUT_WINDOW, Intake
from terminal.protocol import BadFrame
from terminal.rates import BURST, FRAMES_A_SECOND


def test_input_in_order_is_taken() -> None:
    intake = Intake(now=0.0)
    intake.begin(10)

    intake.check(10, 5)
    intake.check(15, 5)
    intake.accept(20)
    intake.check(20, INPUT_WINDOW)


def test_repeated_input_is_taken() -> None:
    intake = Intake(now=0.0)
    intake.begin(0)
    intake.check(0, 100)

    intake.check(0, 100)
    intake.check(50, 60)


def test_the_first_input_of_an_unknown_viewer_says_where_the_count_begins() -> None:
    intake = Intake(now=0.0)
    intake.begin(None)

    intake.check(4711, 1)

    with pytest.raises(BadFrame):
        intake.check(4713, 1)


def test_a_hole_is_refused() -> None:
    intake = Intake(now=0.0)
    intake.begin(10)

    with pytest.raises(BadFrame):
        intake.check(11, 1)


def test_more_than_may_wait_is_refused() -> None:
    intake = Intake(now=0.0)
    intake.begin(10)

    with pytest.raises(BadFrame):
        intake.check(10, INPUT_WINDOW + 1)


def test_what_the_agent_has_accepted_is_expected_next() -> None:
    intake = Intake(now=0.0)
    intake.begin(None)
    intake.check(0, 1)

    intake.accept(50)

    intake.check(50, 1)


def test_a_burst_passes_and_a_stream_of_frames_does_not() -> None:
    intake = Intake(now=0.0)
    for _ in range(int(BURST)):
        intake.take_token(now=0.0)

    with pytest.raises(Refused) as refusal:
        intake.take_token(now=0.0)

    assert refusal.value.code == CloseCode.POLICY


def test_tokens_come_back_with_time() -> None:
    intake = Intake(now=0.0)
    for second in range(10):
        for _ in range(int(FRAMES_A_SECOND)):
            intake.take_token(now=float(second))
