"""The rules, as nftables text, and what the kernel has of them.

Packets from sandboxes are judged before anything else sees them: before connection tracking, so that no flood fills its
table, and before the host's own rules, so that none of them can send a packet elsewhere. What passes is not tracked at
all. A verdict to drop is final: no other table of the host can undo it.
"""

import hashlib

from tools.shell import CommandFailed, run
from tools.walls import places

ADVICE = "Labs with a network need nftables with sets and limits (kernel 5.4 or later); look at what `nft` says above."
FAMILY = "inet"


def rules(table: str = places.TABLE) -> str:
    """The text that replaces the table in one step: there is no moment without walls."""
    mirror, bridges = places.ADDRESS, f'"{places.BRIDGES}*"'
    tcp, udp = (", ".join(map(str, ports)) for ports in (places.TCP_PORTS, places.UDP_PORTS))
    # Without state, as everything here: the port is another one on the way in, and the same again on the way out.
    ports = places.SENT_ON.items()
    there = [f"ip daddr {mirror} tcp dport {asked} tcp dport set {has} notrack accept" for asked, has in ports]
    back = [f"ip saddr {mirror} tcp sport {has} tcp sport set {asked} notrack accept" for asked, has in ports]
    line = "\n        "
    limit = f"limit rate over {places.OPENINGS_PER_SECOND}/second burst {places.OPENINGS_AT_ONCE} packets"
    return f"""
table {FAMILY} {table}
delete table {FAMILY} {table}
table {FAMILY} {table} {{
    set openings {{
        type ipv4_addr
        size {places.REMEMBERED}
        flags dynamic,timeout
        timeout 1m
    }}
    chain enter {{
        type filter hook prerouting priority raw; policy accept;
        iifname {bridges} goto from_labs
    }}
    chain from_labs {{
        tcp flags & (fin|syn|rst|ack) == syn update @openings {{ ip saddr {limit} }} drop
        ip daddr {mirror} tcp dport {{ {tcp} }} notrack accept
        ip daddr {mirror} udp dport {{ {udp} }} notrack accept
        {line.join(there)}
        drop
    }}
    chain pass {{
        type filter hook forward priority filter; policy accept;
        iifname {bridges} drop
        oifname {bridges} drop
    }}
    chain leave {{
        type filter hook output priority raw; policy accept;
        oifname {bridges} goto to_labs
    }}
    chain to_labs {{
        ip saddr {mirror} tcp sport {{ {tcp} }} notrack accept
        ip saddr {mirror} udp sport {{ {udp} }} notrack accept
        {line.join(back)}
        drop
    }}
}}
"""


def load(table: str = places.TABLE) -> None:
    """Put the walls up, or up again. Idempotent. Raises CommandFailed where the kernel or `nft` cannot."""
    run(["nft", "--file", "-"], stdin=rules(table), mend=ADVICE)


def remove(table: str = places.TABLE) -> None:
    """Take them away. Idempotent."""
    run(["nft", "--file", "-"], stdin=f"table {FAMILY} {table}\ndelete table {FAMILY} {table}\n")


def digest(table: str = places.TABLE) -> str:
    """64 hexadecimal digits of what the kernel has, without what changes by itself; empty where there is no table."""
    try:
        listing = run(["nft", "--stateless", "--terse", "list", "table", FAMILY, table])
    except CommandFailed:
        return ""
    return hashlib.sha256(listing.encode()).hexdigest()
