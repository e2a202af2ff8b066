"""What the engine has of a running site, seen from outside of it."""

from __future__ import annotations

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

    def is_settled(self) -> bool:
        """Return whether containers and sockets are exactly those that the rows stand for, and nothing is under way."""
        moving = self.site.rows("SELECT id FROM sandboxes_sandbox WHERE state = 'creating'") + self.site.rows(
            "SELECT id FROM lab_sessions_labsession WHERE state IN ('queued', 'starting', 'ending')"
        )
        wanted = {row["name"] for row in self.site.rows("SELECT name FROM sandboxes_sandbox WHERE state <> 'gone'")}
        return not moving and wanted == set(self.containers()) == self.sockets()

    def sockets(self) -> set[str]:
        """Return the names of the sandboxes that have an agent's socket."""
        return {path.stem for path in (self.site.run_dir / "agents").glob("*.sock")}

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
