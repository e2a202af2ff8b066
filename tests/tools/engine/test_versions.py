"""What is said of old versions (abuse cases A11, A13, I05)."""

import pytest

from tools.engine.versions import KERNEL, RUNC, is_mended, warnings
from tools.steps import versions

WORKING_DIRECTORY, MASKED_PATHS = RUNC
[PAGE_CACHE] = KERNEL


@pytest.mark.parametrize("version", ["1.2.8", "1.2.10", "1.3.3", "1.4.0", "1.5.2", "2.0.0"])
def test_a13_versions_that_are_mended(version):
    assert is_mended(version, MASKED_PATHS)
    assert is_mended(version, WORKING_DIRECTORY)


@pytest.mark.parametrize(
    "version", ["", "nonsense", "1.0.3", "1.1.5+ds1-1+deb12u1", "1.1.15", "1.2.7", "1.3.0", "1.3.2", "1.4.0-rc.2"]
)
def test_a13_versions_that_are_not(version):
    assert not is_mended(version, MASKED_PATHS)


@pytest.mark.parametrize(
    ("version", "mended"), [("1.1.11", False), ("1.1.12", True), ("1.1.15", True), ("1.0.9", False)]
)
def test_a11_the_flaw_of_working_directories(version, mended):
    assert is_mended(version, WORKING_DIRECTORY) is mended


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        ("6.1.0-18-amd64", False),
        ("6.1.137", True),
        ("6.12.24", False),
        ("6.18.22", True),
        ("6.20.1", True),
        ("5.10.3", False),
    ],
)
def test_a14_the_flaw_of_the_page_cache(version, mended):
    assert is_mended(version, PAGE_CACHE) is mended


def test_a_package_may_know_better():
    said = list(warnings("1.1.5+ds1-1+deb12u1", "6.18.30"))

    assert len(said) == 2
    assert all(sentence.endswith("unless its package mends it") for sentence in said)


def test_what_is_current_needs_no_word():
    assert list(warnings("1.4.1", "6.18.22")) == []


def test_what_is_not_known_is_said():
    assert next(warnings("", "6.20")).startswith("runc of an unknown version has CVE-2024-21626")


@pytest.mark.parametrize(
    ("runc", "said"), [("1.4.1", "no known flaws"), ("1.1.5", "runc 1.1.5 has CVE-2024-21626 (working directory); ")]
)
def test_set_up_says_what_the_engine_has(workspace, monkeypatch, runc, said):
    monkeypatch.setattr(versions, "information", lambda _url: {"RuncCommit": {"ID": runc}, "KernelVersion": "6.20"})

    assert versions.run(workspace).startswith(said)
