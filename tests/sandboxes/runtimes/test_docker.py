"""What the Docker runtime makes of an engine's bad days. The good ones are in tests/contract/test_runtime*.py."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandboxes.runtimes import docker as module
from sandboxes.runtimes.base import (
    AgentSilent,
    ContainerState,
    EngineTimeout,
    EngineUnavailable,
    ImageMissing,
    NoSpace,
    RequestRefused,
    RuntimeFault,
    SandboxMissing,
)
from sandboxes.runtimes.docker import DockerRuntime
from sandboxes.runtimes.place import Place
from tests.sandboxes.runtimes.requests import IMAGE, PLACE, request
from tests.sandboxes.runtimes.stub_engine import StubEngine, stub_engine

NAME = request().name
OURS = {"muelle.instance": "0123abcd", "muelle.sandbox": request().sandbox_id}


@pytest.fixture
def engine(settings: Any) -> Iterator[StubEngine]:
    with stub_engine(Path(settings.MUELLE_RUN_DIR) / "engine.sock") as made:
        made.answers["GET", f"/images/{IMAGE}/json"] = (200, {"Config": {"Volumes": None}, "Size": 119_000_000})
        made.answers["GET", f"/volumes/{PLACE.agent_volume}"] = (200, {"Name": PLACE.agent_volume})
        made.answers["GET", "/networks"] = (200, [])
        made.answers["POST", "/containers/create"] = (201, {"Id": "made", "Warnings": []})
        yield made


@pytest.fixture
def place(settings: Any) -> Place:
    return dataclasses.replace(PLACE, run_directory=Path(settings.MUELLE_RUN_DIR))


@pytest.fixture
def runtime(engine: StubEngine, place: Place) -> Iterator[DockerRuntime]:
    made = DockerRuntime(engine_url=engine.url, place=place)
    yield made
    made.close()


def has(engine: StubEngine, status: str, **changes: Any) -> None:
    """The engine knows one container."""
    found = {
        "Id": "made",
        "Name": f"/{NAME}",
        "Config": {"Labels": OURS},
        "State": {"Status": status, "Running": status == "running"},
        "HostConfig": {"NetworkMode": "none"},
        **changes,
    }
    for key in ("made", NAME):
        engine.answers["GET", f"/containers/{key}/json"] = (200, found)


def test_created_containers_have_a_directory_to_mount(runtime: DockerRuntime, place: Place) -> None:
    handle = runtime.create(request())

    assert handle == "made"
    assert place.boot_directory(NAME).stat().st_mode & 0o777 == 0o755
    assert place.boot_directory(NAME).parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    ("status", "message", "fault"),
    [
        (500, "mkdir /var/lib/docker/overlay2/x: no space left on device", NoSpace),
        (500, "write /x: Disk quota exceeded", NoSpace),
        (500, "something broke", EngineUnavailable),
        (503, "starting", EngineUnavailable),
        (400, "invalid CPU count", RequestRefused),
        (409, "the name is in use", RequestRefused),
        (404, "no such image", SandboxMissing),
    ],
)
def test_refusals_of_the_engine_become_faults_and_leave_no_directory(
    runtime: DockerRuntime, engine: StubEngine, place: Place, status: int, message: str, fault: type[RuntimeFault]
) -> None:
    engine.answers["POST", "/containers/create"] = (status, {"message": message})

    with pytest.raises(fault) as raised:
        runtime.create(request())

    assert message in raised.value.detail
    assert not place.boot_directory(NAME).exists()


def test_an_engine_that_hangs_is_a_timeout(
    runtime: DockerRuntime, engine: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CALL_TIMEOUT", 1)
    engine.hang.set()

    with pytest.raises(EngineTimeout):
        runtime.list()


def test_an_image_with_volumes_is_refused(runtime: DockerRuntime, engine: StubEngine) -> None:
    engine.answers["GET", f"/images/{IMAGE}/json"] = (200, {"Config": {"Volumes": {"/data": {}}}, "Size": 1})

    with pytest.raises(RequestRefused, match="/data"):
        runtime.create(request())

    assert ("POST", "/containers/create") not in engine.asked


def test_a_missing_agent_volume_is_said_before_the_engine_makes_an_empty_one(
    runtime: DockerRuntime, engine: StubEngine
) -> None:
    del engine.answers["GET", f"/volumes/{PLACE.agent_volume}"]

    with pytest.raises(ImageMissing, match=PLACE.agent_volume):
        runtime.create(request())

    assert ("POST", "/containers/create") not in engine.asked


def test_a_run_directory_that_cannot_be_used(engine: StubEngine, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    runtime = DockerRuntime(
        engine_url=engine.url, place=dataclasses.replace(PLACE, run_directory=tmp_path / "file" / "run")
    )

    with pytest.raises(EngineUnavailable, match="run directory"):
        runtime.create(request())

    runtime.close()


def test_a_full_disk_below_the_run_directory(runtime: DockerRuntime, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)

    with pytest.raises(NoSpace):
        runtime.create(request())


def test_an_agent_that_does_not_come(
    runtime: DockerRuntime, engine: StubEngine, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HANDOVER_TIMEOUT", 0.05)
    has(engine, "created")
    engine.answers["POST", "/containers/made/start"] = (204, None)

    with pytest.raises(AgentSilent, match=NAME):
        runtime.start("made")

    assert not (place.boot_directory(NAME) / "boot.sock").exists()


def test_a_container_that_runs_without_an_agent_is_not_started_again(
    runtime: DockerRuntime, engine: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PING_TIMEOUT", 0.05)
    has(engine, "running")

    with pytest.raises(SandboxMissing, match="is running"):
        runtime.start("made")

    assert ("POST", "/containers/made/start") not in engine.asked


@pytest.mark.parametrize("labels", [None, {}, {"muelle.instance": "ffffffff"}, {"muelle.instance": "0123abcd"}])
def test_what_does_not_carry_our_labels_is_left_alone(
    runtime: DockerRuntime, engine: StubEngine, labels: dict[str, str] | None
) -> None:
    has(engine, "running", Config={"Labels": labels})

    for call in (runtime.destroy, runtime.start, runtime.stats):
        with pytest.raises(RequestRefused, match="does not belong"):
            call("made")

    assert {method for method, _ in engine.asked} == {"GET"}


@pytest.mark.parametrize("status", [404, 409])
def test_a_container_that_somebody_else_removes_is_fine(
    runtime: DockerRuntime, engine: StubEngine, status: int
) -> None:
    has(engine, "running")
    engine.answers["DELETE", "/containers/made"] = (status, {"message": "removal is already in progress"})

    runtime.destroy(NAME)

    assert ("DELETE", "/containers/made") in engine.asked


def test_a_container_that_cannot_be_removed_is_said(runtime: DockerRuntime, engine: StubEngine) -> None:
    has(engine, "running")
    engine.answers["DELETE", "/containers/made"] = (500, {"message": "driver failed"})

    with pytest.raises(EngineUnavailable, match="driver failed"):
        runtime.destroy(NAME)


def test_every_state_of_the_engine_is_known(runtime: DockerRuntime, engine: StubEngine) -> None:
    states = ["created", "running", "paused", "restarting", "removing", "exited", "dead"]
    engine.answers["GET", "/containers/json"] = (
        200,
        [{"Id": state, "Names": [f"/{state}"], "Labels": OURS, "State": state, "Created": 1.0} for state in states]
        + [{"Id": "nameless", "Names": [], "Labels": OURS, "State": "removing", "Created": 1.0}],
    )

    seen = {sandbox.name: sandbox.state for sandbox in runtime.list()}

    up = dict.fromkeys(["running", "paused", "restarting"], ContainerState.RUNNING)
    down = dict.fromkeys(["removing", "exited", "dead"], ContainerState.EXITED)
    assert seen == {"created": ContainerState.CREATED, **up, **down}


@pytest.mark.parametrize(("key", "used"), [("total_inactive_file", 70), ("inactive_file", 70), ("other", 100)])
def test_memory_is_told_without_what_the_kernel_can_drop(
    runtime: DockerRuntime, engine: StubEngine, key: str, used: int
) -> None:
    has(engine, "running")
    engine.answers["GET", "/containers/made/stats"] = (
        200,
        {
            "memory_stats": {"usage": 100, "limit": 1000, "stats": {key: 30}},
            "cpu_stats": {"cpu_usage": {"total_usage": 2_500_000_000}},
            "pids_stats": {},
        },
    )

    stats = runtime.stats("made")

    assert (stats.memory_bytes, stats.memory_limit_bytes, stats.cpu_seconds, stats.pids) == (used, 1000, 2.5, 0)


def test_the_archive_api_and_its_kin_are_never_used() -> None:
    source = Path(module.__file__).read_text(encoding="utf-8").split('"""', 2)[2]

    for forbidden in ("archive", "prune", "exec_", "commit", "pull", "privileged"):
        assert forbidden not in source
