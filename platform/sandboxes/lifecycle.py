"""The life of a sandbox, as workers and the reconciler lead it. The web process only claims."""

from __future__ import annotations

import logging
import random
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from sandboxes.agent_client import AgentClient
from sandboxes.engine import place, runtime
from sandboxes.environment import Environment
from sandboxes.heartbeat import beating
from sandboxes.inner_engine import bring_up
from sandboxes.interior import PushedFile, lay_out_home, push_to_home, run_setup, talking_to
from sandboxes.models import Sandbox
from sandboxes.registry import forget_pushes, open_space
from sandboxes.runtimes.base import (
    ContainerState,
    NotOurs,
    PermanentFault,
    RuntimeFault,
    SandboxRequest,
    TransientFault,
    gettext_noop,
)
from sandboxes.runtimes.profiles import Profile, profile_named
from sandboxes.timing import LEASE, scaled

logger = logging.getLogger(__name__)

# The agent has its listener when `start` returns; this is for a host that is out of breath.
READY_TIMEOUT = 5.0  # seconds
# So many warm sandboxes are tried in one claim: with a class claiming at once, a few tries may be lost to others.
CLAIM_CANDIDATES = 64
# Between the end of a row and that of its container; one that is still there later has been forgotten.
ENDING = 30.0  # seconds

Report = Callable[[str], None]


class SandboxLost(TransientFault):
    """The row was given up while its sandbox was being made; whoever did that had waited long enough."""

    sentence = gettext_noop("The lab took too long to start. Try again.")


def make_sandbox(
    environment: Environment,
    *,
    seed: str,
    values: Mapping[str, str],
    files: Sequence[PushedFile] = (),
    report: Report = lambda _phase: None,
    hold: timedelta | None = None,
) -> Sandbox:
    """Make a warm sandbox: row, container, agent, home, set-up script, files, in this order.

    With `hold` it never is anybody else's: it is assigned to the caller, who destroys it before that time is over,
    since the reconciler does so then. `report` is told what begins: "creating", "starting", "docker" (where the profile
    has one), "setup", "files".

    Raises a RuntimeFault (SetupFailed with the script's last lines among them); then the sandbox is gone and nothing is
    left behind, or the reconciler removes it when even that failed. Must not be called in a transaction: others have to
    see the row before the engine has the container.
    """
    sandbox = _record(environment, seed, values)
    try:
        with beating(lambda: Sandbox.objects.renew(sandbox.pk, until=_lease())):
            report("creating")
            open_space(values)
            handle = runtime().create(_request(sandbox, environment))
            Sandbox.objects.making().filter(pk=sandbox.pk).update(handle=handle)
            report("starting")
            runtime().start(handle)
            _set_up(sandbox, environment, values, report)
            if files:
                report("files")
                push_files(sandbox, files)
        if not _finish(sandbox, handle, hold):
            raise SandboxLost(sandbox.name)
    except BaseException as error:  # a worker that is told to stop must not leave a container either
        logger.warning("Sandbox %s could not be made: %r", sandbox.name, error)
        with suppress(RuntimeFault):  # the row is given up first, so the reconciler finds what is left
            destroy_sandbox(sandbox, reason=type(error).__name__)
        raise
    sandbox.refresh_from_db()
    return sandbox


def claim_warm(environment_digest: str) -> Sandbox | None:
    """Take a warm sandbox of this environment for good; None where there is none. Each is given out once.

    Each try is one conditional UPDATE, so no lock is held and it costs the same on SQLite and PostgreSQL.
    """
    waiting = Sandbox.objects.waiting(environment_digest).order_by("warmed_at").values_list("pk", flat=True)
    candidates = list(waiting[:CLAIM_CANDIDATES])
    random.shuffle(candidates)  # so that a class that claims at once does not fight over the oldest
    for candidate in candidates:
        if Sandbox.objects.move(candidate, Sandbox.State.WARM, Sandbox.State.ASSIGNED, assigned_at=timezone.now()):
            return Sandbox.objects.get(pk=candidate)
    return None


def push_files(sandbox: Sandbox, files: Iterable[PushedFile]) -> None:
    """Write a lab's files into the learner's home, through the agent. Idempotent. Raises a RuntimeFault."""
    with talking_to(sandbox.name):
        push_to_home(agent_of(sandbox), files)


def destroy_sandbox(sandbox: Sandbox, reason: str) -> None:
    """Give a sandbox up for ever and remove its container. Idempotent.

    Raises a RuntimeFault if the engine does not do it; the row is gone all the same, so that nobody uses the sandbox,
    and `destroy_orphans` removes the container when the engine is back. In the database of a backup that was restored
    beside the site it is from, rows stand for that site's containers, which are left alone.
    """
    Sandbox.objects.give_up(sandbox.pk, reason=reason)
    try:
        runtime().destroy(sandbox.name)
    except NotOurs:
        logger.warning("Sandbox %s is another installation's: it is left alone, and its row given up", sandbox.name)
    forget_pushes(sandbox.values)
    sandbox.refresh_from_db()


def destroy_orphans(now: datetime) -> int:
    """Destroy containers of ours that no row stands for; return how many. Raises TransientFault: the engine is down."""
    # First the engine, then the rows: a row is there before its container, so whatever has none here never had one.
    found = runtime().list()
    wanted = set(Sandbox.objects.not_gone().values_list("name", flat=True))
    orphans = [container for container in found if container.name not in wanted]
    # The row goes first, so for a moment every sandbox that ends looks like an orphan.
    ending = set(Sandbox.objects.given_up_since(now - scaled(ENDING)).values_list("name", flat=True))
    destroyed = 0
    for orphan in orphans:
        try:
            runtime().destroy(orphan.name)
        except PermanentFault:
            logger.exception("Orphan %s could not be removed", orphan.name)
            continue
        level = logging.DEBUG if orphan.name in ending else logging.WARNING
        age = now.timestamp() - orphan.created_at
        logger.log(level, "Orphan %s, made %.0f s ago, was removed", orphan.name, age)
        destroyed += 1
    return destroyed


def mark_vanished(now: datetime) -> list[Sandbox]:
    """Give up the sandboxes whose container no longer runs, and return them. What is left of one is then an orphan.

    Raises TransientFault when the engine is down: then nobody knows, and nothing is given up.
    """
    # First the rows, then the engine: a sandbox that becomes warm in between is not missed in an older list.
    expected = list(Sandbox.objects.up())
    running = {container.name for container in runtime().list() if container.state == ContainerState.RUNNING}
    missing = [sandbox for sandbox in expected if sandbox.name not in running]
    vanished = [sandbox for sandbox in missing if Sandbox.objects.give_up(sandbox.pk, reason="vanished", now=now)]
    for sandbox in vanished:
        logger.error("Sandbox %s vanished", sandbox.name)
        sandbox.refresh_from_db()
    return vanished


def agent_of(sandbox: Sandbox) -> AgentClient:
    """The client of its agent. Nothing is connected yet."""
    return AgentClient(socket_path_of(sandbox))


def profile_of(sandbox: Sandbox) -> Profile:
    """What kind of sandbox it is. Its `environment` is for every shell, set-up script and check in it."""
    return profile_named(sandbox.environment["profile"])


def socket_path_of(sandbox: Sandbox) -> Path:
    """Where its agent is reached, by any process that may enter the run directory."""
    return place().agent_socket(sandbox.name)


def _record(environment: Environment, seed: str, values: Mapping[str, str]) -> Sandbox:
    identity = uuid.uuid4()
    return Sandbox.objects.create(
        id=identity,
        name=place().sandbox_name(identity.hex),
        environment_digest=environment.digest(),
        environment=environment.to_json(),
        seed=seed,
        values=dict(values),
        lease_until=_lease(),
    )


def _finish(sandbox: Sandbox, handle: str, hold: timedelta | None) -> bool:
    now = timezone.now()
    if hold is None:
        return Sandbox.objects.move(
            sandbox.pk, Sandbox.State.CREATING, Sandbox.State.WARM, handle=handle, warmed_at=now
        )
    return Sandbox.objects.move(
        sandbox.pk,
        Sandbox.State.CREATING,
        Sandbox.State.ASSIGNED,
        handle=handle,
        warmed_at=now,
        assigned_at=now,
        held_until=now + hold,
    )


def _lease() -> datetime:
    return timezone.now() + scaled(LEASE)


def _request(sandbox: Sandbox, environment: Environment) -> SandboxRequest:
    return SandboxRequest(
        name=sandbox.name,
        sandbox_id=str(sandbox.pk),
        image=environment.image,
        profile=environment.profile,
        limits=environment.limits,
    )


def _set_up(sandbox: Sandbox, environment: Environment, values: Mapping[str, str], report: Report) -> None:
    agent = agent_of(sandbox)
    profile = profile_named(environment.profile)
    with talking_to(sandbox.name):
        agent.wait_ready(timeout=READY_TIMEOUT)
        lay_out_home(agent)
        if profile.inner_engine:
            report("docker")
            bring_up(agent, profile)
        if environment.setup:
            report("setup")
            run_setup(agent, environment.setup, values, profile.environment)
