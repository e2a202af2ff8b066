"""Write the seccomp filters of the sandbox profiles: `python -m tools.seccomp`.

The list of calls, with its reasons, is platform/sandboxes/runtimes/seccomp/calls.toml. The JSON is committed, so that
what a sandbox may do changes only in a diff that somebody reads.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "platform" / "sandboxes" / "runtimes" / "seccomp"
PROFILES = ("standard", "engine")
# The native architecture alone: the engine adds those named as its sub-architectures, and there are none.
ARCHITECTURES = ("SCMP_ARCH_X86_64", "SCMP_ARCH_AARCH64")


def read_calls() -> dict[str, Any]:
    """The list of calls as written."""
    return tomllib.loads((FOLDER / "calls.toml").read_text(encoding="utf-8"))


def filter_for(profile: str, calls: dict[str, Any]) -> dict[str, Any]:
    """The filter of one profile, in the engine's JSON format."""
    rules = [_group_rule(group) for group in calls["group"] if profile in group["profiles"]]
    rules += [_argument_rule(rule) for rule in calls["rule"] if profile in rule["profiles"]]
    return {
        "defaultAction": "SCMP_ACT_ERRNO",
        "archMap": [{"architecture": name, "subArchitectures": []} for name in ARCHITECTURES],
        "syscalls": rules,
    }


def text_of(document: dict[str, Any]) -> str:
    """The file's text: one rule a line, so that a diff shows which rule changed."""
    head = {key: value for key, value in document.items() if key != "syscalls"}
    lines = ",\n".join("  " + json.dumps(rule) for rule in document["syscalls"])
    return json.dumps(head)[:-1] + ', "syscalls": [\n' + lines + "\n]}\n"


def main() -> None:
    """Write every profile's file."""
    calls = read_calls()
    for profile in PROFILES:
        (FOLDER / f"{profile}.json").write_text(text_of(filter_for(profile, calls)), encoding="utf-8")


def _group_rule(group: dict[str, Any]) -> dict[str, Any]:
    return {"comment": _line(group["why"]), "names": sorted(group["calls"].split()), "action": "SCMP_ACT_ALLOW"}


def _argument_rule(rule: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {"comment": _line(rule["why"]), "names": [rule["call"]]}
    if "errno" in rule:
        return document | {"action": "SCMP_ACT_ERRNO", "errnoRet": rule["errno"]}
    argument = {"valueTwo": 0} | rule["argument"]
    return document | {"action": "SCMP_ACT_ALLOW", "args": [argument]}


def _line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    main()
