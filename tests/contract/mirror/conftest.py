"""The real mirror of this machine, asked as a sandbox would ask it."""

from __future__ import annotations

import http.client
import json
import secrets
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from sandboxes.registry import forget_pushes, open_space
from tools.mirror import places

# A busy machine takes its time to start a container; a pull of a small image is part of it.
CLIENT_SECONDS = 60
ANSWER_SECONDS = 10


@dataclass
class Answer:
    """What the mirror said."""

    status: int
    body: bytes
    location: str

    @property
    def message(self) -> str:
        """The sentence that the docker client shows."""
        return str(json.loads(self.body)["errors"][0]["message"])


@dataclass
class Mirror:
    """Asks the mirror over HTTP, and through a client in a container."""

    engine_url: str

    def ask(
        self, method: str, path: str, *, port: int = places.REGISTRY_PORT, body: bytes = b"", **headers: str
    ) -> Answer:
        """Send one request as it is: nothing of the path is made tidy on the way."""
        connection = http.client.HTTPConnection(places.ADDRESS, port, timeout=ANSWER_SECONDS)
        try:
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name.replace("_", "-"), value)
            connection.endheaders(body)
            response = connection.getresponse()
            return Answer(response.status, response.read(1_000_000), response.headers.get("Location", ""))
        finally:
            connection.close()

    def docker(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run the docker client against the lab engine."""
        argv = ["docker", "--host", self.engine_url, *words]
        return subprocess.run(argv, capture_output=True, text=True, timeout=CLIENT_SECONDS, check=False)

    def copy(self, source: str, target: str) -> subprocess.CompletedProcess[str]:
        """Copy an image between the registry (`library/nginx:1.26`) and a folder (`dir:/tmp/x`)."""
        names = [name if ":/" in name else f"docker://{places.REGISTRY}/{name}" for name in (source, target)]
        plain = ["--src-tls-verify=false", "--dest-tls-verify=false", "--insecure-policy"]
        return self.docker("run", "--rm", "--network", "host", self.image, "skopeo", "copy", *plain, *names)

    @property
    def image(self) -> str:
        """The mirror's own image, which has a client as well."""
        return self.docker("inspect", "--format", "{{.Config.Image}}", places.CONTAINER).stdout.strip()


@pytest.fixture
def mirror(settings: Any) -> Mirror:
    """The mirror of this machine."""
    if not settings.MUELLE_MIRROR:
        pytest.skip("no mirror: labs with an engine of their own are off on this machine")
    return Mirror(settings.MUELLE_ENGINE_URL)


@pytest.fixture
def space(mirror: Mirror) -> Iterator[str]:
    """A namespace, as it is drawn and opened for a sandbox; gone after the test."""
    drawn = secrets.token_hex(6)
    open_space({"espacio": drawn})
    yield drawn
    forget_pushes({"espacio": drawn})


@pytest.fixture
def resolve() -> Callable[[str], str | None]:
    """Ask the mirror's name server."""
    from tools.mirror.health import resolve

    return resolve
