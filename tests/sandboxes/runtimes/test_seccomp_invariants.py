"""Every seccomp filter denies by default and lets nothing through that harms others."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandboxes.runtimes.profiles import SECCOMP_DIRECTORY, ProfileName, profile_named, seccomp_text
from sandboxes.runtimes.seccomp_invariants import NAMESPACES, NEVER, seccomp_breaches

ALLOW = "SCMP_ACT_ALLOW"


def a_filter(*rules: dict[str, Any], **changes: Any) -> str:
    return json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": list(rules), **changes})


@pytest.mark.parametrize(("name", "namespaces"), [(ProfileName.STANDARD, False), (ProfileName.ENGINE, True)])
def test_the_filter_of_every_profile_holds(name: ProfileName, namespaces: bool) -> None:
    text = seccomp_text(profile_named(name).seccomp)

    assert seccomp_breaches(text, namespaces=namespaces) == ()


def test_every_file_denies_by_default() -> None:
    files = sorted(SECCOMP_DIRECTORY.glob("*.json"))

    assert files
    assert {json.loads(file.read_text(encoding="utf-8"))["defaultAction"] for file in files} == {"SCMP_ACT_ERRNO"}


@pytest.mark.parametrize("namespaces", [False, True])
@pytest.mark.parametrize("call", sorted(NEVER))
def test_some_calls_are_never_let_through(call: str, namespaces: bool) -> None:
    text = a_filter({"names": ["read", call], "action": ALLOW})

    assert seccomp_breaches(text, namespaces=namespaces) == (f"the seccomp filter lets {call} through",)


@pytest.mark.parametrize("call", sorted(NAMESPACES))
def test_namespaces_are_for_profiles_that_may_make_them(call: str) -> None:
    text = a_filter({"names": [call], "action": ALLOW})

    assert seccomp_breaches(text, namespaces=False)
    assert not seccomp_breaches(text, namespaces=True)


@pytest.mark.parametrize("call", ["clone", "socket"])
def test_calls_with_dangerous_arguments_need_a_condition(call: str) -> None:
    open_to_all = a_filter({"names": [call], "action": ALLOW})
    narrow = a_filter({"names": [call], "action": ALLOW, "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}]})

    assert seccomp_breaches(open_to_all, namespaces=False)
    assert not seccomp_breaches(narrow, namespaces=False)


def test_a_call_that_is_named_in_order_to_deny_it_is_fine() -> None:
    text = a_filter({"names": ["bpf", "clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38})

    assert seccomp_breaches(text, namespaces=False) == ()


def test_an_action_that_only_logs_is_a_way_through() -> None:
    text = a_filter({"name": "bpf", "action": "SCMP_ACT_LOG"})

    assert seccomp_breaches(text, namespaces=False) == ("the seccomp filter lets bpf through",)


@pytest.mark.parametrize(
    "text",
    [
        "unconfined",
        "[]",
        json.dumps({"syscalls": []}),
        json.dumps({"defaultAction": ALLOW}),
        a_filter(architectures=["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"]),
        a_filter(archMap=[{"architecture": "SCMP_ARCH_X86_64", "subArchitectures": ["SCMP_ARCH_X86"]}]),
    ],
)
def test_a_filter_that_is_open_from_the_start_is_refused(text: str) -> None:
    assert seccomp_breaches(text, namespaces=True)
