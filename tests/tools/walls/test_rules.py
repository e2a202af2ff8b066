"""What the rules say, before a kernel has them."""

import re

from tools.walls import places, rules


def chains() -> dict[str, list[str]]:
    """The lines of each chain, by its name."""
    found = re.findall(r"chain (\w+) {\n(.*?)\n    }", rules.rules(), re.DOTALL)
    return {name: [line.strip() for line in body.splitlines()] for name, body in found}


def test_what_enters_and_leaves_is_dropped_unless_it_is_the_mirrors():
    for name in ("from_labs", "to_labs"):
        *accepted, last = chains()[name]

        assert last == "drop"
        assert all(places.ADDRESS in line or line.endswith("drop") for line in accepted)
        assert not any("accept" in line and "dport" not in line and "sport" not in line for line in accepted)


def test_nothing_is_passed_on():
    assert chains()["pass"][1:] == ['iifname "mul*" drop', 'oifname "mul*" drop']


def test_packets_are_judged_before_they_are_tracked_or_sent_elsewhere():
    assert "hook prerouting priority raw" in chains()["enter"][0]
    assert all("notrack accept" in line for line in chains()["from_labs"] if "accept" in line)


def test_the_table_is_replaced_in_one_step():
    first, second, third = rules.rules().strip().splitlines()[:3]

    assert (first, second) == ("table inet muelle_labs", "delete table inet muelle_labs")
    assert third == "table inet muelle_labs {"


def test_ports_are_those_of_the_mirror():
    assert (places.TCP_PORTS, places.UDP_PORTS) == ((53, 5000), (53,))


def test_a_port_that_is_sent_on_comes_back_as_the_one_that_was_asked():
    assert places.SENT_ON == {80: 5080, 443: 5443}
    for asked, has in places.SENT_ON.items():
        there = f"ip daddr {places.ADDRESS} tcp dport {asked} tcp dport set {has} notrack accept"
        back = f"ip saddr {places.ADDRESS} tcp sport {has} tcp sport set {asked} notrack accept"
        assert there in chains()["from_labs"]
        assert back in chains()["to_labs"]
