"""Packages for `npm`: the tarballs of a lock, and what npm wants to know of each, as a registry of files."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools.digests import digest_files, digest_of
from tools.docker import BUILD_SECONDS, PROXIES
from tools.mirror.packages.stock import PackageSet, Stock
from tools.problems import Problem

LOCK = "labs/packages/node/package-lock.json"
REGISTRY = "https://registry.npmjs.org/"
# Where npm inside a lab finds the tarballs.
OURS = "http://npm.muelle"
# Whom this machine trusts, an inspecting proxy of the school among them, the container trusts too.
TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")
# What a lock has of a package beside its place and its hash, and a registry tells as well.
FACTS = (
    "bin", "cpu", "dependencies", "engines", "hasInstallScript", "libc", "optionalDependencies", "os",
    "peerDependencies", "peerDependenciesMeta",
)  # fmt: skip
# To be raised when the files below are to be laid out differently: the mirror is then filled again.
LAYOUT = "1"


@dataclass(frozen=True)
class Locked:
    """One version of one package. integrity: `sha512-` and the hash of its tarball in base64."""

    name: str
    version: str
    integrity: str
    facts: dict[str, Any]

    @property
    def tarball(self) -> str:
        """Its path below the registry."""
        return f"{self.name}/-/{self.name.rpartition('/')[2]}-{self.version}.tgz"


def node_packages(stock: Stock, image: Callable[[], str]) -> PackageSet:
    """The set that `labs/packages/node/package-lock.json` locks. image: gives an image that has npm."""
    lock = stock.workspace.root / LOCK
    packages = sorted(set_of(read_lock(lock)), key=lambda one: (one.name, version_key(one.version)))

    def fetch(folder: Path) -> None:
        fetched = folder / "fetched"
        fetched.mkdir()
        fetched.chmod(0o777)
        _pack(stock, image(), fetched, packages)
        write_registry(folder, packages, fetched)

    return PackageSet("npm", "Node packages", digest_of(digest_files([lock]), LAYOUT), fetch)


def read_lock(path: Path) -> Iterator[Locked]:
    """All packages of a lock of npm (version 3), in its order; one may be in it more than once."""
    for place, entry in json.loads(path.read_text(encoding="utf-8"))["packages"].items():
        if place:
            # An alias says its own name; any other package is named by its place.
            name = entry.get("name") or place.rpartition("node_modules/")[2]
            facts = {fact: entry[fact] for fact in FACTS if fact in entry}
            yield Locked(name, entry["version"], entry["integrity"], facts)


def set_of(packages: Iterator[Locked]) -> list[Locked]:
    """Each version of each package once."""
    return list({(one.name, one.version): one for one in packages}.values())


def version_key(version: str) -> tuple[tuple[int, ...], bool, str]:
    """Orders versions by their numbers; a preview comes before what it is a preview of."""
    numbers, _, preview = version.partition("+")[0].partition("-")
    return tuple(int(number) for number in numbers.split(".")), not preview, preview


def write_registry(folder: Path, packages: list[Locked], fetched: Path) -> None:
    """Lay out `<name>/package.json` and `<name>/-/<file>.tgz` from fetched tarballs, which go.

    packages: of one name in the order of their versions. Raises Problem where a tarball is missing or another one.
    """
    by_hash = {_integrity(path): path for path in fetched.iterdir()}
    described: dict[str, dict[str, Any]] = {}
    for one in packages:
        if one.integrity not in by_hash:
            raise Problem(
                f"The registry of npm gave no tarball of {one.name} {one.version} that {LOCK} means.",
                f"Check that this machine reaches {REGISTRY}, and run again.",
            )
        target = folder / one.tarball
        target.parent.mkdir(parents=True, exist_ok=True)
        by_hash[one.integrity].rename(target)
        about = described.setdefault(one.name, {"name": one.name, "dist-tags": {}, "versions": {}})
        dist = {"tarball": f"{OURS}/{one.tarball}", "integrity": one.integrity}
        about["versions"][one.version] = {"name": one.name, "version": one.version, **one.facts, "dist": dist}
        about["dist-tags"]["latest"] = one.version
    for name, about in described.items():
        (folder / name / "package.json").write_text(json.dumps(about))
    for path in fetched.iterdir():
        path.unlink()
    fetched.rmdir()


def _integrity(path: Path) -> str:
    return "sha512-" + base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode("ascii")


def _pack(stock: Stock, image: str, target: Path, packages: list[Locked]) -> None:
    registry = stock.workspace.environ.get("npm_config_registry") or REGISTRY
    trusted = ["--volume", f"{TRUSTED}:/trusted.crt:ro", "--env", "NODE_EXTRA_CA_CERTS=/trusted.crt"]
    passed = [word for name in PROXIES for word in ("--env", name)]
    stock.docker.call(
        "run", "--rm", "--cap-drop", "ALL", *passed, *(trusted if TRUSTED.is_file() else []),
        "--env", "HOME=/tmp", "--volume", f"{target}:/stage", "--workdir", "/stage",
        image, "npm", "pack", "--silent", "--registry", registry, "--fetch-retries", "2",
        *(f"{one.name}@{one.version}" for one in packages), timeout=BUILD_SECONDS, log=stock.workspace.log,
    )  # fmt: skip
