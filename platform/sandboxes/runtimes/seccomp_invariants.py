"""What must hold for every seccomp filter, in the engine's JSON format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

# Calls that no sandbox may make: each changes the kernel for everybody, reads what is others', or has a history of
# giving root on the host.
NEVER = frozenset(
    """
    _sysctl acct bpf clock_settime create_module delete_module fanotify_init finit_module init_module
    io_uring_enter io_uring_register io_uring_setup ioperm iopl kexec_file_load kexec_load lookup_dcookie
    name_to_handle_at nfsservctl open_by_handle_at perf_event_open query_module quotactl quotactl_fd reboot
    request_key settimeofday swapoff swapon sysfs syslog uselib userfaultfd ustat vhangup vm86 vm86old
    """.split()  # noqa: SIM905 - a list of one name a line would be three screens
)

# Calls that make namespaces and mounts: only for profiles that run an engine of their own, without any real privilege.
NAMESPACES = frozenset(
    """
    add_key chroot clone3 fsconfig fsmount fsopen fspick keyctl mount mount_setattr move_mount open_tree
    pivot_root setdomainname sethostname setns umount umount2 unshare
    """.split()  # noqa: SIM905 - a list of one name a line would be three screens
)

DENIALS = frozenset({"SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD"})


@cache
def seccomp_breaches(text: str, *, namespaces: bool) -> tuple[str, ...]:
    """Every broken invariant as a phrase for the log. `namespaces`: whether the profile may make its own."""
    return tuple(_breaches(text, namespaces=namespaces))


def _breaches(text: str, *, namespaces: bool) -> Iterator[str]:
    try:
        document = json.loads(text)
    except ValueError:
        yield "the seccomp filter is not JSON"
        return
    if not isinstance(document, dict) or document.get("defaultAction") not in DENIALS:
        yield "the seccomp filter does not deny by default"
        return
    if document.get("architectures"):
        # Docker takes either; a map names the foreign architectures that come with the native one.
        yield "the seccomp filter uses `architectures`; use `archMap`, with no sub-architectures"
    for entry in document.get("archMap") or ():
        if entry.get("subArchitectures"):
            yield "the seccomp filter allows another architecture than the machine's own"
    for rule in document.get("syscalls") or ():
        yield from _rule_breaches(rule, namespaces=namespaces)


def _rule_breaches(rule: Mapping[str, Any], *, namespaces: bool) -> Iterator[str]:
    if rule.get("action") in DENIALS:
        return
    names = set(rule.get("names") or ()) | ({rule["name"]} if "name" in rule else set())
    for call in sorted(names & NEVER):
        yield f"the seccomp filter lets {call} through"
    # Families by the dozen, each a piece of kernel; whoever may make namespaces has the capabilities for all of them.
    if "socket" in names and not rule.get("args"):
        yield "the seccomp filter lets socket through with any argument"
    if namespaces:
        return
    for call in sorted(names & NAMESPACES):
        yield f"the seccomp filter lets {call} through"
    # clone makes threads, so it is needed, but its flags can also ask for namespaces.
    if "clone" in names and not rule.get("args"):
        yield "the seccomp filter lets clone through with any argument"
