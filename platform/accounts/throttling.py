"""How often somebody may try: secrets are counted per account, everything else per address.

Two things that are kept apart on purpose. *Counters* of wrong secrets are rows: they hold whatever process asks, after
a restart and without Redis, and only somebody who guesses ever meets them. *Ceilings* per address live in the memory of
each process: they are there against floods, cost nothing, and a whole school behind one address stays below them.
Nothing here locks anybody out for good. docs/adr/0019 has the figures.
"""

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import WrongTries

LOCAL = "local"  # Whoever comes without an address comes over a unix socket of this machine.
MAX_ADDRESSES = 20_000  # That one process remembers; the one that was quiet for longest is forgotten first.
STALE_AFTER = timedelta(days=2)  # Longer than any limit remembers.
SWEEP_EVERY = 256  # New rows, so that a flood of invented names does not fill the disk.


class TooMany(Exception):
    """Shown to who tried: when they may try again. `seconds` is what Retry-After says; the text is translated."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(_("Too many tries. Try again in %(time)s.") % {"time": spell_out(self.seconds)})


def spell_out(seconds: int) -> str:
    """Return a waiting time as people say it."""
    if seconds < 60:
        return ngettext("%(count)d second", "%(count)d seconds", seconds) % {"count": seconds}
    minutes = math.ceil(seconds / 60)
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


@dataclass(frozen=True)
class Limit:
    """So many wrong tries are free; each one after them doubles the pause, up to the longest."""

    name: str
    free: int
    longest: timedelta
    forget_after: timedelta  # without a wrong try
    first: timedelta = timedelta(seconds=30)

    def pause_after(self, count: int) -> timedelta:
        """Return for how long nobody may try after `count` wrong tries."""
        if count < self.free:
            return timedelta(0)
        doublings = min(count - self.free, 16)  # 30 s times 2^16 is beyond any longest pause
        doubled: timedelta = self.first * 2**doublings
        return min(doubled, self.longest)


# One account, from devices that it never signed in on: a learner who mistypes does not get there.
ACCOUNT = Limit("account", free=10, longest=timedelta(minutes=15), forget_after=timedelta(hours=1))
# The same account from a device that it did sign in on. Of its own, so that a classmate who guesses locks nobody out.
DEVICE = Limit("device", free=10, longest=timedelta(minutes=15), forget_after=timedelta(hours=1))
# PINs of one class, from all addresses: more than one slip of the finger for each of thirty on their first day.
CLASS = Limit("class", free=40, longest=timedelta(hours=1), forget_after=timedelta(days=1))
# Class codes and PINs from one address: three classes that all mistype, and no sweep over all classes of a school.
CLASS_ADDRESS = Limit("class-address", free=100, longest=timedelta(minutes=15), forget_after=timedelta(hours=1))
# The same from a device on which somebody of the class signed in: counted against that person, who may be guessing.
CLASS_MEMBER = Limit("class-member", free=5, longest=timedelta(hours=4), forget_after=timedelta(days=1))
# Codes of the second factor, by somebody who has the password.
SECOND_FACTOR = Limit("second-factor", free=10, longest=timedelta(minutes=15), forget_after=timedelta(hours=1))


@dataclass(frozen=True)
class Counter:
    """Wrong tries against one thing. Stored as a digest, since people type passwords into the wrong field."""

    limit: Limit
    subject: str

    @property
    def key(self) -> str:
        digest: str = salted_hmac(
            f"accounts.throttling.{self.limit.name}", self.subject, algorithm="sha256"
        ).hexdigest()
        return digest


@transaction.atomic
def spend(*counters: Counter) -> None:
    """Count one try, before looking whether it is right: many tries at once must not all pass an old count.

    Raises TooMany, with nothing counted, while one of the counters pauses. Afterwards `clear` or `give_back` what a
    right secret was counted for.
    """
    now = timezone.now()
    waits = [wait for counter in counters if (wait := _count(counter, now)) > 0]
    if waits:
        raise TooMany(max(waits))


@transaction.atomic
def give_back(*counters: Counter) -> None:
    """Uncount one try, which was right. For counters of many people, whom one right try must not clear."""
    keys = [counter.key for counter in counters]
    WrongTries.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1, paused_until=None)


@transaction.atomic
def clear(*counters: Counter) -> None:
    """Forget all tries: the right secret came."""
    WrongTries.objects.filter(key__in=[counter.key for counter in counters]).delete()


def is_guessed(counter: Counter) -> bool:
    """Return whether more wrong tries came lately than people make who mistype."""
    limit = counter.limit
    lately = timezone.now() - limit.forget_after
    return WrongTries.objects.filter(key=counter.key, count__gte=limit.free, last_at__gte=lately).exists()


def _count(counter: Counter, now: datetime) -> float:
    """Count a try and return 0, or return for how many seconds nobody may try."""
    limit = counter.limit
    row, new = WrongTries.objects.select_for_update().get_or_create(key=counter.key, defaults={"last_at": now})
    if new and row.pk % SWEEP_EVERY == 0:
        WrongTries.objects.filter(last_at__lt=now - STALE_AFTER).delete()
    if row.paused_until and row.paused_until > now:
        return (row.paused_until - now).total_seconds()
    row.count = 1 if now - row.last_at > limit.forget_after else row.count + 1
    row.last_at = now
    pause = limit.pause_after(row.count)
    row.paused_until = now + pause if pause else None
    row.save(update_fields=["count", "last_at", "paused_until"])
    return 0


# --- Ceilings per address --------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ceiling:
    """So many at once from one address, and so many a second after that."""

    name: str
    burst: int
    a_second: float


# Four classes of thirty behind one address press the button in the same minute; each hashing takes 0.3 s of a core.
SIGN_INS = Ceiling("sign-ins", burst=120, a_second=2)
STARTS = Ceiling("starts", burst=120, a_second=2)
# A page has the notices and a terminal or three, and all of them come back at once when a network does.
SOCKETS = Ceiling("sockets", burst=600, a_second=10)
API = Ceiling("api", burst=600, a_second=20)

_full_at: OrderedDict[tuple[str, str], float] = OrderedDict()  # when a bucket is full again, in monotonic seconds
_lock = threading.Lock()


def check_ceiling(ceiling: Ceiling, address: str, *, now: float | None = None) -> None:
    """Count something that `address` does. Raises TooMany where it does too much; touches no database."""
    moment = time.monotonic() if now is None else now
    key = (ceiling.name, address)
    with _lock:
        full_at = max(_full_at.get(key, moment), moment) + 1 / ceiling.a_second
        excess = full_at - moment - ceiling.burst / ceiling.a_second
        if excess > 1e-9:  # rounding; the next smallest excess is a millionth of a second
            raise TooMany(excess)
        _full_at[key] = full_at
        _full_at.move_to_end(key)
        while len(_full_at) > MAX_ADDRESSES:
            _full_at.popitem(last=False)


def forget_addresses() -> None:
    """Forget what every address did. For tests."""
    with _lock:
        _full_at.clear()


def client_address(peer: str, forwarded: str = "") -> str:
    """Return who asks, as ceilings count it: the last address that a proxy of ours did not add itself.

    `forwarded` is the X-Forwarded-For of the request, which anybody can write: it is believed only from a peer in
    MUELLE_TRUSTED_PROXIES. Of IPv6 the network of 64 bits counts, since every home has one.
    """
    address = _parse(peer)
    hops = [hop.strip() for hop in forwarded.split(",")] if forwarded else []
    while hops and address is not None and _is_trusted(address):
        earlier = _parse(hops.pop())
        if earlier is None:
            break
        address = earlier
    if address is None:
        return LOCAL
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_trusted(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    return any(address in network for network in _networks(tuple(settings.MUELLE_TRUSTED_PROXIES)))


@lru_cache(maxsize=8)
def _networks(texts: Iterable[str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return [ipaddress.ip_network(text) for text in texts]
