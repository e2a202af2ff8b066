"""The committed filters: generated from the list, and as narrow as the profiles promise."""

import json
from itertools import chain

import pytest

from sandboxes.runtimes.seccomp_invariants import NAMESPACES, NEVER, seccomp_breaches
from tools.seccomp import FOLDER, PROFILES, filter_for, read_calls, text_of


def allowed(profile: str) -> list[dict]:
    rules = json.loads((FOLDER / f"{profile}.json").read_text())["syscalls"]
    return [rule for rule in rules if rule["action"] == "SCMP_ACT_ALLOW"]


def names(profile: str) -> set[str]:
    return set(chain.from_iterable(rule["names"] for rule in allowed(profile)))


@pytest.mark.parametrize("profile", PROFILES)
def test_files_are_what_the_list_says(profile: str):
    assert (FOLDER / f"{profile}.json").read_text() == text_of(filter_for(profile, read_calls()))


@pytest.mark.parametrize("profile", PROFILES)
def test_filters_keep_the_invariants(profile: str):
    text = (FOLDER / f"{profile}.json").read_text()

    assert seccomp_breaches(text, namespaces=profile == "engine") == ()
    assert not names(profile) & NEVER


def test_engine_adds_namespaces_and_mounts_to_standard_and_nothing_else():
    assert names("engine") - names("standard") <= NAMESPACES
    assert names("standard") <= names("engine")


@pytest.mark.parametrize("profile", PROFILES)
def test_socket_families_are_four(profile: str):
    families = {rule["args"][0]["value"] for rule in allowed(profile) if "socket" in rule["names"]}

    assert families == {1, 2, 10, 16}


def test_list_names_no_call_twice():
    for profile in PROFILES:
        listed = [
            name for group in read_calls()["group"] if profile in group["profiles"] for name in group["calls"].split()
        ]

        assert len(listed) == len(set(listed))


def test_every_entry_says_why():
    calls = read_calls()

    assert all(len(entry["why"]) > 10 for entry in calls["group"] + calls["rule"])
