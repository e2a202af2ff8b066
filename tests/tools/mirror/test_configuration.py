"""The files of the mirror's image agree with what set-up believes."""

import re

from sandboxes import registry
from tools.mirror import interface, places
from tools.mirror.container import FOLDER
from tools.workspace import ROOT

ETC = ROOT / FOLDER / "etc"


def test_every_server_listens_at_the_mirrors_address_only():
    nginx = (ETC / "nginx.conf").read_text() + (ETC / "packages.conf").read_text()

    listening = set(re.findall(r"listen ([0-9.:]+)", nginx))

    ports = (places.REGISTRY_PORT, places.NAMES_PORT, places.PACKAGES_PORT, places.HUB_PORT)
    assert listening == {f"{places.ADDRESS}:{port}" for port in ports}
    assert re.findall(r"^listen-address=(.*)$", (ETC / "dnsmasq.conf").read_text(), re.M) == [places.ADDRESS]
    assert "net: unix" in (ETC / "library.yml").read_text()
    assert "net: unix" in (ETC / "spaces.yml").read_text()


def test_a_site_of_the_machine_may_have_the_ports_of_the_web():
    assert not {places.REGISTRY_PORT, places.NAMES_PORT, places.PACKAGES_PORT, places.HUB_PORT} & {80, 443}


def test_every_name_is_ours_and_no_other_server_is_asked():
    lines = (ETC / "dnsmasq.conf").read_text().splitlines()

    records = [line for line in lines if line.startswith("host-record=")]

    assert records
    assert all(record.endswith(f",{places.ADDRESS}") for record in records)
    assert {"no-resolv", "no-hosts", "local=/#/"} <= set(lines)
    assert not [line for line in lines if line.startswith("server=")]


def test_the_library_is_read_only_where_it_is_served():
    assert re.search(r"readonly:\s*{ enabled: true }", (ETC / "library.yml").read_text())


def test_the_user_of_the_image_is_the_one_that_may_read_the_key():
    assert f"--uid {places.USER} " in (ROOT / FOLDER / "Dockerfile").read_text()


def test_neighbours_on_the_wire_are_kept_out():
    rules = interface.RULES.splitlines()

    assert rules[-2] == f"-A {interface.CHAIN} -j DROP"
    assert rules[2:5] == [
        f"-A {interface.CHAIN} -i lo -j RETURN",
        f"-A {interface.CHAIN} -p tcp --dport 5001 -j DROP",
        f"-A {interface.CHAIN} -i mul+ -j ACCEPT",
    ]


def test_the_platform_opens_namespaces_where_sandboxes_cannot_come():
    nginx = (ETC / "nginx.conf").read_text()

    assert (registry.DOOR, registry.PORT) == (places.NAMES_SOCKET, places.NAMES_PORT)
    assert re.findall(r"listen unix:(\S+)", nginx) == [str(places.NAMES_SOCKET)]
    assert f"rm -f {places.NAMES_SOCKET}" in (ROOT / FOLDER / "lib/serve").read_text()
