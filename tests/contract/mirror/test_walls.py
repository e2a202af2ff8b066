"""What the mirror gives away: nothing but images, packages and its own names."""

from __future__ import annotations

import json
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from tools.mirror import places
from tools.mirror.certificate import NAMES

pytestmark = pytest.mark.docker

CLIMBS = (
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2f..%2f..%2fetc/passwd",
    "//etc/passwd",
    "/./../etc/passwd",
    "/v2/library/../../../etc/passwd",
    "/v2/library/busybox/blobs/../../../../../../etc/passwd",
    "/v2/library/busybox/blobs/sha256:..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/v2/library/%2e%2e/%2e%2e/spaces/docker/registry/v2/repositories/",
    "/v2/0123456789ab/../library/busybox/manifests/../../../../etc/passwd",
    "/spaces/",
    "/spaces/0123456789ab/../",
    "/spaces/0123456789ab/..%2f..%2f..%2f..%2f..%2fetc/passwd",
    "/v2/library/busybox/blobs/sha256:" + "0" * 64 + "/../../../../etc/passwd",
    "/\\..\\..\\etc/passwd",
)


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
@pytest.mark.parametrize("port", [places.REGISTRY_PORT, places.NAMES_PORT, places.PACKAGES_PORT])
def test_no_path_climbs_out(mirror, port, method):
    answers = {path: mirror.ask(method, path, port=port, Content_Length="0") for path in CLIMBS}

    assert {path: answer.status for path, answer in answers.items() if answer.status < 400} == {}
    assert not [path for path, answer in answers.items() if b"root:" in answer.body]
    # The control: a path that is meant is answered.
    assert mirror.ask("GET", "/v2/").status == 200


@pytest.mark.parametrize("name", ["registry.muelle", "deb.debian.org", "pypi.muelle", "npm.muelle", *NAMES])
def test_our_names_lead_to_the_mirror(resolve, mirror, name):
    assert resolve(name) == places.ADDRESS


@pytest.mark.parametrize(
    "name",
    [
        "example.org",
        "registry-2.docker.io",
        "secret.docker.io",
        "ghcr.io",
        "github.com",
        "localhost",
        "secret.registry.muelle",
        "metadata.google.internal",
    ],
)
def test_no_other_name_exists_and_none_is_asked_elsewhere(resolve, mirror, name):
    assert resolve(name) is None


def test_it_listens_at_its_own_address_only(mirror):
    listening = mirror.docker("exec", places.CONTAINER, "cat", "/proc/net/tcp").stdout.splitlines()[1:]

    for port in (places.DNS_PORT, places.REGISTRY_PORT, places.PACKAGES_PORT, places.HUB_PORT):
        # A line has the address in hexadecimal, least byte first, and state 0A for listening.
        ours = f"{socket.inet_aton(places.ADDRESS)[::-1].hex().upper()}:{port:04X}"
        assert [line for line in listening if line.split()[1] == ours and line.split()[3] == "0A"]
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection(("127.0.0.1", places.REGISTRY_PORT), timeout=2).close()


def test_nobody_in_it_is_root_and_its_disk_has_a_limit(mirror):
    (facts,) = json.loads(mirror.docker("inspect", places.CONTAINER).stdout)

    assert facts["Config"]["User"] == "mirror"
    assert facts["HostConfig"]["Privileged"] is False
    assert facts["HostConfig"]["CapDrop"] == ["ALL"]
    assert [name.removeprefix("CAP_") for name in facts["HostConfig"]["CapAdd"]] == ["NET_BIND_SERVICE"]
    assert int(facts["HostConfig"]["StorageOpt"]["size"]) >= places.PUSHES_BYTES
    assert facts["HostConfig"]["Memory"] == places.MEMORY_BYTES
    writable = [mount["Destination"] for mount in facts["Mounts"] if mount["RW"]]
    assert writable == [str(places.DOOR)]


def test_the_door_of_the_host_is_for_those_who_may_speak_to_the_engine(mirror):
    folder = places.DOOR.stat()

    assert stat.S_ISSOCK(places.NAMES_SOCKET.stat().st_mode)
    assert (folder.st_uid, folder.st_mode & 0o777) == (places.USER, 0o710)
    assert folder.st_gid == Path(mirror.engine_url.removeprefix("unix://")).stat().st_gid
    reached = {group: _knocks(group) for group in (folder.st_gid, 54321)}
    assert reached == {folder.st_gid: True, 54321: False}


def _knocks(group: int) -> bool:
    """Whether somebody of that group, who is nobody else, gets through the door."""
    script = f"import socket; socket.socket(socket.AF_UNIX).connect('{places.NAMES_SOCKET}')"
    who = ["setpriv", "--reuid", "12345", "--regid", str(group), "--clear-groups"]
    return subprocess.run([*who, "/usr/bin/python3", "-c", script], capture_output=True, timeout=20).returncode == 0
