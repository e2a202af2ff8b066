"""The domain of labs is another site than the platform, or nothing starts."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.lab_domain import problem_with

ROOT = Path(__file__).resolve().parents[2]
HERE = ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("lab_domain", "hosts"),
    [
        ("labs.localhost", HERE),
        ("muelle-labs.net", ["muelle.school.example", "10.0.0.5"]),
        ("labs.school-labs.es", ["school.es", "www.school.es"]),
        ("labs.b.github.io", ["a.github.io"]),  # both below a public suffix, each a site of its own
        ("labs.localhost", [".example.org"]),
    ],
)
def test_another_site_will_do(lab_domain: str, hosts: list[str]) -> None:
    assert problem_with(lab_domain, allowed_hosts=hosts, trusted_origins=[]) == ""


@pytest.mark.parametrize(
    ("lab_domain", "hosts", "origins"),
    [
        ("labs.school.es", ["school.es"], []),
        ("labs.school.es", ["muelle.school.es"], []),
        ("school.es", ["muelle.school.es"], []),
        ("labs.school.es", ["SCHOOL.es."], []),
        ("labs.school.es", [".school.es"], []),
        ("labs.school.co.uk", ["www.school.co.uk"], []),
        ("labs.school.es", ["localhost"], ["https://muelle.school.es:8443"]),
        ("labs.localhost", ["site.labs.localhost"], []),
        ("labs.lan", ["labs.lan"], []),
    ],
)
def test_the_platforms_own_site_is_refused_with_a_sentence(
    lab_domain: str, hosts: list[str], origins: list[str]
) -> None:
    sentence = problem_with(lab_domain, allowed_hosts=hosts, trusted_origins=origins)

    assert "same site" in sentence
    assert lab_domain in sentence


NO_DOMAINS = ["", "Labs.example", "10.0.0.1", "*.x.org", "a..b", "-a.b", "a" * 64, "a." * 120 + "b"]


@pytest.mark.parametrize("lab_domain", [*NO_DOMAINS, "labs.example.net:8000", "https://labs.example.net"])
def test_what_is_no_domain_is_refused(lab_domain: str) -> None:
    assert "not a domain name" in problem_with(lab_domain, allowed_hosts=HERE, trusted_origins=[])


def test_hosts_that_are_not_named_cannot_be_compared() -> None:
    assert "ALLOWED_HOSTS is *" in problem_with("labs.localhost", allowed_hosts=["*"], trusted_origins=[])


def test_nothing_starts_with_a_domain_of_the_platforms_site() -> None:
    environment = {
        **os.environ,
        "LAB_DOMAIN": "labs.school.es",
        "ALLOWED_HOSTS": "muelle.school.es",
        "SECRET_KEY": "only-for-tests-" + "0" * 40,
    }
    environment["PYTHONPATH"] = str(ROOT / "platform")

    started = subprocess.run(
        [sys.executable, "-c", "import config.settings"], env=environment, capture_output=True, text=True, check=False
    )

    assert started.returncode != 0
    assert "LAB_DOMAIN=labs.school.es is the same site as the platform's muelle.school.es" in started.stderr
