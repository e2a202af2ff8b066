"""The bridge of our own engine and its firewall: dockerd runs with --iptables=false and touches no rule of the host.

What the bridge carries is image builds. They may reach the outside through NAT and nothing else: not the host, not each
other, and nobody may open a connection to them. All rules stand in chains of ours, easy to see and to remove.
"""

import ipaddress
import json
from collections.abc import Iterable
from pathlib import Path

from tools.engine import places
from tools.problems import Problem
from tools.shell import CommandFailed, run, succeeds

FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
CHAIN = "MUELLE"
# (table, chain of the kernel, match): where packets turn into our chain.
JUMPS = (
    ("filter", "FORWARD", ("-i", places.BRIDGE)),
    ("filter", "FORWARD", ("-o", places.BRIDGE)),
    ("filter", "INPUT", ("-i", places.BRIDGE)),
)


def free_network(candidates: Iterable[str], taken: Iterable[str]) -> str:
    """The first candidate that overlaps no network of this machine. Raises Problem when all do."""
    used = [ipaddress.ip_network(network, strict=False) for network in taken]
    for candidate in candidates:
        if not any(ipaddress.ip_network(candidate).overlaps(other) for other in used if other.version == 4):
            return candidate
    raise Problem(
        "Every private network that the lab engine could take is in use on this machine.",
        "Remove a route that you do not need (`ip route`) and run again.",
    )


def taken_networks() -> list[str]:
    """Networks that this machine has a route to, less the default route and those of bridges of ours."""
    routes = json.loads(run(["ip", "-json", "-4", "route", "show"]))
    return [route["dst"] for route in routes if route["dst"] != "default" and not _is_ours(str(route.get("dev")))]


def _is_ours(interface: str) -> bool:
    # Sandboxes live on while the engine or a site starts anew, and their networks stay where they are.
    return interface == places.BRIDGE or interface.startswith(places.SANDBOX_BRIDGES)


def prepare_network() -> None:
    """Make the bridge and the rules. Idempotent; repairs what is missing."""
    network = _ensure_bridge()
    _ensure_forwarding()
    for rule in _filter_rules():
        _ensure_rule("filter", CHAIN, rule)
    for table, chain, match in JUMPS:
        _ensure_rule(table, chain, (*match, "-j", CHAIN), first=True)
    _ensure_rule("nat", f"{CHAIN}-NAT", ("-s", network, "!", "-o", places.BRIDGE, "-j", "MASQUERADE"))
    _ensure_rule("nat", "POSTROUTING", ("-j", f"{CHAIN}-NAT"))
    _separate_builds()


def remove_network() -> None:
    """Take away the bridge and every rule of ours. Idempotent."""
    for table, chain, match in JUMPS:
        succeeds(["iptables", "--wait", "-t", table, "-D", chain, *match, "-j", CHAIN])
    succeeds(["iptables", "--wait", "-t", "nat", "-D", "POSTROUTING", "-j", f"{CHAIN}-NAT"])
    for table, chain in (("filter", CHAIN), ("nat", f"{CHAIN}-NAT")):
        succeeds(["iptables", "--wait", "-t", table, "-F", chain])
        succeeds(["iptables", "--wait", "-t", table, "-X", chain])
    succeeds(["ip", "link", "delete", places.BRIDGE])


def _ensure_bridge() -> str:
    if not succeeds(["ip", "link", "show", places.BRIDGE]):
        run(
            ["ip", "link", "add", places.BRIDGE, "type", "bridge"],
            mend="The lab engine needs a network bridge; load the kernel module `bridge` and run again.",
        )
    links = json.loads(run(["ip", "-json", "-4", "address", "show", "dev", places.BRIDGE]))
    addresses = [address for link in links for address in link.get("addr_info", [])]
    if addresses:
        network = str(ipaddress.ip_interface(f"{addresses[0]['local']}/{addresses[0]['prefixlen']}").network)
    else:
        network = free_network(places.BRIDGE_NETWORKS, taken_networks())
        chosen = ipaddress.ip_network(network)
        run(["ip", "address", "add", f"{chosen[1]}/{chosen.prefixlen}", "dev", places.BRIDGE])
    run(["ip", "link", "set", places.BRIDGE, "up"])
    return network


def _ensure_forwarding() -> None:
    if FORWARDING.read_text().strip() == "1":
        return
    # Turning forwarding on makes the machine a router. As Docker does, close it to all that no rule lets through.
    run(["iptables", "--wait", "-P", "FORWARD", "DROP"])
    FORWARDING.write_text("1\n")


def _filter_rules() -> list[tuple[str, ...]]:
    bridge = places.BRIDGE
    return [
        ("-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED", "-j", "ACCEPT"),
        ("-i", bridge, "-o", bridge, "-j", "DROP"),
        # From the host's point of view a packet without an outgoing interface is meant for the host itself.
        ("-i", bridge, "-m", "addrtype", "--dst-type", "LOCAL", "-j", "DROP"),
        ("-i", bridge, "-j", "ACCEPT"),
        ("-o", bridge, "-j", "DROP"),
    ]


def _ensure_rule(table: str, chain: str, rule: tuple[str, ...], *, first: bool = False) -> None:
    base = ["iptables", "--wait", "-t", table]
    if chain.startswith(CHAIN) and not succeeds([*base, "-n", "-L", chain]):
        run([*base, "-N", chain])
    if succeeds([*base, "-C", chain, *rule]):
        return
    run(
        [*base, "-I" if first else "-A", chain, *rule],
        mend="Look at `iptables -S`; the lab engine needs to add its rules.",
    )


def _separate_builds() -> None:
    # Frames between two ports of one bridge never reach iptables without br_netfilter; ebtables sees them.
    rule = ["--logical-in", places.BRIDGE, "--logical-out", places.BRIDGE, "-j", "DROP"]
    try:
        rules = run(["ebtables", "-L", "FORWARD"])
        if f"--logical-in {places.BRIDGE}" not in rules:
            run(["ebtables", "-A", "FORWARD", *rule])
    except CommandFailed:
        # Some kernels lack it. Builds of Dockerfiles that we wrote could then see each other, which harms nobody.
        return
