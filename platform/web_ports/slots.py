"""Lab origins where no name can be had: at an address in a classroom's network.

A port of a lab has to be another *host* than the platform, since cookies ask for the host and never for the port. At an
address there is a second spelling of the same machine: `10.0.0.5` is also `[::ffff:a00:5]`, its IPv4-mapped IPv6 form.
Browsers connect to both over IPv4, and take them for two hosts that share nothing. The site listens on a few more ports
(`MUELLE_LAB_PORTS`), and shows labs there under the second spelling only. Each of them is an origin of its own, and
shows every person what they opened there last.
"""

import ipaddress
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from terminal.sockets import Scope


@dataclass(frozen=True, slots=True)
class Slot:
    """One of the site's own ports, at one of its addresses. `port`: what is shown there, once that is known."""

    listener: int
    address: str
    port: int = 0

    @property
    def host(self) -> str:
        """The host name as browsers write it, without the port."""
        high, low = divmod(int(ipaddress.IPv4Address(self.address)), 1 << 16)
        return f"[::ffff:{high:x}:{low:x}]"

    @property
    def authority(self) -> str:
        """Host and port: the only Host header that is answered here."""
        return f"{self.host}:{self.listener}"

    @property
    def visits(self) -> dict[str, Any]:
        """What a visit that opens this origin has in its row."""
        return {"listener": self.listener}

    @property
    def cookie_suffix(self) -> str:
        """All slots are one host to cookies, so each has a cookie of its own name."""
        return f"-{self.listener}"

    def is_of(self, lab_session: uuid.UUID) -> bool:
        """Whether it may show that lab session: any, since the visit's row alone says which."""
        return True

    def is_named(self, host: str, port: int | None) -> bool:
        """Whether a program that redirects there means itself."""
        return host == self.host.strip("[]") and port == self.listener

    def is_asked_by(self, scheme: str, host: str, port: int) -> bool:
        """Whether a page of that origin is one of this lab's."""
        return self.is_named(host, port)


def listens_for_labs(scope: Scope) -> bool:
    """Whether a request came in on a port that shows labs and nothing else, whatever host it names."""
    server = scope.get("server")
    return server is not None and server[1] in settings.MUELLE_LAB_PORTS


def slot_of(scope: Scope) -> Slot | None:
    """The slot that a request came in on; None where the address is not one of IPv4."""
    address, listener = scope["server"]
    return slot_at(address, listener)


def slot_at(address: str, listener: int) -> Slot | None:
    """The slot at an address; None where there is no second spelling of it."""
    try:
        ipaddress.IPv4Address(address)
    except ValueError:
        return None
    return Slot(listener, address)
