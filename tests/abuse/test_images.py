"""A10, A11, A13, A16: what an image brings along, or a program in it does, reaches nothing outside of its sandbox."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandboxes.runtimes.base import RequestRefused
from tests.abuse.harness import Range, Subject, as_root_with_everything, image_of, import_image

pytestmark = [pytest.mark.docker, pytest.mark.abuse]

TRAP = "/probes/trap"
RUNS = 50
EXECS = 10
HOST_PROGRAMS = ("runc", "containerd-shim-runc-v2", "containerd", "dockerd", "docker-init")


def host_programs() -> dict[str, str]:
    places = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin"
    found = [Path(path) for name in HOST_PROGRAMS if (path := shutil.which(name, path=places))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@contextmanager
def lying_in_wait(subject: Subject, seconds: int) -> Iterator[dict[str, str]]:
    """The probe meanwhile; what it came to is there at the end."""
    came_to: dict[str, str] = {}
    attacker = threading.Thread(
        target=lambda: came_to.update(subject.probe("overwrite", str(seconds), timeout=seconds + 20))
    )
    attacker.start()
    try:
        yield came_to
    finally:
        attacker.join(timeout=seconds + 30)


def test_a10_nothing_of_the_host_that_enters_a_sandbox_can_be_written(
    range_: Range, sandbox: Subject, tmp_path: Path
) -> None:
    before = host_programs()
    assert len(before) >= 3

    with lying_in_wait(sandbox, 3) as came_to:
        for _run in range(RUNS):  # what it runs in the end is the agent once more, waiting for a listener
            sandbox.run(TRAP, timeout=0.02)
    assert came_to == {"held": "0", "written": "0"}

    # Even as root with everything, and by the engine's own exec, which the platform never uses.
    with range_.weakened(as_root_with_everything) as weakest, lying_in_wait(weakest, 4) as came_to:
        for _exec in range(EXECS):
            made = range_.client.exec_create(weakest.handle, [TRAP])
            range_.client.exec_start(made["Id"])
    assert came_to["written"] == "0"
    assert host_programs() == before

    def with_a_program_of_the_hosts(body: dict[str, Any], host: dict[str, Any]) -> None:
        as_root_with_everything(body, host)
        host["Binds"] = [f"{tmp_path}:/empty"]

    (tmp_path / "program").write_bytes(range_.probes["child"])
    (tmp_path / "program").chmod(0o755)
    with range_.weakened(with_a_program_of_the_hosts) as control, lying_in_wait(control, 5) as came_to:
        control.run("/empty/program", "/.muelle/bin/sleep", "0.5")
    assert int(came_to["written"]) == 1


def image_with(range_: Range, *changes: str) -> str:
    return import_image(range_.client, image_of(range_.probes), *changes)


def test_a11_an_image_that_works_in_proc_is_refused(range_: Range) -> None:
    image = image_with(range_, "WORKDIR /proc/self/fd/8")
    elsewhere = image_with(range_, "WORKDIR /var/tmp")
    try:
        with pytest.raises(RequestRefused, match="works in /proc/self/fd/8"), range_.sandbox(image=image):
            pass
        with range_.sandbox(image=elsewhere) as subject:
            assert range_.client.inspect_container(subject.handle)["Config"]["WorkingDir"] == "/home/learner"

        def where_the_image_says(body: dict[str, Any], host: dict[str, Any]) -> None:
            del body["WorkingDir"]

        with range_.created(where_the_image_says, image=image) as control:
            assert range_.client.inspect_container(control)["Config"]["WorkingDir"] == "/proc/self/fd/8"
    finally:
        range_.client.remove_image(image)
        range_.client.remove_image(elsewhere)


def test_a13_sandboxes_share_nothing_that_can_be_written(range_: Range, sandbox: Subject) -> None:
    def shared(first: str, second: str) -> set[str]:
        both = [range_.client.inspect_container(handle)["Mounts"] for handle in (first, second)]
        names = [{mount["Source"]: mount["RW"] for mount in mounts} for mounts in both]
        return {name for name in names[0].keys() & names[1].keys() if names[0][name] or names[1][name]}

    def with_a_shared_folder(body: dict[str, Any], host: dict[str, Any]) -> None:
        host["Binds"] = ["/etc:/empty"]

    with range_.sandbox() as another:
        assert shared(sandbox.handle, another.handle) == set()

    with range_.weakened(with_a_shared_folder) as one, range_.weakened(with_a_shared_folder) as other:
        assert shared(one.handle, other.handle) == {"/etc"}


LOUD = (
    "ENTRYPOINT /probes/forks bomb",
    "CMD bomb",
    "USER 0:0",
    "HEALTHCHECK --interval=1s CMD /.muelle/bin/touch /tmp/checked",
    "ONBUILD RUN touch /built",
    "EXPOSE 80",
    "ENV LD_PRELOAD=/probes/always.so",
    "LABEL muelle.instance=00000000 muelle.sandbox=nobody",
)


def quietly(body: dict[str, Any], host: dict[str, Any]) -> None:
    for name in ("Entrypoint", "Cmd", "User", "Healthcheck", "Labels"):
        del body[name]


def test_a16_what_an_image_says_of_itself_is_overridden(range_: Range) -> None:
    image = image_with(range_, *LOUD)
    try:
        with range_.sandbox(image=image) as subject:
            found = range_.client.inspect_container(subject.handle)
            config = found["Config"]
            assert (config["Entrypoint"], config["Cmd"] or []) == (["/.muelle/bin/agent"], [])
            assert (config["User"], config["StopSignal"]) == ("1000:1000", "SIGKILL")
            assert config["Healthcheck"]["Test"] == ["NONE"]
            assert config["Labels"]["muelle.instance"] == range_.place.instance
            assert found["NetworkSettings"]["Ports"] == {}
            assert "Health" not in found["State"]
            assert b"LD_PRELOAD" not in subject.run("/.muelle/bin/env").stdout
            assert subject.run("/.muelle/bin/id", "-u").stdout == b"1000\n"

        with range_.created(quietly, image=image) as control:
            config = range_.client.inspect_container(control)["Config"]
        assert (config["User"], config["Labels"]["muelle.instance"]) == ("0:0", "0" * 8)
        assert config["Healthcheck"]["Test"][0] == "CMD-SHELL"
        assert "bomb" in " ".join(config["Entrypoint"])
    finally:
        range_.client.remove_image(image)


def anonymous_volumes(range_: Range, handle: str) -> set[str]:
    mounts = range_.client.inspect_container(handle)["Mounts"]
    return {mount["Name"] for mount in mounts if mount["Type"] == "volume"} - {range_.place.agent_volume}


def test_a16_no_image_makes_a_volume(range_: Range, sandbox: Subject) -> None:
    image = image_with(range_, "VOLUME /data")
    try:
        with pytest.raises(RequestRefused, match="declares volumes: /data"), range_.sandbox(image=image):
            pass
        assert anonymous_volumes(range_, sandbox.handle) == set()

        with range_.created(lambda body, host: None, image=image) as control:
            [volume] = anonymous_volumes(range_, control)
        left = {each["Name"] for each in range_.client.volumes()["Volumes"] or ()}
        assert volume not in left
    finally:
        range_.client.remove_image(image)
