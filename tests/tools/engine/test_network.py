"""The choice of a network that nobody uses, and the rules of the bridge."""

import json

import pytest

from tools.engine import network, places
from tools.problems import Problem
from tools.shell import CommandFailed


def test_the_first_that_overlaps_nothing_is_taken():
    found = network.free_network(["10.212.0.0/24", "172.30.212.0/24"], ["10.0.0.0/8", "fe80::/64"])

    assert found == "172.30.212.0/24"


def test_none_left_is_a_sentence():
    with pytest.raises(Problem, match="Every private network"):
        network.free_network(places.BRIDGE_NETWORKS, ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"])


def test_networks_of_our_own_bridges_are_not_in_our_way(monkeypatch):
    routes = [
        {"dst": "default", "dev": "eth0"},
        {"dst": "192.0.2.0/24", "dev": "eth0"},
        {"dst": "10.212.1.0/24", "dev": places.BRIDGE},
        {"dst": "10.213.7.0/28", "dev": "mul0123456789ab"},
    ]
    monkeypatch.setattr(network, "run", lambda _: json.dumps(routes))

    assert network.taken_networks() == ["192.0.2.0/24"]


@pytest.fixture
def firewall(monkeypatch):
    """An iptables that remembers rules, and a machine without our bridge's rules."""
    rules: set[tuple[str, ...]] = set()

    def run(argv, **_):
        words = tuple(argv)
        if "-C" in words and words[: words.index("-C")] + words[words.index("-C") + 1 :] not in rules:
            raise CommandFailed("no such rule", "")
        if "-L" in words and ("chain", words[-1]) not in rules:
            raise CommandFailed("no such chain", "")
        for flag in ("-A", "-I"):
            if flag in words:
                rules.add(words[: words.index(flag)] + words[words.index(flag) + 1 :])
        if "-N" in words:
            rules.add(("chain", words[-1]))
        return ""

    def succeeds(argv, **_):
        try:
            run(argv)
        except CommandFailed:
            return False
        return True

    monkeypatch.setattr(network, "run", run)
    monkeypatch.setattr(network, "succeeds", succeeds)
    monkeypatch.setattr(network, "_ensure_bridge", lambda: "10.212.0.0/24")
    monkeypatch.setattr(network, "_ensure_forwarding", lambda: None)
    return rules


def test_rules_are_added_once(firewall):
    network.prepare_network()
    once = set(firewall)

    network.prepare_network()

    assert firewall == once


def test_a_rule_that_somebody_removed_comes_back(firewall):
    network.prepare_network()
    whole = set(firewall)
    firewall.remove(next(rule for rule in firewall if "MASQUERADE" in rule))

    network.prepare_network()

    assert firewall == whole


def test_builds_reach_neither_the_host_nor_each_other(firewall):
    network.prepare_network()

    ours = [rule for rule in firewall if network.CHAIN in rule]
    assert any("LOCAL" in rule and rule[-1] == "DROP" for rule in ours)
    assert any(rule.count(places.BRIDGE) == 2 and rule[-1] == "DROP" for rule in ours)
