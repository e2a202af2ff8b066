"""The contract of a runtime: what makes, lists and removes sandboxes. One suite (tests/contract) runs on every runtime.

A runtime knows nothing of learners, lessons or the database. Files, shells and checks do not pass through it: they go
through the agent, which `start` leaves listening on `Place.agent_socket(name)`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, Protocol

from sandboxes.limits import Limits


def gettext_noop(message: str) -> str:
    """Marks a sentence for translation; whoever shows it translates it, since this package knows no Django."""
    return message


class RuntimeFault(Exception):
    """A runtime could not do what was asked. `sentence` is for the learner, `detail` for logs and staff.

    Retry code asks for the two subclasses below and for nothing else.
    """

    sentence: ClassVar[str]

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail or self.sentence)
        self.detail = detail


class TransientFault(RuntimeFault):
    """May work when tried again later, without anybody changing anything."""


class PermanentFault(RuntimeFault):
    """Fails again until somebody changes something; trying again only hides it."""


class EngineUnavailable(TransientFault):
    """The engine does not answer, or answers that it cannot at the moment."""

    sentence = gettext_noop(
        "The lab server is not answering. Lessons and your progress are not affected; try again in a minute."
    )


class EngineTimeout(TransientFault):
    """The engine took longer than the limit of the call. What was asked may still happen: the reconciler looks."""

    sentence = gettext_noop("The lab server is taking too long. Try again in a minute.")


class NoSpace(TransientFault):
    """The engine's disk is full: sandboxes that end free it."""

    sentence = gettext_noop("The lab server has no space left. Your teacher can free some; try again later.")


class AgentSilent(TransientFault):
    """The container runs, but its agent did not come to fetch its listener in time."""

    sentence = gettext_noop("The lab started but does not answer. Try again.")


class ImageMissing(PermanentFault):
    """The image is not on this machine. Runtimes never pull: what a lab runs is decided at set-up, not at launch."""

    sentence = gettext_noop(
        "This lab's image is not installed on the server. Tell your teacher: setting up again builds it."
    )


class NoDiskLimits(PermanentFault):
    """The engine cannot stop a sandbox that fills its disk, so none with a writable disk is made."""

    sentence = gettext_noop(
        "This lab needs a machine with a disk of its own, and this server cannot limit one. You can read the lesson; "
        "tell your teacher: the lab engine that Muelle sets up itself (MUELLE_ENGINE=own) can."
    )


class NoTunnels(PermanentFault):
    """A container cannot open /dev/net/tun, which the network of a Docker inside a sandbox needs."""

    sentence = gettext_noop(
        "This lab has a Docker of its own, and its network needs /dev/net/tun, which this server does not let it use. "
        "You can read the lesson; tell your teacher: setting up again says what to do."
    )


class NoNetworks(PermanentFault):
    """Set-up could not put a firewall around labs with a network here, so none is made."""

    sentence = gettext_noop(
        "This lab has a network of its own, and this server cannot close it off from others. You can read the lesson; "
        "tell your teacher: setting up again, as root, says what to do."
    )


class WallsDown(TransientFault):
    """The firewall around labs with a network is not known to stand. Its keeper puts it back."""

    sentence = gettext_noop(
        "The firewall around this lab is not in place, so it was not started. It is being put back: try again in a "
        "minute."
    )


class RequestRefused(PermanentFault):
    """The request breaks an invariant of its profile, or the engine does not know what it asks for."""

    sentence = gettext_noop("This lab asks for something that is not allowed. Tell your teacher.")


class NotOurs(RequestRefused):
    """The container or network belongs to another installation on the same engine: it is never touched."""


class SandboxMissing(PermanentFault):
    """The container that was asked for does not exist (any more)."""

    sentence = gettext_noop("This lab no longer exists. Start it again.")


class ContainerState(StrEnum):
    CREATED = "created"  # made, never started: its agent has not run
    RUNNING = "running"  # its agent is alive
    EXITED = "exited"  # its agent ended or was killed; a sandbox never comes back from here
    REMAINS = "remains"  # there is no container (yet, or any more), only its network


@dataclass(frozen=True, kw_only=True)
class SandboxRequest:
    """One container to make."""

    name: str
    """`muelle-<instance>-<12 hex of the sandbox id>`; also names its sockets. At most 40 characters."""
    sandbox_id: str
    """UUID of the Sandbox row, kept as a label so that the reconciler can compare."""
    image: str
    profile: str = "standard"
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, kw_only=True)
class RunningSandbox:
    """A container of ours as the engine sees it, running or not; or the network of one that is not there."""

    handle: str
    """What `destroy` takes."""
    name: str
    sandbox_id: str
    state: ContainerState
    created_at: float
    """Seconds since the epoch, by the engine's clock."""


@dataclass(frozen=True, kw_only=True)
class SandboxStats:
    """What a running sandbox uses now."""

    memory_bytes: int
    """Without page cache that the kernel can drop."""
    memory_limit_bytes: int
    cpu_seconds: float
    """Since it started."""
    pids: int


@dataclass(frozen=True, kw_only=True)
class EngineFacts:
    """What an engine says of itself, for `doctor`. What it does not say is empty, or False."""

    version: str
    runc: str
    kernel: str
    cgroup_version: str
    cgroup_driver: str
    storage_driver: str
    root: str
    """Where it keeps its data, by its own mount namespace."""
    security: tuple[str, ...]
    """Names of what confines containers: apparmor, seccomp, selinux, userns, rootless, ..."""
    limits: tuple[str, ...]
    """Kinds of limits that it can enforce: memory, swap, cpu, pids."""
    live_restore: bool
    """Whether sandboxes live on while it is restarted."""
    containers: int
    """All of them, whosoever they are."""


class Runtime(Protocol):
    """Makes and removes sandboxes of one instance. Safe to use from several processes at once.

    Every method may raise EngineUnavailable and EngineTimeout besides what it names. No method ever touches a container
    that does not carry the label of this instance.
    """

    def create(self, request: SandboxRequest) -> str:
        """Makes a container that is not started and returns its handle.

        Pre: none. A container of that name that was made but never ran is taken as a leftover of an earlier try and
        replaced. Post: one container of that name exists, created, and no process of it has run.
        Raises ImageMissing, RequestRefused (nothing was sent to the engine, or it refused; also when the name belongs
        to a container that runs or ran), NoDiskLimits, NoTunnels or NoNetworks (this machine cannot hold such a profile
        within bounds), WallsDown, NoSpace. After an error nothing is left behind, except after a time-out,
        where the engine may finish later; calling again, or the reconciler, clears it.
        Idempotent in that sense: calling twice leaves one container; the second handle counts.
        """
        ...

    def start(self, handle: str) -> None:
        """Runs a created container and hands its listener to its agent.

        Pre: `create` returned this handle. Post: the agent is process 1 and accepts connections on
        `Place.agent_socket(name)`. Raises SandboxMissing (also for one that has exited), AgentSilent, NoSpace.
        Idempotent: on a sandbox whose agent already accepts, nothing happens. After an error the caller destroys it.
        """
        ...

    def destroy(self, handle_or_name: str) -> None:
        """Kills and removes a container, its anonymous storage, its network and its sockets.

        Pre: none. Post: no container of ours has this handle or name, and its sockets are gone; a name that never
        existed is fine. Raises RequestRefused if the handle or name belongs to a container that is not ours (which is
        left alone). Idempotent.
        """
        ...

    def list(self) -> tuple[RunningSandbox, ...]:
        """All containers of this instance in any state, and networks without one, in no order. Changes nothing."""
        ...

    def stats(self, handle: str) -> SandboxStats:
        """One measurement. Pre: running. Raises SandboxMissing if it is not. Changes nothing."""
        ...

    def facts(self) -> EngineFacts:
        """What the engine says of itself. Changes nothing."""
        ...
