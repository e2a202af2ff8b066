"""`event`, on what an engine remembers."""

import json

import pytest

from grading.expects import event
from grading.expects.errors import CouldNotLook


def happened(kind: str, action: str, subject: str = "f00", **attributes: str) -> dict:
    return {"Type": kind, "Action": action, "Actor": {"ID": subject, "Attributes": attributes}, "time": 1}


RUN = [
    happened("image", "pull", "nginx:latest", name="nginx"),
    happened("container", "create", name="web", image="nginx"),
    happened("network", "connect", name="bridge", container="f00"),
    happened("container", "start", name="web", image="nginx"),
]


@pytest.fixture
def remembers(engine):
    def give(*events):
        engine.has("/events", "".join(json.dumps(each) + "\n" for each in events).encode())

    return give


@pytest.fixture
def judged(look_at):
    def judge(**arguments):
        return event.judge(arguments, event.gather(arguments, look_at(since=1000.0)))

    return judge


WHAT_HAPPENED = [
    {"type": "container", "action": "start"},
    {"type": "container", "action": "start", "name": "web", "image": "nginx"},
    {"type": "container", "action": "start", "image": "docker.io/library/nginx:latest"},
    {"type": "container", "action": {"one_of": ["start", "restart"]}, "count": 1},
    {"type": "image", "action": "pull", "name": "nginx"},
    {"type": "image", "action": "pull", "name": "nginx:latest"},
    {"type": "network", "action": "connect", "name": "bridge"},
    {"type": "container", "action": "start", "after": {"action": "create", "name": "web"}},
    {"type": "container", "action": "die", "absent": True},
    {"type": "container", "action": "create", "after": {"action": "start"}, "absent": True},
]
WHAT_DID_NOT = [
    {"type": "container", "action": "die"},
    {"type": "image", "action": "start"},
    {"type": "container", "action": "start", "name": "cache"},
    {"type": "container", "action": "start", "image": "redis"},
    {"type": "container", "action": "start", "count": {"min": 2}},
    {"type": "container", "action": "start", "after": {"action": "die"}},
    {"type": "container", "action": "start", "absent": True},
]


@pytest.mark.parametrize("arguments", WHAT_HAPPENED, ids=str)
def test_what_happened_passes(remembers, judged, arguments):
    remembers(*RUN)

    assert judged(**arguments).passed


@pytest.mark.parametrize("arguments", WHAT_DID_NOT, ids=str)
def test_what_did_not_happen_fails(remembers, judged, arguments):
    remembers(*RUN)

    assert not judged(**arguments).passed


def test_only_what_happened_in_the_learners_time_is_asked_for(remembers, judged, engine):
    remembers()

    judged(type="container", action="start")

    assert engine.query(0)["since"] == ["1000.000000"]


def test_what_ran_in_a_container_can_be_asked_for(remembers, judged):
    remembers(
        happened("container", "exec_create: sh -c date", name="web"),
        happened("container", "exec_start: sh -c date", name="web"),
        happened("container", "exec_die", name="web", exitCode="3"),
        happened("container", "kill", name="web", signal="15"),
    )

    assert judged(type="container", action="exec_start", command={"contains": "date"}).passed
    assert judged(type="container", action="exec_die", exit_code=3).passed
    assert judged(type="container", action="kill", signal="15").passed
    assert not judged(type="container", action="exec_start", command="bash").passed


def test_it_is_said_what_was_asked_for_and_what_happened_instead(remembers, judged):
    remembers(*RUN)

    finding = judged(type="container", action="exec_start", name="web", after={"type": "image", "action": "pull"})

    assert finding.observed is None
    assert finding.aspects[0].expected["en"] == (
        "Docker did this: the kind of thing is `container`, what happened is `exec_start`, the name is `web` "
        "(and before it: the kind of thing is `image`, what happened is `pull`)"
    )
    assert finding.aspects[0].found["en"] == (
        "It did not; the last things it did: `container create web`, `container start web`"
    )
    assert judged(type="volume", action="create").aspects[0].found["en"] == "It did nothing of that kind"
    assert judged(type="container", action="start", absent=True).aspects[0].found["en"] == "It did so once"


def test_what_may_be_forgotten_is_not_known(remembers, judged):
    """An engine remembers 256 events: a count is then the least that it was."""
    remembers(*[happened("container", "exec_start: curl", name="web")] * 256)

    assert judged(type="container", action="exec_start", count={"min": 3}).passed
    for arguments in ({"action": "start"}, {"action": "die", "absent": True}, {"action": "exec_start", "count": 256}):
        with pytest.raises(CouldNotLook) as raised:
            judged(type="container", **arguments)
        assert raised.value.sentence == event.FORGOTTEN
        assert not raised.value.transient


def test_all_checks_of_a_look_ask_once(remembers, look_at, engine):
    remembers(*RUN)
    view = look_at(since=1000.0)

    for action in ("start", "die", "stop"):
        event.gather({"type": "container", "action": action}, view)

    assert len(engine.requests) == 1


@pytest.mark.parametrize(
    "lie", [b"[]", b"{", b"3\n", b'{"Type": 3}', b'{"Actor": {"Attributes": {"name": 3}}}'], ids=str
)
def test_what_are_no_events_is_an_error(engine, judged, lie):
    engine.has("/events", lie)

    with pytest.raises(CouldNotLook):
        judged(type="container", action="start")
