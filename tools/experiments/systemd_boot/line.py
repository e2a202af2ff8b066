"""The network line of the copy: a pair of interfaces with a way out through this machine."""

import subprocess
from pathlib import Path

OURS, THEIRS = "muelle-boot", "uplink"
GATEWAY, ADDRESS, NETWORK = "10.99.77.1", "10.99.77.2", "10.99.77.0/24"
FORWARDING = Path("/proc/sys/net/ipv4/ip_forward")
RULES = (
    ("filter", "FORWARD", ("-i", OURS, "-j", "ACCEPT")),
    ("filter", "FORWARD", ("-o", OURS, "-j", "ACCEPT")),
    ("nat", "POSTROUTING", ("-s", NETWORK, "-j", "MASQUERADE")),
)


class Line:
    """Goes with the power: the copy's end is gone with its processes, and ours with it."""

    def __init__(self) -> None:
        self._forwarding = FORWARDING.read_text()

    def connect(self, pid: int) -> None:
        """Lay it to the network namespace of a process."""
        inside = ["nsenter", f"--target={pid}", "--net"]
        commands = (
            ["ip", "link", "add", OURS, "type", "veth", "peer", "name", THEIRS, "netns", str(pid)],
            ["ip", "address", "add", f"{GATEWAY}/24", "dev", OURS],
            ["ip", "link", "set", OURS, "up"],
            [*inside, "ip", "link", "set", "lo", "up"],
            [*inside, "ip", "address", "add", f"{ADDRESS}/24", "dev", THEIRS],
            [*inside, "ip", "link", "set", THEIRS, "up"],
            [*inside, "ip", "route", "add", "default", "via", GATEWAY],
        )
        for command in commands:
            subprocess.run(command, check=True)
        FORWARDING.write_text("1\n")
        for table, chain, rule in RULES:
            subprocess.run(["iptables", "--wait", "-t", table, "-I", chain, *rule], check=True)

    def disconnect(self) -> None:
        """Take it and its rules away, and leave this machine as it was."""
        subprocess.run(["ip", "link", "delete", OURS], check=False, stderr=subprocess.DEVNULL)
        for table, chain, rule in RULES:
            subprocess.run(["iptables", "--wait", "-t", table, "-D", chain, *rule], check=True)
        FORWARDING.write_text(self._forwarding)
