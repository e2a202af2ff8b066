"""What must hold for every container, whoever asked for it. Called on each body just before it is sent to the engine.

The world is closed: a key that is not in these tables is refused, so a new flag of an engine cannot slip in. The values
are written down here once more instead of being read from `profiles`, so that one wrong edit there is caught here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandboxes.limits import MIB
from sandboxes.runtimes.allowances import ALLOWANCES, Allowance
from sandboxes.runtimes.base import RequestRefused
from sandboxes.runtimes.place import Place
from sandboxes.runtimes.seccomp_invariants import seccomp_breaches

INSTANCE = re.compile(r"[0-9a-f]{8}")
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# A tag in this machine's own store, by the digest of what it was built from; never `latest`, never another registry.
IMAGE = re.compile(r"muelle/[a-z0-9][a-z0-9_-]{0,40}:[0-9a-f]{12}")
TMPFS_SIZE = re.compile(r"(?:^|,)size=([0-9]+)(?:,|$)")
TMPFS_INODES = re.compile(r"(?:^|,)nr_inodes=([0-9]+)(?:,|$)")

# Without these, /proc and /sys of the host kernel are open to whoever is uid 0 in the sandbox.
MUST_BE_MASKED = {"/proc/acpi", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/scsi", "/proc/timer_list"}
MUST_BE_MASKED |= {"/proc/sched_debug", "/proc/latency_stats", "/sys/firmware", "/sys/devices/virtual/powercap"}
MUST_BE_READONLY = {"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"}

# The whole of what may be a file system in memory, for a read-only root and for a writable one.
HOME_IN_MEMORY = frozenset({"/home/learner", "/tmp", "/var/tmp", "/run", "/dev/shm"})  # noqa: S108 - paths inside
HOME_ON_DISK = frozenset({"/dev/shm"})  # noqa: S108 - a path inside

Check = Callable[[Any], bool]


# What an image may add to a disk limit that counts it too.
MOST_IMAGE = 8192 * MIB


def check_body(name: str, profile: str, body: Mapping[str, Any], place: Place) -> None:
    """Raises RequestRefused, naming every broken invariant; returns when there is none."""
    allowance = ALLOWANCES.get(profile)
    if allowance is None:
        raise RequestRefused(f"no invariants are written for profile {profile!r}")
    broken = list(breaches(name, allowance, body, place))
    if broken:
        raise RequestRefused(f"container {name!r}, profile {profile}: " + "; ".join(broken))


def breaches(name: str, allowance: Allowance, body: Mapping[str, Any], place: Place) -> Iterator[str]:
    """Every broken invariant as a phrase for the log."""
    host = body.get("HostConfig")
    if not isinstance(host, Mapping):
        yield "HostConfig is missing"
        return
    if not re.fullmatch(rf"muelle-{place.instance}-[0-9a-f]{{12}}", name) or not INSTANCE.fullmatch(place.instance):
        yield "the name is not one of this instance"
    yield from _table_breaches("", body, _container_table(allowance, place))
    yield from _table_breaches("HostConfig.", host, _host_table(name, allowance))
    yield from _hard_rule_breaches(body, host)
    yield from _security_breaches(allowance, host)
    yield from _mount_breaches(name, host, place)
    yield from _disk_breaches(allowance, host)
    yield from _memory_breaches(host)


def _table_breaches(prefix: str, document: Mapping[str, Any], table: Mapping[str, Check]) -> Iterator[str]:
    for key in document.keys() - table.keys():
        yield f"{prefix}{key} is not known"
    for key, holds in table.items():
        if key not in document:
            yield f"{prefix}{key} is missing"
        elif not _holds(holds, document[key]):
            yield f"{prefix}{key} is {str(document[key])[:200]!r}"


def _holds(check: Check, found: Any) -> bool:
    try:
        return check(found)
    except (AttributeError, KeyError, TypeError, ValueError):  # not even of the right shape
        return False


def _is(expected: object) -> Check:
    # The type too: 0 == False in Python, but not to an engine.
    return lambda found: type(found) is type(expected) and found == expected


def _empty(found: object) -> bool:
    return isinstance(found, (list, dict, str)) and not found


def _elsewhere(_found: object) -> bool:
    """The key is allowed here and judged by a function of its own."""
    return True


def _int_in(least: int, most: int) -> Check:
    return lambda found: type(found) is int and least <= found <= most


def _text_matching(pattern: re.Pattern[str]) -> Check:
    return lambda found: isinstance(found, str) and pattern.fullmatch(found) is not None


def _container_table(allowance: Allowance, place: Place) -> dict[str, Check]:
    def labels(found: Any) -> bool:
        known = isinstance(found, dict) and found.keys() == {"muelle.instance", "muelle.sandbox"}
        return known and found["muelle.instance"] == place.instance and bool(UUID.fullmatch(found["muelle.sandbox"]))

    return {
        "Image": _text_matching(IMAGE),
        "User": lambda found: found in allowance.users,
        "Hostname": _is("lab"),
        "Domainname": _is(""),
        "WorkingDir": _is("/home/learner"),
        "Entrypoint": _is(["/.muelle/bin/agent"]),
        "Cmd": _is([]),
        "Env": _is(["HOME=/home/learner", "LANG=C.UTF-8", "TERM=xterm-256color"]),
        "Labels": labels,
        "Healthcheck": _is({"Test": ["NONE"]}),
        "StopSignal": _is("SIGKILL"),
        **dict.fromkeys(("Tty", "OpenStdin", "AttachStdin", "AttachStdout", "AttachStderr"), _is(False)),
        "NetworkDisabled": _is(not allowance.private_network),
        "ExposedPorts": _empty,
        "Volumes": _empty,
        "HostConfig": _elsewhere,
    }


def _host_table(name: str, allowance: Allowance) -> dict[str, Check]:
    return {
        **dict.fromkeys(("Binds", "VolumesFrom", "DeviceCgroupRules", "DeviceRequests"), _empty),
        **dict.fromkeys(("PortBindings", "DnsOptions", "DnsSearch", "Links", "GroupAdd", "Sysctls"), _empty),
        **dict.fromkeys(("PidMode", "UTSMode", "UsernsMode"), _is("")),
        **dict.fromkeys(("Privileged", "PublishAllPorts", "OomKillDisable", "AutoRemove", "Init"), _is(False)),
        "CapDrop": _is(["ALL"]),
        "CapAdd": lambda found: isinstance(found, list) and set(found) <= allowance.capabilities,
        "Devices": _devices_among(allowance.devices),
        "SecurityOpt": _elsewhere,
        "MaskedPaths": _elsewhere,
        "ReadonlyPaths": _elsewhere,
        "NetworkMode": _is(name if allowance.private_network else "none"),
        "Dns": _is(["10.212.0.1"] if allowance.private_network else []),
        "ExtraHosts": _is(["registry.muelle:10.212.0.1"] if allowance.private_network else []),
        "IpcMode": _is("private"),
        "CgroupnsMode": _is("private"),
        "Memory": _int_in(16 * MIB, allowance.most_memory),
        "MemorySwap": _elsewhere,
        "OomScoreAdj": _int_in(1, 1000),
        "NanoCpus": _int_in(10_000_000, round(allowance.most_cpus * 1_000_000_000)),
        "CpuShares": _int_in(2, 1024),
        "PidsLimit": _int_in(2, allowance.most_pids),
        "Ulimits": _ulimits_within(allowance),
        "ReadonlyRootfs": _elsewhere,
        "StorageOpt": _elsewhere,
        "Tmpfs": _elsewhere,
        "Mounts": _elsewhere,
        "RestartPolicy": _is({"Name": "no", "MaximumRetryCount": 0}),
        "LogConfig": _is({"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}}),
    }


def _ulimits_within(allowance: Allowance) -> Check:
    fsize = max(1024 * MIB, allowance.most_disk)
    most = {"nofile": allowance.most_files, "core": 0, "memlock": 65536, "fsize": fsize}

    def bounded(found: Any) -> bool:
        if not isinstance(found, list) or sorted(item.get("Name", "") for item in found) != sorted(most):
            return False
        return all(
            item.keys() == {"Name", "Soft", "Hard"} and 0 <= item["Soft"] <= item["Hard"] <= most[item["Name"]]
            for item in found
        )

    return bounded


def _devices_among(allowed: frozenset[str]) -> Check:
    def known(found: Any) -> bool:
        plain = [{"PathOnHost": path, "PathInContainer": path, "CgroupPermissions": "rw"} for path in sorted(allowed)]
        return isinstance(found, list) and all(device in plain for device in found)

    return known


def _hard_rule_breaches(body: Mapping[str, Any], host: Mapping[str, Any]) -> Iterator[str]:
    """Unmasked /proc plus uid 0 is root on the host (/proc/sys/kernel/core_pattern): never both, by nobody's order."""
    masked = set(host.get("MaskedPaths") or ()) >= MUST_BE_MASKED
    protected = set(host.get("ReadonlyPaths") or ()) >= MUST_BE_READONLY
    user, _, group = str(body.get("User", "")).partition(":")
    numbers_of_nobody_special = user.isdecimal() and group.isdecimal() and int(user) > 0 and int(group) > 0
    if not (masked and protected) and not numbers_of_nobody_special:
        yield "/proc is not masked and the user may be uid 0"


def _security_breaches(allowance: Allowance, host: Mapping[str, Any]) -> Iterator[str]:
    if not allowance.unmasked:
        for path in sorted(MUST_BE_MASKED - set(host.get("MaskedPaths") or ())):
            yield f"{path} is not masked"
        for path in sorted(MUST_BE_READONLY - set(host.get("ReadonlyPaths") or ())):
            yield f"{path} is not read-only"
    options = [str(option) for option in host.get("SecurityOpt") or ()]
    filters = [option.removeprefix("seccomp=") for option in options if option.startswith("seccomp=")]
    others = [option for option in options if not option.startswith("seccomp=")]
    allowed = [["no-new-privileges=true"]] + [["no-new-privileges=false"]] * allowance.file_capabilities
    if others not in allowed:
        yield f"SecurityOpt is {others}"
    if len(filters) != 1:
        yield f"there are {len(filters)} seccomp filters"
    for text in filters:
        yield from seccomp_breaches(text, namespaces=allowance.namespaces)


def _mount_breaches(name: str, host: Mapping[str, Any], place: Place) -> Iterator[str]:
    """The only bind is the bootstrap directory, the only volume the agent's; both read-only."""
    expected = [
        {
            "Type": "volume",
            "Source": place.agent_volume,
            "Target": "/.muelle/bin",
            "ReadOnly": True,
            "VolumeOptions": {"NoCopy": True},
        },
        {
            "Type": "bind",
            "Source": f"{place.run_directory}/boot/{name}",
            "Target": "/.muelle/boot",
            "ReadOnly": True,
            "BindOptions": {"Propagation": "rprivate", "NonRecursive": True},
        },
    ]
    if host.get("Mounts") != expected:
        yield f"Mounts are {str(host.get('Mounts'))[:300]}"
    if not place.run_directory.is_absolute() or ".." in place.run_directory.parts:
        yield f"the run directory is {place.run_directory}"
    if not re.fullmatch(r"muelle-agent-[0-9a-f]{12}", place.agent_volume):
        yield f"the agent's volume is {place.agent_volume!r}"


def _disk_breaches(allowance: Allowance, host: Mapping[str, Any]) -> Iterator[str]:
    """Either nothing can be written to the host's disk, or the file system says where it stops."""
    readonly, options = host.get("ReadonlyRootfs"), host.get("StorageOpt")
    if readonly is True and options == {}:
        return
    size = options.get("size") if isinstance(options, dict) and options.keys() == {"size"} else None
    if readonly is not False or not isinstance(size, str) or not size.isascii() or not size.isdecimal():
        yield f"ReadonlyRootfs is {readonly!r} with StorageOpt {options!r}"
    elif not (allowance.most_disk and 16 * MIB <= int(size) <= allowance.most_disk + MOST_IMAGE):
        yield f"the disk's limit is {size}"


def _memory_breaches(host: Mapping[str, Any]) -> Iterator[str]:
    """No swap, and files in memory leave at least a fifth of it for programs."""
    memory, tmpfs = host.get("Memory"), host.get("Tmpfs")
    if type(memory) is not int or not isinstance(tmpfs, Mapping):
        yield "Memory or Tmpfs is missing"
        return
    if type(host.get("MemorySwap")) is not int or host["MemorySwap"] != memory:
        yield f"MemorySwap is {host.get('MemorySwap')}, Memory is {memory}"
    if tmpfs.keys() != (HOME_IN_MEMORY if host.get("ReadonlyRootfs") is True else HOME_ON_DISK):
        yield f"Tmpfs are {sorted(tmpfs)}"
    total = 0
    for path, options in tmpfs.items():
        size, inodes = TMPFS_SIZE.search(options), TMPFS_INODES.search(options)
        if not size or not inodes or not 1 <= int(inodes[1]) <= 65_536:
            yield f"the tmpfs {path} has no size or no sane number of inodes"
            continue
        total += int(size[1])
        if not {"rw", "nosuid", "nodev"} <= set(options.split(",")):
            yield f"the tmpfs {path} is {options}"
    if total > memory * 4 // 5:
        yield f"files in memory may take {total} of {memory} bytes"
