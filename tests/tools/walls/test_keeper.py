"""Walls that are looked after: on a kernel in memory, since the real one is in tests/abuse/test_network.py."""

import hashlib
import json
import time

import pytest

from sandboxes.runtimes.base import WallsDown
from sandboxes.runtimes.walls import ReportedWalls
from tools.shell import CommandFailed
from tools.walls import keeper, report, rules


class Kernel:
    """An `nft` that remembers the last file it was given."""

    def __init__(self):
        self.tables: dict[str, str] = {}
        self.broken = False

    def run(self, argv, *, stdin="", **_):
        if self.broken:
            raise CommandFailed("`nft` ended with code 1.", "", "Operation not supported")
        if "--file" in argv:
            self.tables = {"muelle_labs": stdin} if stdin.count("chain") else {}
            return ""
        if argv[-1] not in self.tables:
            raise CommandFailed("`nft` ended with code 1.", "", "No such file or directory")
        return self.tables[argv[-1]]


@pytest.fixture
def kernel(monkeypatch, tmp_path):
    made = Kernel()
    monkeypatch.setattr(rules, "run", made.run)
    monkeypatch.setattr("tools.locks.lock_folder", lambda: tmp_path / "locks")
    return made


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "walls.json"


def look(path):
    return keeper.look_after(path=path)


def test_what_is_put_up_is_reported(kernel, path):
    keeper.put_up(path=path)

    said = json.loads(path.read_text())
    assert said["digest"] == hashlib.sha256(kernel.tables["muelle_labs"].encode()).hexdigest()
    assert 0 <= time.clock_gettime(time.CLOCK_BOOTTIME) - said["at"] < 60
    assert path.stat().st_mode & 0o777 == 0o644
    assert list(path.parent.iterdir()) == [path]


def test_walls_that_stand_are_left_alone_and_reported_anew(kernel, path):
    keeper.put_up(path=path)
    before = json.loads(path.read_text())

    again = look(path)

    after = json.loads(path.read_text())
    assert not again
    assert (after["digest"], after["at"] > before["at"]) == (before["digest"], True)


@pytest.mark.parametrize("change", [lambda tables: tables.clear(), lambda tables: tables.update(muelle_labs="other")])
def test_walls_that_are_gone_or_changed_come_back(kernel, path, change):
    keeper.put_up(path=path)
    whole = dict(kernel.tables)
    change(kernel.tables)

    again = look(path)

    assert again
    assert kernel.tables == whole


@pytest.mark.parametrize("text", [None, "", "{}", "[]", "null"])
def test_a_report_that_cannot_be_read_is_written_anew(kernel, path, text):
    keeper.put_up(path=path)
    path.unlink()
    if text is not None:
        path.write_text(text)

    assert look(path)
    assert not look(path)


def test_the_walls_of_whoever_set_up_last_are_kept(kernel, path):
    kernel.tables["muelle_labs"] = "those of another version"
    report.write("muelle_labs", rules.digest(), path)

    assert not look(path)
    assert kernel.tables["muelle_labs"] == "those of another version"


def test_a_kernel_that_cannot_have_them_gets_no_new_report(kernel, path):
    keeper.put_up(path=path)
    before = path.read_text()
    kernel.broken = True

    with pytest.raises(CommandFailed):
        look(path)

    assert path.read_text() == before


def test_taken_down_is_refused(kernel, path):
    keeper.put_up(path=path)

    keeper.take_down(path=path)
    keeper.take_down(path=path)

    assert kernel.tables == {}
    with pytest.raises(WallsDown):
        ReportedWalls(path).check()


def test_the_keeper_goes_on_after_a_bad_look(kernel, path, monkeypatch, capsys):
    looks = iter([CommandFailed("no such table", ""), OSError("disk"), True])

    def look_once():
        outcome = next(looks)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def pause(_):
        if not looks.__length_hint__():
            raise KeyboardInterrupt

    monkeypatch.setattr(keeper, "look_after", look_once)
    monkeypatch.setattr(time, "sleep", pause)

    with pytest.raises(KeyboardInterrupt):
        keeper.keep()

    said = capsys.readouterr()
    assert said.err.count("labs with a network cannot start") == 2
    assert "was put back" in said.out
