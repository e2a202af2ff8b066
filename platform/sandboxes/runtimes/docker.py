"""Sandboxes on a Docker Engine (20.10 or later). With `docker_networks` the only module that knows Docker.

The low-level client is used because only it can send MaskedPaths and ReadonlyPaths. The archive API (`put_archive`,
`docker cp`) is never used: engines before 29.5.1 run the container's own decompressor as root on the host
(CVE-2026-41567). Nothing is ever pruned, pulled or executed here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from functools import cached_property
from typing import Any

import docker
import requests
from docker import errors

from sandboxes.agent_client import AgentClient, AgentError, Bootstrap
from sandboxes.runtimes.base import (
    AgentSilent,
    EngineFacts,
    EngineTimeout,
    EngineUnavailable,
    ImageMissing,
    NoSpace,
    NotOurs,
    RequestRefused,
    RunningSandbox,
    SandboxMissing,
    SandboxRequest,
    SandboxStats,
)
from sandboxes.runtimes.container_body import container_body
from sandboxes.runtimes.docker_answers import facts_of, state_of, stats_of
from sandboxes.runtimes.docker_networks import DockerNetworks
from sandboxes.runtimes.host import NOTHING_PROVED, Host
from sandboxes.runtimes.image_rules import image_breaches
from sandboxes.runtimes.invariants import check_body
from sandboxes.runtimes.place import INSTANCE_LABEL, SANDBOX_LABEL, Place
from sandboxes.runtimes.profiles import Profile, profile_named
from sandboxes.runtimes.walls import NoWalls, Walls

# One call to the engine. Thirty cold starts at once take it 6 s on two processors; beyond this it hangs.
CALL_TIMEOUT = 30  # seconds
# From the engine's "started" to the agent holding its listener: measured in milliseconds, but a cold cache is slow.
HANDOVER_TIMEOUT = 10.0  # seconds
# Asking an agent whether it is there.
PING_TIMEOUT = 2.0  # seconds

_NO_SPACE = re.compile(r"no space left on device|disk quota exceeded", re.IGNORECASE)


class DockerRuntime:
    """See `base.Runtime`. Making one does not connect; the first call does."""

    def __init__(
        self, *, engine_url: str, place: Place, host: Host = NOTHING_PROVED, walls: Walls | None = None
    ) -> None:
        self._engine_url = engine_url
        self._place = place
        self._host = host
        self._walls = walls or NoWalls()

    @cached_property
    def _client(self) -> docker.APIClient:
        # "auto" asks for the engine's version once: 20.10 speaks 1.41 at most, 29 speaks 1.44 at least.
        return docker.APIClient(base_url=self._engine_url, version="auto", timeout=CALL_TIMEOUT)

    def create(self, request: SandboxRequest) -> str:
        profile = profile_named(request.profile)
        self._host.check_profile(profile)
        # Asked before anything is sent: what breaks an invariant is refused even while the engine is down.
        check_body(request.name, request.profile, container_body(request, self._place), self._place)
        if profile.private_network:
            self._walls.check()
        with _faults():
            image_bytes = self._require_image(request.image)
            self._require_agent_volume()
            body = container_body(
                request, self._place, image_bytes=image_bytes if self._host.disk_limits_count_image else 0
            )
            check_body(request.name, request.profile, body, self._place)
            self._clear_leftover(request.name, profile)
            self._place.prepare_boot_directory(request.name)
            try:
                return self._create(body, request, profile)
            except BaseException:
                self._bootstrap(request.name).remove()
                raise

    def start(self, handle: str) -> None:
        with _faults():
            found = self._inspect_ours(handle)
            if found is None:
                raise SandboxMissing(handle)
            name, state = _name_of(found), found["State"]["Status"]
            if state == "running" and self._agent_answers(name):
                return
            if state != "created":
                # Running without an agent, or ended: starting it again would show a learner an empty home.
                raise SandboxMissing(f"{name} is {state}")
            bootstrap = self._bootstrap(name)
            bootstrap.prepare()
            try:
                self._client.start(handle)
                bootstrap.hand_over(timeout=HANDOVER_TIMEOUT)
            except AgentError as error:
                raise AgentSilent(f"{name}: {error}") from error
            finally:
                bootstrap.close()

    def destroy(self, handle_or_name: str) -> None:
        with _faults():
            found = self._inspect_ours(handle_or_name)
            name = _name_of(found) if found else handle_or_name
            if found:
                self._remove(found["Id"])
            if self._place.owns_name(name) and (found is None or found["HostConfig"]["NetworkMode"] == name):
                self._networks.remove(name)
            if self._place.owns_name(name):
                self._bootstrap(name).remove()

    def list(self) -> tuple[RunningSandbox, ...]:
        with _faults():
            found = self._client.containers(all=True, filters={"label": [self._instance_label, SANDBOX_LABEL]})
            containers = [item for item in found if item["Names"]]  # one that is being removed may have none left
            remains = tuple(self._networks.remains({_listed_name(item) for item in containers}))
        return remains + tuple(
            RunningSandbox(
                handle=item["Id"],
                name=_listed_name(item),
                sandbox_id=item["Labels"][SANDBOX_LABEL],
                state=state_of(item),
                created_at=float(item["Created"]),
            )
            for item in containers
        )

    def stats(self, handle: str) -> SandboxStats:
        with _faults():
            found = self._inspect_ours(handle)
            if found is None or not found["State"]["Running"]:
                raise SandboxMissing(handle)
            # Without `one_shot` the engine measures twice, a second apart.
            return stats_of(self._client.stats(handle, stream=False, one_shot=True))

    def facts(self) -> EngineFacts:
        with _faults():
            return facts_of(self._client.info())

    def close(self) -> None:
        """Hang up; the next call connects again."""
        client = self.__dict__.pop("_client", None)
        if client is not None:
            client.close()

    @property
    def _networks(self) -> DockerNetworks:
        return DockerNetworks(self._client, self._place, self._host.networks)

    @property
    def _instance_label(self) -> str:
        return f"{INSTANCE_LABEL}={self._place.instance}"

    def _bootstrap(self, name: str) -> Bootstrap:
        return Bootstrap(self._place.boot_directory(name), self._place.agent_socket(name))

    def _agent_answers(self, name: str) -> bool:
        try:
            AgentClient(self._place.agent_socket(name)).wait_ready(timeout=PING_TIMEOUT)
        except AgentError:
            return False
        return True

    def _create(self, body: dict[str, Any], request: SandboxRequest, profile: Profile) -> str:
        if profile.private_network:
            self._networks.create(request.name, request.sandbox_id)
        try:
            made: dict[str, Any] = self._client.create_container_from_config(body, name=request.name)  # type: ignore[no-untyped-call]
        except BaseException:
            if profile.private_network:
                with suppress(Exception):  # what went wrong first counts; the reconciler finds what is left
                    self._networks.remove(request.name)
            raise
        return str(made["Id"])

    def _require_image(self, image: str) -> int:
        """Its size in bytes."""
        try:
            found: dict[str, Any] = self._client.inspect_image(image)  # type: ignore[no-untyped-call]
        except errors.NotFound as error:
            raise ImageMissing(f"image {image} is not on this engine") from error
        if breaches := list(image_breaches(found["Config"] or {})):
            raise RequestRefused(f"image {image} " + "; ".join(breaches))
        return int(found["Size"])

    def _require_agent_volume(self) -> None:
        # Asked first, because `create` would make the missing volume, empty, and no agent would be in it.
        try:
            self._client.inspect_volume(self._place.agent_volume)
        except errors.NotFound as error:
            raise ImageMissing(f"volume {self._place.agent_volume}, which holds the agent, is missing") from error

    def _clear_leftover(self, name: str, profile: Profile) -> None:
        found = self._inspect_ours(name)
        if found and found["State"]["Status"] != "created":
            raise RequestRefused(f"{name} exists and is {found['State']['Status']}")
        if found:
            self._remove(found["Id"])
        if profile.private_network:
            self._networks.remove(name)

    def _inspect_ours(self, handle_or_name: str) -> dict[str, Any] | None:
        """None if there is none. Raises RequestRefused if it is not ours."""
        try:
            found: dict[str, Any] = self._client.inspect_container(handle_or_name)
        except errors.NotFound:
            return None
        labels = found["Config"]["Labels"] or {}
        if labels.get(INSTANCE_LABEL) != self._place.instance or SANDBOX_LABEL not in labels:
            raise NotOurs(f"container {handle_or_name} does not belong to instance {self._place.instance}")
        return found

    def _remove(self, handle: str) -> None:
        try:
            self._client.remove_container(handle, force=True, v=True)
        except errors.NotFound:
            pass  # somebody was faster
        except errors.APIError as error:
            if error.status_code != requests.codes.conflict:  # being removed by somebody else right now
                raise


def _name_of(found: dict[str, Any]) -> str:
    return str(found["Name"]).removeprefix("/")


def _listed_name(item: dict[str, Any]) -> str:
    return str(item["Names"][0]).removeprefix("/")


@contextmanager
def _faults() -> Iterator[None]:
    """Says an error of the client in words of the contract."""
    try:
        yield
    except errors.APIError as error:
        raise _fault_of(error) from error
    except requests.exceptions.Timeout as error:
        raise EngineTimeout(str(error)) from error
    except (requests.exceptions.RequestException, errors.DockerException) as error:
        raise EngineUnavailable(str(error)) from error
    except OSError as error:  # our own run directory
        if error.errno in (ENOSPC, EDQUOT):
            raise NoSpace(str(error)) from error
        raise EngineUnavailable(f"the run directory cannot be used: {error}") from error


def _fault_of(error: errors.APIError) -> Exception:
    said = str(error.explanation or error)
    if _NO_SPACE.search(said):
        return NoSpace(said)
    if error.status_code == requests.codes.not_found:
        return SandboxMissing(said)
    if error.status_code is not None and error.status_code < 500:
        return RequestRefused(said)
    return EngineUnavailable(said)
