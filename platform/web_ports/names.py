"""The names of lab origins: `<port>-<label>.<lab domain>`.

The label is drawn from the secret key and the lab session's id, so it is the same as long as the session lives, nobody
can guess it, and nothing has to be stored. It is an address and not a right: the right is a cookie.
"""

import re
import uuid
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

LABEL_DIGITS: Final = 32  # hexadecimal: 128 bits
_LAST_PORT: Final = 65_535
_SALT: Final = "web_ports.label"
_NAME: Final = re.compile(rf"(?P<port>[1-9][0-9]{{0,4}})-(?P<label>[0-9a-f]{{{LABEL_DIGITS}}})")


@dataclass(frozen=True, slots=True)
class Place:
    """What the name of a lab origin says: which port of which lab session."""

    port: int
    label: str

    @property
    def host(self) -> str:
        """The host name, without the port that the site listens on."""
        return f"{self.port}-{self.label}.{settings.LAB_DOMAIN}"

    @property
    def visits(self) -> dict[str, Any]:
        """What a visit that opens this origin has in its row."""
        return {"listener": None, "port": self.port}

    @property
    def cookie_suffix(self) -> str:
        """Nothing: every place is a host of its own to cookies."""
        return ""

    def is_of(self, lab_session: uuid.UUID) -> bool:
        """Whether the label is that session's."""
        return constant_time_compare(self.label, label_of(lab_session))

    def is_named(self, host: str, port: int | None) -> bool:
        """Whether a program that redirects there means itself. It cannot know on which port of ours browsers are."""
        return host == self.host

    def is_asked_by(self, scheme: str, host: str, port: int) -> bool:
        """Whether a page of that origin is one of this lab's."""
        asking = parse_host(host)
        return asking is not None and asking.label == self.label


def label_of(lab_session: uuid.UUID) -> str:
    """The label of a lab session's origins."""
    return salted_hmac(_SALT, lab_session.hex, algorithm="sha256").hexdigest()[:LABEL_DIGITS]


def place_of(lab_session: uuid.UUID, port: int) -> Place:
    """The origin of one port of a lab session."""
    return Place(port, label_of(lab_session))


def is_lab_host(host: str) -> bool:
    """Whether a Host header, port and all, belongs to the lab domain, well-formed or not."""
    name = host.lower().partition(":")[0].rstrip(".")
    domain: str = settings.LAB_DOMAIN
    return name == domain or name.endswith(f".{domain}")


def parse_host(host: str) -> Place | None:
    """The place that a Host header names, or None for what no page of ours ever linked to."""
    name, colon, port = host.lower().partition(":")
    if colon and not (port.isascii() and port.isdigit()):
        return None
    first, _, domain = name.partition(".")
    found = _NAME.fullmatch(first)
    if found is None or domain != settings.LAB_DOMAIN or int(found["port"]) > _LAST_PORT:
        return None
    return Place(int(found["port"]), found["label"])
