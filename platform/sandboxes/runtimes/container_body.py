"""From a request to the body of the engine's `create` call: every flag explicit, each with its reason.

Plain data, sent by `docker`; `invariants` reads it once more just before that.
"""

from __future__ import annotations

import hashlib
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from sandboxes.limits import GIB, MIB, Limits
from sandboxes.runtimes.base import RequestRefused, SandboxRequest
from sandboxes.runtimes.place import INSTANCE_LABEL, SANDBOX_LABEL, Place
from sandboxes.runtimes.profiles import Profile, profile_named, seccomp_text

HOME = "/home/learner"
AGENT_DIRECTORY = "/.muelle/bin"
BOOT_DIRECTORY = "/.muelle/boot"
AGENT = f"{AGENT_DIRECTORY}/agent"

# What a sandbox with a network reaches: tools/mirror/places.py is where it is made.
MIRROR = "10.212.0.1"
REGISTRY = "registry.muelle"

# A tmpfs page is 4 KiB, so this many inodes let a directory fill with files of one page before it runs out of names.
BYTES_PER_INODE = 4096
# An inode costs about 1 KiB of kernel memory whether it holds data or not: the cap keeps that below 32 MiB.
MOST_INODES = 32_768


def container_body(request: SandboxRequest, place: Place, *, image_bytes: int = 0) -> dict[str, Any]:
    """The body for a request. Raises RequestRefused for an unknown profile or for limits it does not allow.

    `image_bytes` is the size of the image where the engine's disk limit counts it too.
    """
    profile = profile_named(request.profile)
    profile.check_limits(request.limits)
    return {
        "Image": request.image,
        "User": profile.user,
        "Hostname": "lab",  # what the prompt shows; says nothing of the host
        "Domainname": "",
        "WorkingDir": HOME,  # ours, since an image's own could point into /proc (CVE-2024-21626)
        "Entrypoint": [AGENT],  # process 1 is the agent, whatever the image says
        "Cmd": [],
        "Env": [
            f"HOME={HOME}",
            "LANG=C.UTF-8",
            "TERM=xterm-256color",
        ],  # no secret and no value: those come by the agent
        "Labels": {INSTANCE_LABEL: place.instance, SANDBOX_LABEL: request.sandbox_id},
        "Healthcheck": {"Test": ["NONE"]},  # an image's check would run its own program from time to time
        "StopSignal": "SIGKILL",  # nothing in a sandbox is asked whether it wants to end
        "Tty": False,  # terminals belong to the agent, not to the engine
        "OpenStdin": False,
        "AttachStdin": False,
        "AttachStdout": False,
        "AttachStderr": False,
        "NetworkDisabled": not profile.private_network,
        "ExposedPorts": {},
        "Volumes": {},  # an anonymous volume would be disk without a limit
        "HostConfig": _host_config(request, profile, place, image_bytes),
    }


@cache
def fingerprint(profile: str) -> str:
    """Changes whenever what a profile tells the engine changes, its seccomp filter too; empty for an unknown one."""
    try:
        request = SandboxRequest(
            name="", sandbox_id="", image="", profile=profile, limits=profile_named(profile).default
        )
        body = container_body(request, Place(instance="", run_directory=Path("/"), agent_volume=""))
    except RequestRefused:
        return ""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _host_config(request: SandboxRequest, profile: Profile, place: Place, image_bytes: int) -> dict[str, Any]:
    return {
        **_privileges(profile),
        **_namespaces(),
        **_network(request.name, profile),
        **_resources(request.limits, profile),
        # What a learner writes is memory, or stops at a hard limit of the file system.
        "ReadonlyRootfs": not profile.writable_root,
        "StorageOpt": {"size": str(request.limits.disk_bytes + image_bytes)} if profile.writable_root else {},
        "Tmpfs": _tmpfs(request.limits, profile),
        "Mounts": _mounts(request.name, place),
        "Binds": [],
        "VolumesFrom": [],
        "AutoRemove": False,  # a sandbox that died stays to be looked at until the reconciler has read it
        "RestartPolicy": {"Name": "no", "MaximumRetryCount": 0},  # a second start would be another, empty sandbox
        "Init": False,  # the agent reaps
        # What the agent itself says; were it flooded, it would stop at 1 MB of disk.
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "1m", "max-file": "1"}},
    }


def _privileges(profile: Profile) -> dict[str, Any]:
    return {
        "Privileged": False,
        "CapDrop": ["ALL"],
        "CapAdd": list(profile.capabilities),
        "SecurityOpt": [
            # Where true, a setuid or file-capability program gains nothing.
            f"no-new-privileges={str(profile.no_new_privileges).lower()}",
            # Our own filter: the engine's depends on its age; 20.10 lets io_uring and every socket family through.
            f"seccomp={seccomp_text(profile.seccomp)}",
        ],
        "MaskedPaths": list(profile.masked_paths),
        "ReadonlyPaths": list(profile.readonly_paths),
        "Devices": [
            # Not `m`: it may not make device files of its own.
            {"PathOnHost": path, "PathInContainer": path, "CgroupPermissions": "rw"}
            for path in profile.devices
        ],
        "DeviceCgroupRules": [],
        "DeviceRequests": [],
        "GroupAdd": [],
        "Sysctls": {},
    }


def _namespaces() -> dict[str, Any]:
    return {
        "IpcMode": "private",  # its own /dev/shm and queues, shareable with nobody
        "CgroupnsMode": "private",  # /proc/self/cgroup does not show the engine's paths
        "PidMode": "",  # empty is a namespace of its own, for these three
        "UTSMode": "",
        "UsernsMode": "",
    }


def _network(name: str, profile: Profile) -> dict[str, Any]:
    return {
        "NetworkMode": name if profile.private_network else "none",  # its own, which has its name
        # Said explicitly: else the engine hands on the host's name servers, and asks them in the host's name.
        "Dns": [MIRROR] if profile.private_network else [],
        "DnsOptions": [],
        "DnsSearch": [],
        # The one name that everything starts with works even while the name server is slow.
        "ExtraHosts": [f"{REGISTRY}:{MIRROR}"] if profile.private_network else [],
        "PortBindings": {},
        "PublishAllPorts": False,
        "Links": [],
    }


def _resources(limits: Limits, profile: Profile) -> dict[str, Any]:
    fsize = max(GIB, limits.disk_bytes)
    return {
        "Memory": limits.memory_bytes,
        "MemorySwap": limits.memory_bytes,  # memory plus swap: equal means no swap, so that no one slows the host
        "OomKillDisable": False,  # a sandbox at its limit must die, not hang
        "OomScoreAdj": 500,  # when the whole host is short of memory, sandboxes die before the platform
        # The engine refuses more processors than the machine has.
        "NanoCpus": round(min(limits.cpus, os.cpu_count() or 1) * 1_000_000_000),
        "CpuShares": 256,  # a quarter of a normal process's weight: the platform goes first
        "PidsLimit": limits.pids,  # and no nproc limit, which would count over all sandboxes of uid 1000
        "Ulimits": [
            {"Name": "nofile", "Soft": profile.open_files, "Hard": profile.open_files},
            {"Name": "core", "Soft": 0, "Hard": 0},  # a core dump may go to a handler that runs as root on the host
            {"Name": "memlock", "Soft": 65536, "Hard": 65536},
            # One file; all of them together have the limit of home.
            {"Name": "fsize", "Soft": fsize, "Hard": fsize},
        ],
    }


def _share(limits: Limits, divisor: int, most: int) -> int:
    """A part of the memory limit, at most `most` bytes. Full tmpfs must leave memory to run `rm` in."""
    return min(most, limits.memory_bytes // divisor)


def _tmpfs(limits: Limits, profile: Profile) -> dict[str, str]:
    # In place of the engine's own, which bounds bytes but not the number of files.
    shared = {"/dev/shm": _tmpfs_options(_share(limits, 16, 32 * MIB), "noexec,mode=1777")}  # noqa: S108 - a path inside
    if profile.writable_root:
        return shared
    return {
        **shared,
        # The engine's default is noexec; learners write scripts and run them.
        HOME: _tmpfs_options(limits.disk_bytes, "exec,mode=0750,uid=1000,gid=1000"),
        "/tmp": _tmpfs_options(_share(limits, 8, 64 * MIB), "exec,mode=1777"),  # noqa: S108 - a path in the sandbox
        "/var/tmp": _tmpfs_options(_share(limits, 16, 32 * MIB), "exec,mode=1777"),  # noqa: S108 - likewise
        "/run": _tmpfs_options(_share(limits, 32, 16 * MIB), "noexec,mode=0755,uid=1000,gid=1000"),
    }


def _tmpfs_options(size: int, how: str) -> str:
    inodes = min(max(size // BYTES_PER_INODE, 64), MOST_INODES)
    return f"rw,nosuid,nodev,{how},size={size},nr_inodes={inodes}"


def _mounts(name: str, place: Place) -> list[dict[str, Any]]:
    return [
        {
            "Type": "volume",
            "Source": place.agent_volume,
            "Target": AGENT_DIRECTORY,
            "ReadOnly": True,
            "VolumeOptions": {"NoCopy": True},  # the image cannot fill it, not even an empty one
        },
        {
            "Type": "bind",
            "Source": str(place.boot_directory(name)),
            "Target": BOOT_DIRECTORY,
            "ReadOnly": True,
            "BindOptions": {"Propagation": "rprivate", "NonRecursive": True},  # nothing mounted there later comes in
        },
    ]
