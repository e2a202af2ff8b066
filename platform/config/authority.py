"""`python -m config.authority`: a certificate authority of this installation's own, and certificates it signs.

No public authority signs for addresses in a classroom, so people install this one once (`/certificado` says how). It is
worth little to a thief: its certificate lets it speak for private addresses and local names only, which browsers check.
"""

import argparse
import datetime
import ipaddress
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS: Final = 3650  # Installed by hand on thirty phones: once is enough for the life of a server.
LEAF_DAYS: Final = 397  # What browsers accept of public authorities; some hold others to it, too.
RENEW_DAYS: Final = 60  # A site that is started once in two months never shows one that has lapsed.
_CLOCK_DAYS: Final = 2  # Clocks in classrooms are wrong; a certificate must not begin in their future.
_LOCAL_NAMES: Final = ("local", "localhost", "lan", "home.arpa", "internal")
_PRIVATE: Final = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
# The same as IPv6 spells them, which is where ports of labs are, and IPv6's own.
_PRIVATE_6: Final = ("fc00::/7", "fe80::/10", "::1/128")
_MAPPED: Final = ipaddress.IPv6Address("::ffff:0:0")


def main(arguments: Sequence[str] | None = None) -> None:
    """Make what is missing or no longer fits, and print what was made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path)
    parser.add_argument("names", nargs="+", help="host names and addresses of this machine")
    options = parser.parse_args(arguments)
    made = issue(options.directory, options.names)
    print(" and ".join(made) or "as it was")  # noqa: T201  # what set-up shows


def issue(directory: Path, names: Sequence[str]) -> list[str]:
    """Have an authority and a certificate for `names` in `directory`; return which of them are new.

    Names the authority may not speak for, such as public addresses, are left out.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = []
    if not _is_valid(directory / "authority.pem", LEAF_DAYS):
        _make_authority(directory)
        made.append("authority")
    wanted = alternatives(names)
    if made or not _is_valid(directory / "site.pem", RENEW_DAYS) or _names_in(directory / "site.pem") != set(wanted):
        _make_leaf(directory, wanted)
        made.append("certificate")
    # What it is good for, for programs without a library for certificates.
    covered = {str(each.value) for each in wanted}
    _write(directory / "names", "".join(f"{name}\n" for name in names if name in covered).encode(), 0o644)
    return made


def alternatives(names: Iterable[str]) -> list[x509.GeneralName]:
    """What a certificate says for these names and addresses, the second spelling of each address included."""
    found: list[x509.GeneralName] = []
    for name in dict.fromkeys(names):
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            if name.rpartition(".")[2] in {each.rpartition(".")[2] for each in _LOCAL_NAMES}:
                found.append(x509.DNSName(name))
            continue
        if any(address in network for network in _networks() if network.version == address.version):
            found.append(x509.IPAddress(address))
            if isinstance(address, ipaddress.IPv4Address):
                found.append(x509.IPAddress(ipaddress.IPv6Address(int(_MAPPED) + int(address))))
    return found


def _networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    four = [ipaddress.IPv4Network(text) for text in _PRIVATE]
    mapped = [ipaddress.IPv6Network((int(_MAPPED) + int(each.network_address), 96 + each.prefixlen)) for each in four]
    return [*four, *mapped, *map(ipaddress.IPv6Network, _PRIVATE_6)]


def _make_authority(directory: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    # Two installations in one school are told apart by the number.
    name = _name(f"Muelle {x509.random_serial_number() % 0x10000:04x}")
    permitted: list[x509.GeneralName] = [x509.DNSName(each) for each in _LOCAL_NAMES]
    permitted += [x509.IPAddress(network) for network in _networks()]
    builder = (
        _builder(name, name, key.public_key(), AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
    )
    _write_pair(directory, "authority", key, builder.sign(key, hashes.SHA256()))


def _make_leaf(directory: Path, names: list[x509.GeneralName]) -> None:
    authority = _read(directory / "authority.pem")
    signer = serialization.load_pem_private_key((directory / "authority.key").read_bytes(), password=None)
    assert isinstance(signer, ec.EllipticCurvePrivateKey)  # noqa: S101  # we made it
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (
        _builder(_name("Muelle"), authority.subject, key.public_key(), LEAF_DAYS)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )
    _write_pair(directory, "site", key, builder.sign(signer, hashes.SHA256()))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, days: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=_CLOCK_DAYS))
        .not_valid_after(now + datetime.timedelta(days=days - _CLOCK_DAYS))
    )


def _key_usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _write_pair(directory: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    # The key first: a run that ends in between finds no certificate, and makes both anew.
    (directory / f"{name}.pem").unlink(missing_ok=True)
    _write(directory / f"{name}.key", encoded, 0o600)
    _write(directory / f"{name}.pem", certificate.public_bytes(serialization.Encoding.PEM), 0o644)


def _write(path: Path, content: bytes, mode: int) -> None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123  # its mode from the first byte on
        file.write(content)
    part.replace(path)


def _read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


def _is_valid(path: Path, days: int) -> bool:
    """Whether a certificate is there, with its key, and good for so many days more."""
    if not path.is_file() or not path.with_suffix(".key").is_file():
        return False
    left = _read(path).not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    return left > datetime.timedelta(days=days)


def _names_in(path: Path) -> set[x509.GeneralName]:
    return set(_read(path).extensions.get_extension_for_class(x509.SubjectAlternativeName).value)


if __name__ == "__main__":
    main()
