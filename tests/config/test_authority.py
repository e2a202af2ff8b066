"""The authority of a classroom: whom it may vouch for, and when its certificates are made anew."""

import socket
import ssl
import stat
import threading
from pathlib import Path

import pytest
from cryptography import x509

from config import authority

NAMES = ["localhost", "127.0.0.1", "10.0.0.5", "aula.local"]


def vouches(folder: Path, host: str) -> bool:
    """Whether a client that trusts the authority, and nothing else, believes this server to be `host`."""
    server_side = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_side.load_cert_chain(folder / "site.pem", folder / "site.key")
    client_side = ssl.create_default_context(cafile=str(folder / "authority.pem"))
    here, there = socket.socketpair()

    def answer() -> None:
        try:
            server_side.wrap_socket(there, server_side=True).close()
        except (ssl.SSLError, OSError):
            there.close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        client_side.wrap_socket(here, server_hostname=host).close()
    except ssl.SSLCertVerificationError:
        return False
    finally:
        here.close()
        thread.join(5)
    return True


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("lan")
    assert authority.issue(folder, NAMES) == ["authority", "certificate"]
    return folder


@pytest.mark.parametrize("host", [*NAMES, "::ffff:a00:5"])
def test_it_vouches_for_each_name_and_both_spellings_of_an_address(folder: Path, host: str) -> None:
    assert vouches(folder, host)


@pytest.mark.parametrize("host", ["10.0.0.6", "example.org", "::ffff:a00:6"])
def test_it_vouches_for_nobody_else(folder: Path, host: str) -> None:
    assert not vouches(folder, host)


@pytest.mark.abuse
@pytest.mark.parametrize("name", [x509.DNSName("bank.example"), x509.DNSName("local.example")])
def test_a_thief_of_its_key_cannot_speak_for_the_internet(
    tmp_path: Path, name: x509.GeneralName, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(authority, "alternatives", lambda _names: [name, x509.DNSName("localhost")])

    authority.issue(tmp_path, ["whatever"])

    # Not even the permitted name is believed of a certificate that says another one besides.
    assert not vouches(tmp_path, str(name.value))
    assert not vouches(tmp_path, "localhost")


def test_public_addresses_and_names_are_left_out() -> None:
    assert authority.alternatives(["93.184.216.34", "muelle", "school.example", "2001:db8::1"]) == []


def test_a_certificate_is_made_anew_when_the_addresses_change_and_the_authority_stays(tmp_path: Path) -> None:
    authority.issue(tmp_path, NAMES)
    pem = (tmp_path / "authority.pem").read_bytes()

    assert authority.issue(tmp_path, NAMES) == []
    assert authority.issue(tmp_path, [*NAMES, "10.0.0.9"]) == ["certificate"]
    assert vouches(tmp_path, "10.0.0.9")
    assert (tmp_path / "authority.pem").read_bytes() == pem
    assert (tmp_path / "names").read_text().split() == [*NAMES, "10.0.0.9"]


def test_what_lapses_soon_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "LEAF_DAYS", authority.RENEW_DAYS)
    authority.issue(tmp_path, NAMES)
    monkeypatch.undo()

    assert authority.issue(tmp_path, NAMES) == ["certificate"]


def test_after_a_run_that_died_half_way_there_is_a_pair_again(tmp_path: Path) -> None:
    authority.issue(tmp_path, NAMES)
    (tmp_path / "site.pem").unlink()

    assert authority.issue(tmp_path, NAMES) == ["certificate"]
    assert vouches(tmp_path, "10.0.0.5")


def test_keys_are_private(folder: Path) -> None:
    assert {stat.S_IMODE((folder / f"{name}.key").stat().st_mode) for name in ("authority", "site")} == {0o600}
    certificate = x509.load_pem_x509_certificate((folder / "site.pem").read_bytes())
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 398
