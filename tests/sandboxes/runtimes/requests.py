"""Requests and bodies that the tests of this folder start from."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sandboxes.limits import GIB, MIB, Limits
from sandboxes.runtimes.base import SandboxRequest
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.place import Place
from sandboxes.runtimes.profiles import ProfileName, profile_named

PLACE = Place(instance="0123abcd", run_directory=Path("/run/muelle/0123abcd"), agent_volume="muelle-agent-0123456789ab")
IMAGE = "muelle/standard:0123456789ab"


def request(**changes: Any) -> SandboxRequest:
    """A request that is fine, but for the changes."""
    identity = uuid.UUID("6e1b1c39-5f0e-4d0b-9b0e-2f6f0f3f7a11")
    asked: dict[str, Any] = {"name": PLACE.sandbox_name(identity.hex), "sandbox_id": str(identity), "image": IMAGE}
    if changes.get("profile") in list(ProfileName):
        asked["limits"] = profile_named(changes["profile"]).default
    return SandboxRequest(**{**asked, **changes})


def body(**changes: Any) -> dict[str, Any]:
    """The body of such a request."""
    return container_body(request(**changes), PLACE)


def put(document: dict[str, Any], path: str, value: Any) -> None:
    """Change one part of a body; the path is where it is, by names with dots."""
    *parents, last = path.split(".")
    for parent in parents:
        document = document[parent]
    document[last] = value


limits = {
    "standard": st.builds(
        Limits,
        memory_bytes=st.integers(64 * MIB, 2048 * MIB),
        cpus=st.floats(0.1, 2.0),
        pids=st.integers(16, 1024),
        disk_bytes=st.integers(1 * MIB, 32 * MIB),
    ),
    "engine": st.builds(
        Limits,
        memory_bytes=st.integers(768 * MIB, 4 * GIB),
        cpus=st.floats(0.5, 4.0),
        pids=st.integers(256, 2048),
        disk_bytes=st.integers(1 * GIB, 8 * GIB),
    ),
}
"""Limits that each profile allows."""

any_limits = st.builds(
    Limits,
    memory_bytes=st.integers(-(2**63), 2**63),
    cpus=st.floats(allow_nan=True, allow_infinity=True),
    pids=st.integers(-(2**31), 2**31),
    disk_bytes=st.integers(-(2**63), 2**63),
)

# Whole numbers, since drawing letter by letter takes most of the time of ten thousand requests.
identities = st.integers(0, 2**128 - 1).map(lambda number: uuid.UUID(int=number))
images = st.builds(
    "muelle/{}:{:012x}".format,
    st.sampled_from(["standard", "engine", "a", "web-server", "k8s_1", "x" * 41]),
    st.integers(0, 16**12 - 1),
)


def valid_requests(profiles: Collection[str] = tuple(limits)) -> st.SearchStrategy[SandboxRequest]:
    """Requests as lifecycle makes them."""
    return st.one_of(
        st.builds(_valid_request, identities, images, st.just(profile), limits[profile]) for profile in profiles
    )


def _valid_request(identity: uuid.UUID, image: str, profile: str, allowed: Limits) -> SandboxRequest:
    return SandboxRequest(
        name=PLACE.sandbox_name(identity.hex),
        sandbox_id=str(identity),
        image=image,
        profile=profile,
        limits=allowed,
    )


@st.composite
def hostile_requests(draw: st.DrawFn) -> SandboxRequest:
    """Requests of which any part may be anything."""
    fine = draw(valid_requests())
    bad_text = st.text() | st.sampled_from(["", "../../etc", "a/../b", "/", "muelle-0123abcd-", "x\n", "a b", "host"])
    return SandboxRequest(
        name=draw(st.just(fine.name) | bad_text),
        sandbox_id=draw(st.just(fine.sandbox_id) | bad_text),
        image=draw(st.just(fine.image) | bad_text | st.sampled_from(["debian", "muelle/standard:latest", "evil/x:1"])),
        profile=draw(st.just(fine.profile) | bad_text | st.sampled_from(["privileged", "STANDARD", "standard ", "vm"])),
        limits=draw(limits["standard"] | limits["engine"] | any_limits),
    )
