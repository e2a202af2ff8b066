"""`port`: whether something listens at a port of the lab. It is not connected to: that would end a `nc -l`."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

from django.utils.translation import gettext_noop as _

from grading.expects.aspects import compare
from grading.expects.base import Arguments, Aspect, Evidence, Finding, View
from grading.expects.texts import code, decode, say

LEVEL = "practice"

MAX_TABLE = 131_072  # bytes of each table; 800 sockets that listen
# Written by the kernel, so nobody can put a line there without listening. The state is the fourth field; without this
# filter, a thousand open connections would hide the sockets that listen.
_LOOK = """
for table in "$1" "${1}6"; do
    $B awk -v state="$2" '$4 == state' "/proc/net/$table" | $B head -c "$3"
    printf %s "$N"
done
"""
_LISTENS = {"tcp": "0A", "udp": "07"}


def gather(arguments: Arguments, view: View) -> Evidence:
    """Return the addresses at which something listens at the port. Raises CouldNotLook."""
    protocol = arguments.get("protocol", "tcp")
    tables = view.probe.look(_LOOK, protocol, _LISTENS[protocol], str(MAX_TABLE))
    fields = [line.split() for table in tables for line in decode(table).splitlines()]
    listening = [_address(field[1]) for field in fields if len(field) > 3]
    return {"addresses": sorted({address for address, port in listening if port == arguments["port"]})}


def judge(arguments: Arguments, evidence: Evidence) -> Finding:
    """Compare whether something listens, and where."""
    addresses = evidence["addresses"]
    port = {"port": code(f"{arguments['port']}/{arguments.get('protocol', 'tcp')}")}
    nothing = say(_("Nothing listens at port %(port)s"), **port)
    something = say(_("Something listens at port %(port)s"), **port)
    where = ", ".join(code(address) for address in addresses)
    found = (
        say(_("Something listens at port %(port)s of %(addresses)s"), **port, addresses=where) if addresses else nothing
    )
    observed = ", ".join(addresses) or None
    if arguments.get("absent"):
        return Finding(aspects=(Aspect(holds=not addresses, expected=nothing, found=found),), observed=observed)
    aspects = [Aspect(holds=bool(addresses), expected=something, found=found)]
    if "address" in arguments and addresses:
        subject = say(_("The address of port %(port)s"), **port)
        aspects.append(compare(subject, arguments["address"], *addresses))
    return Finding(aspects=tuple(aspects), observed=observed)


def _address(field: str) -> tuple[str, int]:
    """Return address and port as they are usually written; the kernel writes words in its own order of bytes."""
    raw, port = field.split(":")
    data = b"".join(bytes.fromhex(raw[start : start + 8])[::-1] for start in range(0, len(raw), 8))
    if len(data) == 4:
        return str(IPv4Address(data)), int(port, 16)
    address = IPv6Address(data)
    return str(address.ipv4_mapped or address), int(port, 16)
