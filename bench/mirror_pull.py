"""G9: pulling from the mirror, against a plain download of the same bytes."""

import hashlib
import http.client
import http.server
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from lab import Lab
from measure import Row, percentile

TARGET = 0.5  # of the plain download
IMAGE = "postgres"  # the largest layer of the library
TAG = "latest"
MIRROR, PORT = "10.212.0.1", 5000
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
CHUNK = 1 << 20  # bytes of one read
SECONDS = 60  # until a download is given up


def measure(_lab: Lab, rounds: int) -> list[Row]:
    """Download the largest layer of an image from the mirror and from a plain server of files, in turns."""
    path = f"/v2/library/{IMAGE}/blobs/{_largest_layer()}"
    ours, plain = [], []
    with tempfile.TemporaryDirectory(prefix="muelle-bench-") as folder:
        size = _keep(path, Path(folder) / "layer")
        with _plain_server(Path(folder)) as port:
            for _round in range(max(5, rounds)):
                ours.append(size / _download(MIRROR, PORT, path))
                plain.append(size / _download("127.0.0.1", port, "/layer"))
    speed, baseline = percentile(ours, 0.5), percentile(plain, 0.5)
    return [
        Row(
            "G9",
            f"pull of a layer of {size / 1e6:.0f} MB from the mirror, p50",
            f"{speed / 1e6:.0f} MB/s",
            f"plain HTTP download {baseline / 1e6:.0f} MB/s",
            f"{speed / baseline:.2f}",
            f"≥ {TARGET:.2f}",
            speed >= TARGET * baseline,
        )
    ]


def _largest_layer() -> str:
    connection = http.client.HTTPConnection(MIRROR, PORT, timeout=SECONDS)
    connection.request("GET", f"/v2/library/{IMAGE}/manifests/{TAG}", headers={"Accept": MANIFEST})
    layers = json.load(connection.getresponse())["layers"]
    connection.close()
    return str(max(layers, key=lambda layer: layer["size"])["digest"])


def _keep(path: str, target: Path) -> int:
    """Keep a layer in a file, check that it is what its name says, and return its size."""
    connection = http.client.HTTPConnection(MIRROR, PORT, timeout=SECONDS)
    connection.request("GET", path)
    content = connection.getresponse().read()
    connection.close()
    if path.rpartition(":")[2] != hashlib.sha256(content).hexdigest():
        raise RuntimeError("The mirror sent other bytes than the layer's name promises.")
    target.write_bytes(content)
    return len(content)


def _download(host: str, port: int, path: str) -> float:
    """Return the seconds from the connection to the last byte."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection(host, port, timeout=SECONDS)
    connection.request("GET", path)
    response = connection.getresponse()
    buffer = bytearray(CHUNK)
    while response.readinto(buffer):
        pass
    connection.close()
    return time.perf_counter() - began


class _Silent(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def _plain_server(folder: Path) -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(folder)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()
