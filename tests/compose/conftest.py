"""A production site for the tests of each module of this folder, all on one ordinary engine."""

from __future__ import annotations

import json
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from learner_client import LearnerClient
from plain_engine import PlainEngine, plain_engine
from production_stack import BASE, ROOT, Stack, resolving

from tools.digests import digest_folder
from tools.engine import places
from tools.steps.agent import FOLDER as AGENT
from tools.steps.production import AUTHORITIES

CLONE_STATE = Path(os.environ.get("MUELLE_STATE", ROOT / ".muelle"))


@pytest.fixture(scope="session")
def engine() -> Iterator[PlainEngine]:
    """An ordinary engine, with the images that set-up made for the lab engine."""
    with plain_engine(CLONE_STATE / "plain", places.BRIDGE) as engine:
        built = json.loads((CLONE_STATE / "images.json").read_text())
        for image in (BASE, f"muelle/agent:{digest_folder(ROOT / AGENT)}", *built.values()):
            engine.copy_image(image, places.URL)
        yield engine


@pytest.fixture(scope="module")
def lab_engine(engine: PlainEngine) -> str:
    """Which engine has the sandboxes: that of the site too, unless a module says otherwise."""
    return engine.url


@pytest.fixture(scope="module")
def stack(engine: PlainEngine, lab_engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The site of one module, up and well."""
    _trust_as_this_machine_does()
    stack = Stack(tmp_path_factory.mktemp("site"), engine, lab_engine)
    resolve = pytest.MonkeyPatch()
    resolve.setattr(socket, "getaddrinfo", resolving(engine.address))
    try:
        stack.prepare()
        stack.up()
        yield stack
    finally:
        stack.down()
        resolve.undo()


@pytest.fixture(scope="module")
def authority(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The file of the authority that signed the site's certificate."""
    return str(stack.authority(tmp_path_factory.mktemp("tls") / "root.crt"))


@pytest.fixture(scope="module")
def ana(stack: Stack, authority: str) -> LearnerClient:
    """A learner, whose account the admin made on the command line."""
    said = stack.compose("exec", "-T", "web", "python", "manage.py", "add_account", "ana", "--draw")
    return LearnerClient(stack, "ana", said.split()[-1], authority=authority)


def _trust_as_this_machine_does() -> None:
    # Images are built from this clone, not from the installation's folder, so `make production` does not do it here.
    named = next((os.environ[name] for name in AUTHORITIES if os.environ.get(name)), "")
    if named and Path(named).is_file():
        (ROOT / ".muelle" / "ca").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(named, ROOT / ".muelle" / "ca" / "host.crt")
