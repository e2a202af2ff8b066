"""The networks of sandboxes on a Docker Engine: one bridge for each sandbox that has a network at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import docker
import requests
from docker import errors

from sandboxes.runtimes.base import ContainerState, NoSpace, NotOurs, RunningSandbox
from sandboxes.runtimes.network_body import network_body, random_subnet
from sandboxes.runtimes.network_invariants import check_network
from sandboxes.runtimes.place import INSTANCE_LABEL, SANDBOX_LABEL, Place

# With nine of ten subnets taken, so many draws miss all that are free once in a thousand times.
DRAWS = 64
OVERLAP = "overlaps"


@dataclass(frozen=True)
class DockerNetworks:
    """Those of one instance. Errors of the client pass through; `docker` says them in words of the contract."""

    client: docker.APIClient
    place: Place
    pool: str
    """The range that they are taken from."""

    def create(self, name: str, sandbox_id: str) -> None:
        """Make the network of a sandbox. Raises RequestRefused, and NoSpace where no subnet of the pool is free."""
        for _ in range(DRAWS):
            body = network_body(name, sandbox_id, random_subnet(self.pool), self.place)
            check_network(body, self.pool, self.place)
            try:
                self._send(body)
            except errors.APIError as error:
                # Another sandbox has it, of whichever instance: the engine is who knows.
                if OVERLAP not in str(error.explanation):
                    raise
            else:
                return
        raise NoSpace(f"no free network was found in {self.pool}")

    def remove(self, name: str) -> None:
        """Remove the network of that name, if there is one. Raises RequestRefused if it is not ours. Idempotent."""
        for found in self._named(name):
            labels = found["Labels"] or {}
            if labels.get(INSTANCE_LABEL) != self.place.instance or SANDBOX_LABEL not in labels:
                raise NotOurs(f"network {name} does not belong to instance {self.place.instance}")
            self._remove(found["Id"], name)

    def remains(self, containers: set[str]) -> Iterator[RunningSandbox]:
        """The networks whose container is not among these names, as what is left of a sandbox."""
        found = self.client.networks(filters={"label": [f"{INSTANCE_LABEL}={self.place.instance}", SANDBOX_LABEL]})
        for network in found:
            if network["Name"] not in containers:
                yield RunningSandbox(
                    handle=network["Name"],
                    name=network["Name"],
                    sandbox_id=network["Labels"][SANDBOX_LABEL],
                    state=ContainerState.REMAINS,
                    created_at=_seconds(network["Created"]),
                )

    def _send(self, body: dict[str, Any]) -> None:
        self.client.create_network(
            name=body["Name"],
            check_duplicate=body["CheckDuplicate"],
            driver=body["Driver"],
            internal=body["Internal"],
            attachable=body["Attachable"],
            enable_ipv6=body["EnableIPv6"],
            ipam=body["IPAM"],
            options=body["Options"],
            labels=body["Labels"],
        )

    def _named(self, name: str) -> list[dict[str, Any]]:
        # The engine's filter takes parts of names too.
        return [found for found in self.client.networks(names=[name]) if found["Name"] == name]

    def _remove(self, identity: str, name: str) -> None:
        try:
            self.client.remove_network(identity)
        except errors.NotFound:
            return  # somebody was faster
        except errors.APIError as error:
            if error.status_code != requests.codes.forbidden:
                raise
        else:
            return
        # An engine that was killed at the wrong moment keeps the end of a container that is gone.
        try:
            self.client.disconnect_container_from_network(name, identity, force=True)
            self.client.remove_network(identity)
        except errors.NotFound:
            return


def _seconds(created: str) -> float:
    # Nanoseconds are more than Python reads, and whole seconds are enough for an age.
    return datetime.fromisoformat(f"{created[:19]}+00:00").timestamp()
