"""Requests and bodies that the tests of this folder start from."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from sandboxes.limits import MIB, Limits
from sandboxes.runtimes.base import SandboxRequest
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.place import Place

PLACE = Place(instance="0123abcd", run_directory=Path("/run/muelle/0123abcd"), agent_volume="muelle-agent-0123456789ab")
IMAGE = "muelle/standard:0123456789ab"


def request(**changes: Any) -> SandboxRequest:
    """A request that is fine, but for the changes."""
    identity = uuid.UUID("6e1b1c39-5f0e-4d0b-9b0e-2f6f0f3f7a11")
    asked: dict[str, Any] = {"name": PLACE.sandbox_name(identity.hex), "sandbox_id": str(identity), "image": IMAGE}
    return SandboxRequest(**{**asked, **changes})


def body(**changes: Any) -> dict[str, Any]:
    """The body of such a request."""
    return container_body(request(**changes), PLACE)


limits = st.builds(
    Limits,
    memory_bytes=st.integers(64 * MIB, 2048 * MIB),
    cpus=st.floats(0.1, 2.0),
    pids=st.integers(16, 1024),
    disk_bytes=st.integers(1 * MIB, 32 * MIB),
)
"""Limits that the profile `standard` allows."""

any_limits = st.builds(
    Limits,
    memory_bytes=st.integers(-(2**63), 2**63),
    cpus=st.floats(allow_nan=True, allow_infinity=True),
    pids=st.integers(-(2**31), 2**31),
    disk_bytes=st.integers(-(2**63), 2**63),
)

hexadecimal = st.text("0123456789abcdef", min_size=12, max_size=12)


@st.composite
def valid_requests(draw: st.DrawFn) -> SandboxRequest:
    """Requests as lifecycle makes them."""
    identity = draw(st.uuids())
    return SandboxRequest(
        name=PLACE.sandbox_name(identity.hex),
        sandbox_id=str(identity),
        image=f"muelle/{draw(st.from_regex(r'[a-z][a-z0-9-]{0,20}', fullmatch=True))}:{draw(hexadecimal)}",
        profile="standard",
        limits=draw(limits),
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
        profile=draw(
            st.just("standard") | bad_text | st.sampled_from(["engine", "privileged", "STANDARD", "standard "])
        ),
        limits=draw(limits | any_limits),
    )
