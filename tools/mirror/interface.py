"""The address of the mirror: on an interface of its own that leads nowhere, closed to everybody but sandboxes."""

import json

from tools.engine.places import SANDBOX_BRIDGES as SANDBOXES
from tools.mirror import places
from tools.problems import Problem
from tools.shell import run, succeeds

CHAIN = "MUELLE-MIRROR"
SANDBOX_BRIDGES = f"{SANDBOXES}+"
# The host itself and sandboxes may ask, the latter not for namespaces; a neighbour on the wire, who could send packets
# to the address, may not. What else sandboxes may ask is said by the walls (tools/walls); what these let through, a
# strict firewall of the host must too.
RULES = f"""*filter
:{CHAIN} - [0:0]
-A {CHAIN} -i lo -j RETURN
-A {CHAIN} -p tcp --dport {places.NAMES_PORT} -j DROP
-A {CHAIN} -i {SANDBOX_BRIDGES} -j ACCEPT
-A {CHAIN} -j DROP
COMMIT
"""
JUMP = ("-d", places.ADDRESS, "-j", CHAIN)
IPTABLES = ("iptables", "--wait")
ADVICE = "Look at `iptables -S`; the mirror needs to add its rules."


def ensure_interface() -> None:
    """Have the address, and its rules. Idempotent; repairs what is missing. Raises Problem."""
    if not succeeds(["ip", "link", "show", places.INTERFACE]):
        _refuse_foreign_address()
        # A bridge without ports: engines need bridges anyway, while not every kernel has `dummy` interfaces.
        run(
            ["ip", "link", "add", places.INTERFACE, "type", "bridge"],
            mend="The mirror needs a network bridge; load the kernel module `bridge` and run again.",
        )
    run(["ip", "address", "replace", f"{places.ADDRESS}/32", "dev", places.INTERFACE])
    run(["ip", "link", "set", places.INTERFACE, "up"])
    _ensure_rules()


def remove_interface() -> None:
    """Take away the address and its rules. Idempotent."""
    succeeds([*IPTABLES, "-D", "INPUT", *JUMP])
    succeeds([*IPTABLES, "-F", CHAIN])
    succeeds([*IPTABLES, "-X", CHAIN])
    succeeds(["ip", "link", "delete", places.INTERFACE])


def _refuse_foreign_address() -> None:
    route = json.loads(run(["ip", "-json", "route", "get", places.ADDRESS]))[0]
    # By way of a gateway it is nobody's here; a network that this machine is part of may have a machine with it.
    if "gateway" not in route and route.get("dev") != "lo":
        raise Problem(
            f"{places.ADDRESS}, the address of the mirror, belongs to the network at {route.get('dev')}.",
            "Labs with an engine of their own need it; renumber that network, or run Muelle on another machine.",
        )


def _ensure_rules() -> None:
    # The chain is replaced in one step: there is no moment in which the address is open.
    run(["iptables-restore", "--wait", "--noflush"], stdin=RULES, mend=ADVICE)
    if not succeeds([*IPTABLES, "-C", "INPUT", *JUMP]):
        run([*IPTABLES, "-I", "INPUT", *JUMP], mend=ADVICE)
