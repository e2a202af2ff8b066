"""Host names of labs."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web_ports.names import Place, is_lab_host, label_of, parse_host, place_of

SESSION = uuid.UUID(int=7)
LABEL = label_of(SESSION)


@given(session=st.uuids(), port=st.integers(1, 65_535), own=st.sampled_from(["", ":80", ":8000"]))
def test_what_is_written_is_read(session: uuid.UUID, port: int, own: str) -> None:
    place = place_of(session, port)

    assert parse_host(place.host + own) == place
    assert place.is_of(session)
    assert is_lab_host(place.host + own)


def test_labels_are_long_and_depend_on_the_secret_key(settings) -> None:
    before = label_of(SESSION)
    settings.SECRET_KEY = "another" * 8

    assert len(before) * 4 >= 96
    assert label_of(SESSION) != before
    assert label_of(uuid.UUID(int=8)) != before
    assert not Place(80, before).is_of(SESSION)


@pytest.mark.parametrize(
    "host",
    [
        "labs.localhost",
        f"{LABEL}.labs.localhost",
        f"0-{LABEL}.labs.localhost",
        f"08080-{LABEL}.labs.localhost",
        f"65536-{LABEL}.labs.localhost",
        f"8080-{LABEL[1:]}.labs.localhost",
        f"8080-{LABEL}0.labs.localhost",
        f"x.8080-{LABEL}.labs.localhost",
        f"8080-{LABEL}.labs.localhost.",
        f"8080-{LABEL}.labs.localhost:x",
        f"8080-{LABEL}.labs.localhost:８０",
        f"8080-{LABEL}.labs.localhost:80:80",
        f"8080-{LABEL}.labs.localhost/",
        f" 8080-{LABEL}.labs.localhost",
        f"-8080-{LABEL}.labs.localhost",
        f"٨080-{LABEL}.labs.localhost",
        f"me@8080-{LABEL}.labs.localhost",
    ],
)
def test_what_no_page_linked_to_is_no_place(host: str) -> None:
    assert parse_host(host) is None


@pytest.mark.parametrize("host", ["labs.localhost", "x.labs.localhost:80", "X.LABS.LOCALHOST", "x.labs.localhost."])
def test_the_lab_domain_is_the_labs_alone(host: str) -> None:
    assert is_lab_host(host)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "labs.localhost.example", "notlabs.localhost", ""])
def test_everything_else_is_the_platforms(host: str) -> None:
    assert not is_lab_host(host)
    assert parse_host(host) is None
