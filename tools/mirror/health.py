"""Whether the mirror answers: the registry, the packages, and the name server."""

import http.client
import socket
import ssl
import struct

from tools.mirror import places

# On this machine an answer takes a millisecond; with all cores busy a second.
ANSWER_SECONDS = 3.0
# RFC 1035: the largest answer by UDP.
DATAGRAM_BYTES = 512
TYPE_A, CLASS_INTERNET = 1, 1
QUESTION_ID = 0x6D75
# Below the folder of what set-up keeps; tools.mirror.certificate makes it.
HUB_CERTIFICATE = "hub/hub.crt"
# The kinds of image descriptions that engines understand; a registry hides those that a client does not ask for.
MANIFESTS = (
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.oci.image.index.v1+json",
)


def answers() -> bool:
    """Whether all three do."""
    try:
        return (
            get(places.REGISTRY_PORT, "/v2/") == http.client.OK
            and get(places.PACKAGES_PORT, "/") > 0
            and resolve("registry.muelle") == places.ADDRESS
        )
    except OSError:
        return False


def stands_in() -> bool:
    """Whether it answers in place of Docker Hub, with the certificate that labs are given."""
    try:
        trusted = ssl.create_default_context(cafile=str(places.STATE / HUB_CERTIFICATE))
        trusted.check_hostname = False  # it is asked by its address
        plain = socket.create_connection((places.ADDRESS, places.HUB_PORT), ANSWER_SECONDS)
        with trusted.wrap_socket(plain) as client:
            client.sendall(b"GET /v2/ HTTP/1.0\r\n\r\n")
            return client.recv(DATAGRAM_BYTES).split(b" ", 2)[1:2] == [b"401"]
    except OSError:
        return False


def has_manifest(name: str, tag: str) -> bool:
    """Whether the library has an image under a tag. Raises OSError."""
    path = f"/v2/library/{name}/manifests/{tag}"
    return get(places.REGISTRY_PORT, path, Accept=",".join(MANIFESTS)) == http.client.OK


def get(port: int, path: str, **headers: str) -> int:
    """The status of a request to the mirror. Raises OSError."""
    connection = http.client.HTTPConnection(places.ADDRESS, port, timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except http.client.HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()


def resolve(name: str) -> str | None:
    """The address that the name server has for a name; None when it says that there is none. Raises OSError."""
    labels = b"".join(bytes([len(part)]) + part.encode("ascii") for part in name.split("."))
    header = struct.pack(">6H", QUESTION_ID, 0, 1, 0, 0, 0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(ANSWER_SECONDS)
        client.connect((places.ADDRESS, places.DNS_PORT))
        client.send(header + labels + b"\0" + struct.pack(">2H", TYPE_A, CLASS_INTERNET))
        answer = client.recv(DATAGRAM_BYTES)
    if len(answer) < len(header) or answer[:2] != header[:2]:
        raise OSError("the name server answered something else")
    found = struct.unpack(">6H", answer[:12])[3]
    # The address of the only record stands last.
    return socket.inet_ntoa(answer[-4:]) if found else None
