"""Base image, agent and lab images: made when their sources changed, and only then."""

import json

import pytest

from tools.problems import Problem
from tools.shell import CommandFailed
from tools.steps import agent, base_image, disk_limit, lab_images, tunnels


@pytest.fixture
def folders(workspace):
    """The sources of the agent and of one lab image."""
    for name in (agent.FOLDER, "labs/images/standard"):
        folder = workspace.root / name
        folder.mkdir(parents=True)
        (folder / "Dockerfile").write_text("FROM debian:trixie-slim\n")
    return workspace.root


def test_an_image_is_built_once(workspace, engine, folders):
    engine.images[base_image.NAME] = "sha256:base"

    lab_images.run(workspace)
    outcome = lab_images.run(workspace)

    tags = json.loads((workspace.state / "images.json").read_text())
    assert engine.built == [tags["standard"]]
    assert tags["standard"].startswith("muelle/standard:")
    assert outcome == "all 1 there"


def test_a_changed_folder_or_base_is_another_image(workspace, engine, folders):
    engine.images[base_image.NAME] = "sha256:base"
    lab_images.run(workspace)

    (folders / "labs/images/standard/Dockerfile").write_text("FROM debian:trixie-slim\nRUN true\n")
    lab_images.run(workspace)
    engine.images[base_image.NAME] = "sha256:newer"
    lab_images.run(workspace)

    assert len(set(engine.built)) == 3


CHILD = "ARG STANDARD=muelle/standard\nFROM ${STANDARD}\n"


def test_an_image_that_starts_from_another_is_built_after_it_and_changes_with_it(workspace, engine, folders):
    child = folders / "labs/images/engine"
    child.mkdir()
    (child / "Dockerfile").write_text(CHILD)
    lab_images.run(workspace)
    before = json.loads((workspace.state / "images.json").read_text())

    (folders / "labs/images/standard/Dockerfile").write_text("FROM debian:trixie-slim\nRUN true\n")
    lab_images.run(workspace)

    after = json.loads((workspace.state / "images.json").read_text())
    assert engine.built == [before["standard"], before["engine"], after["standard"], after["engine"]]
    assert len(set(engine.built)) == 4
    assert engine.arguments[after["engine"]] == {"STANDARD": after["standard"]}


def test_images_that_start_from_what_is_not_there_are_said(workspace, engine, folders):
    child = folders / "labs/images/engine"
    child.mkdir()
    (child / "Dockerfile").write_text(CHILD.replace("muelle/standard", "muelle/engine"))

    with pytest.raises(Problem, match="engine start from images that are not there"):
        lab_images.run(workspace)


def test_the_agents_volume_carries_its_digest_and_is_filled_once(workspace, engine, folders):
    agent.run(workspace)
    agent.run(workspace)

    volume = workspace.setting("MUELLE_AGENT_VOLUME")
    assert volume.startswith("muelle-agent-")
    assert list(engine.volumes) == [volume]
    assert len(engine.built) == 1


def test_a_volume_that_was_cut_short_is_filled_again(workspace, engine, folders):
    agent.run(workspace)
    volume = workspace.setting("MUELLE_AGENT_VOLUME")
    engine.identity = "engine-2"
    engine.volumes[volume] = "half of it"
    replies = iter([CommandFailed("cmp: differ", ""), ""])
    engine.run_container = lambda *_: _raise_or_return(next(replies))

    agent.run(workspace)

    assert engine.volumes[volume].startswith("muelle/agent:")


def _raise_or_return(reply):
    if isinstance(reply, CommandFailed):
        raise reply
    return reply


def test_the_base_is_pulled_where_a_registry_answers(workspace, engine, monkeypatch):
    monkeypatch.setattr(base_image, "_registry_answers", lambda: True)

    assert base_image.run(workspace) == f"pulled {base_image.NAME}"
    assert base_image.run(workspace) == f"{base_image.NAME} is there"


def test_the_base_is_made_from_packages_where_none_answers(workspace, engine, monkeypatch):
    ran = []
    workspace.state.mkdir()
    monkeypatch.setattr(base_image, "_registry_answers", lambda: False)
    monkeypatch.setattr(base_image, "install", lambda *_: [])
    monkeypatch.setattr(base_image, "run_program", lambda argv, **_: ran.append(argv))

    outcome = base_image.run(workspace)

    assert outcome == f"made {base_image.NAME}"
    assert ran[0][0] == "mmdebstrap"
    assert engine.images[base_image.NAME] == "sha256:imported"
    assert list(workspace.state.iterdir()) == []


@pytest.mark.parametrize(
    ("answers", "quota", "counts_image"),
    [
        ({"size=33554432": "limited\n"}, "1", "0"),
        ({"size=33554432": CommandFailed("too small", ""), "size=117440512": "limited\n"}, "1", "1"),
        ({"size=33554432": CommandFailed("not supported", ""), "size=117440512": CommandFailed("", "")}, "0", "0"),
        ({"size=33554432": ""}, "0", "0"),
    ],
)
def test_what_the_disk_limit_is_worth_is_tried_out(workspace, engine, answers, quota, counts_image):
    engine.answers = answers

    disk_limit.run(workspace)

    assert workspace.setting("MUELLE_ENGINE_QUOTA") == quota
    assert workspace.setting("MUELLE_ENGINE_QUOTA_COUNTS_IMAGE") == counts_image


def test_the_disk_limit_is_tried_once_per_engine(workspace, engine):
    engine.answers = {"size=33554432": "limited\n"}
    disk_limit.run(workspace)
    engine.answers = {}

    disk_limit.run(workspace)
    same = workspace.setting("MUELLE_ENGINE_QUOTA")
    engine.identity = "engine-2"
    disk_limit.run(workspace)

    assert same == "1"
    assert workspace.setting("MUELLE_ENGINE_QUOTA") == "0"


@pytest.mark.parametrize(("answer", "opens"), [("open\n", "1"), ("", "0"), (CommandFailed("no such device", ""), "0")])
def test_whether_containers_open_a_tunnel_is_tried_out(workspace, engine, answer, opens):
    engine.answers = {"/dev/net/tun": answer}

    outcome = tunnels.run(workspace)

    assert workspace.setting("MUELLE_ENGINE_TUN") == opens
    assert ("labs with a Docker of their own are off" in outcome) == (opens == "0")
