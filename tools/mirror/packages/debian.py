"""Packages for `apt-get`: chosen by apt itself, put into an archive that is signed with this machine's key."""

from pathlib import Path

from tools.digests import digest_files, digest_of
from tools.docker import BASE_IMAGE, BUILD_SECONDS, PROXIES, SOURCES, SUITE
from tools.mirror import places
from tools.mirror.key import FOLDER as KEY_FOLDER
from tools.mirror.packages.stock import PackageSet, Stock

LIST = "labs/packages/debian.txt"
SCRIPT = "tools/mirror/packages/fetch-debs"


def debian_packages(stock: Stock, key: str) -> PackageSet:
    """The set that `labs/packages/debian.txt` names. key: the public half, which images were told."""
    root = stock.workspace.root
    base = stock.docker.image_id(BASE_IMAGE) or ""
    digest = digest_of(digest_files([root / LIST, root / SCRIPT]), base, key, *SOURCES)
    names = read_names(root / LIST)

    def fetch(folder: Path) -> None:
        _download(stock, folder, names)
        _index(stock, folder)

    return PackageSet("apt", "Debian packages", digest, fetch)


def read_names(path: Path) -> list[str]:
    """The names in a list: one a line, comments after `#`."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [line for line in lines if line]


def _download(stock: Stock, folder: Path, names: list[str]) -> None:
    passed = [word for name in PROXIES for word in ("--env", name)]
    stock.docker.call(
        "run", "--rm", "--cap-drop", "ALL", *passed, "--env", "SOURCES=" + "\n".join(SOURCES),
        "--volume", f"{folder}:/stage", "--volume", f"{stock.workspace.root / SCRIPT}:/fetch-debs:ro",
        BASE_IMAGE, "bash", "/fetch-debs", *names, timeout=BUILD_SECONDS, log=stock.workspace.log,
    )  # fmt: skip


def _index(stock: Stock, folder: Path) -> None:
    # Without a network: what signs has never talked to anybody.
    stock.docker.call(
        "run", "--rm", "--network", "none", "--cap-drop", "ALL",
        "--volume", f"{folder}:/stage", "--volume", f"{places.state_folder() / KEY_FOLDER}:/key",
        stock.tools, "/usr/local/lib/muelle/index-debs", SUITE, timeout=BUILD_SECONDS, log=stock.workspace.log,
    )  # fmt: skip
