"""From a request to the body of the engine's `create` call: every flag explicit, each with its reason.

Plain data, sent by `docker`; `invariants` reads it once more just before that.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from sandboxes.limits import MIB, Limits
from sandboxes.runtimes.base import RequestRefused, SandboxRequest
from sandboxes.runtimes.place import INSTANCE_LABEL, SANDBOX_LABEL, Place
from sandboxes.runtimes.profiles import Profile, profile_named, seccomp_text

HOME = "/home/learner"
AGENT_DIRECTORY = "/.muelle/bin"
BOOT_DIRECTORY = "/.muelle/boot"
AGENT = f"{AGENT_DIRECTORY}/agent"

# A tmpfs page is 4 KiB, so this many inodes let a directory fill with files of one page before it runs out of names.
BYTES_PER_INODE = 4096
# An inode costs about 1 KiB of kernel memory whether it holds data or not: the cap keeps that below 32 MiB.
MOST_INODES = 32_768


def container_body(request: SandboxRequest, place: Place) -> dict[str, Any]:
    """Raises RequestRefused for an unknown profile or for limits it does not allow."""
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
        "NetworkDisabled": True,
        "ExposedPorts": {},
        "Volumes": {},  # an anonymous volume would be disk without a limit
        "HostConfig": _host_config(request, profile, place),
    }


@cache
def fingerprint(profile: str) -> str:
    """Changes whenever what a profile tells the engine changes, its seccomp filter too; empty for an unknown one."""
    request = SandboxRequest(name="", sandbox_id="", image="", profile=profile)
    try:
        body = container_body(request, Place(instance="", run_directory=Path("/"), agent_volume=""))
    except RequestRefused:
        return ""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _host_config(request: SandboxRequest, profile: Profile, place: Place) -> dict[str, Any]:
    return {
        **_privileges(profile),
        **_namespaces(),
        **_resources(request.limits),
        "ReadonlyRootfs": True,  # nothing of a learner reaches the host's disk
        "Tmpfs": _tmpfs(request.limits),
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
            # A setuid or file-capability program gains nothing.
            f"no-new-privileges:{str(profile.no_new_privileges).lower()}",
            # Our own filter: the engine's depends on its age; 20.10 lets io_uring and every socket family through.
            f"seccomp={seccomp_text(profile.seccomp)}",
        ],
        "MaskedPaths": list(profile.masked_paths),
        "ReadonlyPaths": list(profile.readonly_paths),
        "Devices": [],
        "DeviceCgroupRules": [],
        "DeviceRequests": [],
        "GroupAdd": [],
        "Sysctls": {},
    }


def _namespaces() -> dict[str, Any]:
    return {
        "NetworkMode": "none",
        "PortBindings": {},
        "PublishAllPorts": False,
        "ExtraHosts": [],
        "Links": [],
        "IpcMode": "private",  # its own /dev/shm and queues, shareable with nobody
        "CgroupnsMode": "private",  # /proc/self/cgroup does not show the engine's paths
        "PidMode": "",  # empty is a namespace of its own, for these three
        "UTSMode": "",
        "UsernsMode": "",
    }


def _resources(limits: Limits) -> dict[str, Any]:
    return {
        "Memory": limits.memory_bytes,
        "MemorySwap": limits.memory_bytes,  # memory plus swap: equal means no swap, so that no one slows the host
        "OomKillDisable": False,  # a sandbox at its limit must die, not hang
        "OomScoreAdj": 500,  # when the whole host is short of memory, sandboxes die before the platform
        "NanoCpus": round(limits.cpus * 1_000_000_000),
        "CpuShares": 256,  # a quarter of a normal process's weight: the platform goes first
        "PidsLimit": limits.pids,  # and no nproc limit, which would count over all sandboxes of uid 1000
        "Ulimits": [
            {"Name": "nofile", "Soft": 4096, "Hard": 4096},  # with the pids limit, bounds the host's open files
            {"Name": "core", "Soft": 0, "Hard": 0},  # a core dump may go to a handler that runs as root on the host
            {"Name": "memlock", "Soft": 65536, "Hard": 65536},
            {"Name": "fsize", "Soft": 1024 * MIB, "Hard": 1024 * MIB},
        ],
    }


def _share(limits: Limits, divisor: int, most: int) -> int:
    """A part of the memory limit, at most `most` bytes. Full tmpfs must leave memory to run `rm` in."""
    return min(most, limits.memory_bytes // divisor)


def _tmpfs(limits: Limits) -> dict[str, str]:
    return {
        # The engine's default is noexec; learners write scripts and run them.
        HOME: _tmpfs_options(limits.disk_bytes, "exec,mode=0750,uid=1000,gid=1000"),
        "/tmp": _tmpfs_options(_share(limits, 8, 64 * MIB), "exec,mode=1777"),  # noqa: S108 - a path in the sandbox
        "/var/tmp": _tmpfs_options(_share(limits, 16, 32 * MIB), "exec,mode=1777"),  # noqa: S108 - likewise
        # In place of the engine's own, which bounds bytes but not the number of files.
        "/dev/shm": _tmpfs_options(_share(limits, 16, 32 * MIB), "noexec,mode=1777"),  # noqa: S108 - likewise
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
