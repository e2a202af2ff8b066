"""*Start afresh*: another machine in the same session; what was earned stays."""

from __future__ import annotations

import pytest
from engine_facts import Engine
from learner_client import LearnerClient
from running_site import RunningSite, wait_for
from site_courses import SMALL_LESSON
from websockets.exceptions import ConnectionClosed

pytestmark = pytest.mark.docker

# docs/terminal-protocol.md: the machine has gone, or the door has noticed first that it is another one. The page comes
# back by itself after both.
GONE = {1013, 4409}


def test_a_reset_gives_a_new_machine_and_keeps_points_and_time(
    site: RunningSite, engine: Engine, alice: LearnerClient
) -> None:
    session = alice.start_lab(SMALL_LESSON)
    row = "SELECT generation, expires_at FROM lab_sessions_labsession WHERE id = ?"
    [before] = site.rows(row, session.replace("-", ""))
    old_machine = engine.sandbox_of(session)
    terminal = alice.terminal(session).attach()
    terminal.run(f"echo {alice.values(SMALL_LESSON)['cabo']} > nota.txt")
    alice.wait_for_pass("hacer-nota", lesson=SMALL_LESSON)
    old_stream = terminal.stream

    alice.post(f"/lab-sessions/{session}/reset/")

    with pytest.raises(ConnectionClosed) as closed:
        terminal.read_until(lambda: False, what="the end of the old machine's terminal")
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code in GONE
    alice.wait_for_pane("ready", lesson=SMALL_LESSON)
    terminal.reattach()
    assert terminal.stream != old_stream
    assert "No such file" in terminal.run("ls nota.txt")
    terminal.close()
    [after] = site.rows(row, session.replace("-", ""))
    assert after == {"generation": before["generation"] + 1, "expires_at": before["expires_at"]}
    assert alice.states(SMALL_LESSON)["hacer-nota"] == "passed"
    wait_for(lambda: old_machine not in engine.containers(), seconds=20, what="The end of the old machine")
