"""Devices that an account signed in on before, so that wrong tries elsewhere do not make its owner wait.

A device has a random number and, for each account that signed in on it, a digest of the two. Nobody but this server can
make one, and it says nothing about the account. Nothing is opened by it: it only chooses which counter counts.
"""

import secrets
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac

MAX_ACCOUNTS = 12  # Of a shared computer; the one that signed in least recently is forgotten first.
_MAX_LENGTH = 1024  # characters of a cookie that one looks at


@dataclass(frozen=True)
class Device:
    """One browser."""

    number: str
    tags: tuple[str, ...] = ()

    @classmethod
    def read(cls, cookie: str) -> "Device":
        """Return the device of a cookie, a new one where it makes no sense."""
        number, *tags = cookie[:_MAX_LENGTH].split(".")
        if len(number) != 22:  # what token_urlsafe makes of 16 bytes
            return cls(secrets.token_urlsafe(16))
        return cls(number, tuple(tags[:MAX_ACCOUNTS]))

    def knows(self, subject: str) -> bool:
        """Return whether `subject`, an account or a class, signed in here before."""
        tag = self._tag(subject)
        return any(constant_time_compare(tag, known) for known in self.tags)

    def remember(self, subject: str) -> "Device":
        """Return the device as it is after `subject` signed in."""
        tag = self._tag(subject)
        return Device(self.number, (tag, *(known for known in self.tags if known != tag))[:MAX_ACCOUNTS])

    def __str__(self) -> str:
        return ".".join((self.number, *self.tags))

    def _tag(self, subject: str) -> str:
        digest: str = salted_hmac("accounts.devices", f"{self.number}:{subject}", algorithm="sha256").hexdigest()
        return digest[:24]
