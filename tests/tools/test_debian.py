"""Programs from packages."""

import pytest

from tools import debian
from tools.debian import Need
from tools.problems import Problem

ABSENT = Need("no-such-program", ("newer-name", "older-name"))


def test_a_need_is_a_program_or_a_file():
    assert Need("sh", ("dash",)).met
    assert Need("/etc/host*name", ("base-files",)).met
    assert not ABSENT.met
    assert not Need("/no/such/*/file", ("nothing",)).met


def test_nothing_is_done_when_all_is_there(workspace, monkeypatch):
    monkeypatch.setattr(debian, "run", lambda *_, **__: pytest.fail("ran apt"))

    assert debian.install(workspace, [Need("sh", ("dash",))]) == []


def test_who_is_not_root_is_told_the_command(workspace, monkeypatch):
    monkeypatch.setattr(debian.os, "geteuid", lambda: 1000)

    with pytest.raises(Problem, match="no-such-program") as problem:
        debian.install(workspace, [ABSENT])

    assert "apt-get install older-name" in problem.value.mend


@pytest.fixture
def apt(monkeypatch, tmp_path):
    """An apt that knows older-name only, and installs it by making a file."""
    ran: list[list[str]] = []
    program = tmp_path / "program"

    def run(argv, **_):
        ran.append(list(argv))
        if argv[0] == "apt-cache":
            return "" if argv[2] == "newer-name" else f"{argv[2]}:\n  Candidate: 1.0\n"
        if "install" in argv:
            program.touch()
        return ""

    monkeypatch.setattr(debian, "run", run)
    monkeypatch.setattr(debian, "succeeds", lambda *_, **__: True)
    monkeypatch.setattr(debian, "find_program", lambda name: f"/usr/bin/{name}" if name == "apt-get" else None)
    monkeypatch.setattr(debian.os, "geteuid", lambda: 0)
    monkeypatch.setattr("tools.locks.lock_folder", lambda: tmp_path / "locks")
    return ran, Need(str(program), ("newer-name", "older-name"))


def test_the_first_package_that_apt_knows_is_installed(workspace, apt, remarks):
    ran, need = apt

    installed = debian.install(workspace, [need])

    assert installed == ["older-name"]
    assert ["dpkg", "--configure", "-a"] in ran
    assert "installs older-name" in remarks


def test_a_package_that_does_not_bring_the_program_is_a_sentence(workspace, apt):
    _, need = apt
    other = Need("/no/such/file", need.packages)

    with pytest.raises(Problem, match="there still is no /no/such/file"):
        debian.install(workspace, [other])
