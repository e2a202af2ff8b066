"""What a boot makes again."""

import pytest

from tools import chores
from tools.steps import shared_limits
from tools.supervisor.boot import BOOT


def test_a_boot_raises_the_limits_that_the_kernel_forgot():
    assert shared_limits.run in [step.run for step in BOOT]


def test_so_does_the_keeper_of_the_engine_where_docker_runs_the_site(workspace, monkeypatch, capsys):
    class Kept(Exception):
        pass

    def keep():
        raise Kept

    monkeypatch.setattr(shared_limits, "run", lambda _workspace: "raised kernel.pty.max")
    monkeypatch.setattr(chores.keeper, "keep", keep)

    with pytest.raises(Kept):
        chores.engine("keep", workspace)
    assert "raised kernel.pty.max" in capsys.readouterr().out
