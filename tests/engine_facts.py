"""What the engine has of a running site, seen from outside of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import docker
from running_site import RunningSite

INSTANCE_LABEL = "muelle.instance"


class Engine:
    """The engine that a site's sandboxes run on, as its administrator sees it."""

    def __init__(self, site: RunningSite) -> None:
        self.site = site
        self.client = docker.APIClient(base_url=site.engine_url, version="auto", timeout=30)

    def containers(self) -> dict[str, str]:
        """Return the state of each container of the site by its name."""
        found = self.client.containers(all=True, filters={"label": f"{INSTANCE_LABEL}={self.site.instance}"})
        return {item["Names"][0].removeprefix("/"): item["State"] for item in found if item["Names"]}

    def networks(self) -> set[str]:
        """Return the names of the networks of the site's sandboxes."""
        found = self.client.networks(filters={"label": f"{INSTANCE_LABEL}={self.site.instance}"})
        return {item["Name"] for item in found}

    def kill(self, name: str) -> None:
        """Kill one container of the site, as a host that is out of memory might."""
        assert name in self.containers(), f"{name} is not a container of this site"
        self.client.kill(name)

    def sandbox_of(self, session: str) -> str:
        """Return the name of a lab session's container."""
        question = (
            "SELECT box.name FROM sandboxes_sandbox AS box "
            "JOIN lab_sessions_labsession AS lab ON lab.sandbox_id = box.id WHERE lab.id = ?"
        )
        return str(self.site.rows(question, session.replace("-", ""))[0]["name"])

    def differences(self) -> list[str]:
        """Return what is under way, and what engine and sockets have more or less than the rows stand for."""
        rows = self.site.rows
        moving = [
            f"{row['name']} is being made"
            for row in rows("SELECT name FROM sandboxes_sandbox WHERE state = 'creating'")
        ]
        sessions = "SELECT id, state FROM lab_sessions_labsession WHERE state IN ('queued', 'starting', 'ending')"
        moving += [f"session {row['id']} is {row['state']}" for row in rows(sessions)]
        wanted = {row["name"] for row in rows("SELECT name FROM sandboxes_sandbox WHERE state <> 'gone'")}
        containers = set(self.containers())
        return [
            *moving,
            *(f"the network of {name} is left" for name in self.networks() - wanted),
            *(f"{name} has no container" for name in wanted - containers),
            *(f"{name} is an orphan" for name in containers - wanted),
            *(f"{name} has no socket" for name in wanted - self.sockets()),
            *(f"the socket of {name} is left" for name in self.sockets() - wanted),
        ]

    def wait_until_settled(self, *, seconds: float) -> None:
        """Wait until there are exactly the containers, networks and sockets of the rows. Raises AssertionError."""
        end = time.monotonic() + seconds
        while differences := self.differences():
            assert time.monotonic() < end, f"not settled within {seconds:.0f} s: {differences}"
            time.sleep(0.1)

    def sockets(self) -> set[str]:
        """Return the names of the sandboxes that have an agent's socket."""
        return {path.stem for path in (self.site.run_dir / "agents").glob("*.sock")}

    def boot_directories(self) -> set[str]:
        """Return the names of the sandboxes that have a directory of a bootstrap socket."""
        return {path.name for path in (self.site.run_dir / "boot").glob("*")}

    @contextmanager
    def bystander(self) -> Iterator[str]:
        """Yield the id of a running container that is none of the site's; remove it afterwards."""
        made = self.client.create_container(
            self.site.image, ["sleep", "infinity"], host_config=self.client.create_host_config(network_mode="none")
        )["Id"]
        try:
            self.client.start(made)
            yield made
        finally:
            self.client.remove_container(made, force=True)

    def is_running(self, container: str) -> bool:
        """Return whether a container, anybody's, runs."""
        return bool(self.client.inspect_container(container)["State"]["Running"])
