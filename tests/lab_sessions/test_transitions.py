import pytest

from lab_sessions.transitions import HOLDING, LIVE, TRANSITIONS, State, allowed, as_mermaid


def test_every_state_is_left_or_final():
    left = {old for old, _new in TRANSITIONS}

    assert set(State) - left == {State.ENDED, State.FAILED}


def test_every_state_can_be_reached():
    reached = {new for _old, new in TRANSITIONS}

    assert set(State) - reached == {State.QUEUED}


@pytest.mark.parametrize("final", [State.ENDED, State.FAILED])
@pytest.mark.parametrize("state", list(State))
def test_nothing_leaves_a_final_state(final: State, state: State):
    assert not allowed(final, state)


def test_live_and_holding_are_states_before_the_end():
    assert {State.ENDED, State.FAILED}.isdisjoint({*LIVE, *HOLDING})


def test_diagram_has_one_arrow_for_each_pair():
    diagram = as_mermaid()

    assert all(f"    {old} --> {new}" in diagram for old, new in TRANSITIONS)
