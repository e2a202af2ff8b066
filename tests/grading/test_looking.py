"""What checks are given to look at: the sandbox of a session, with what its profile adds."""

from datetime import UTC, datetime

import pytest
from factories import SandboxFactory

from grading.looking import view_into
from sandboxes.environment import Environment
from sandboxes.models import Sandbox

ASSIGNED = datetime(2026, 11, 22, 19, 42, 37, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize(("profile", "address"), [("standard", ""), ("engine", "unix:/run/user/1000/docker.sock")])
def test_an_engine_is_looked_for_where_the_profile_has_it(profile, address):
    environment = Environment(image="muelle/standard:test", profile=profile).to_json()
    sandbox = SandboxFactory(state=Sandbox.State.ASSIGNED, assigned_at=ASSIGNED, environment=environment)

    view = view_into(sandbox, seconds=5, answer="boya")

    assert view.engine_address == address
    assert view.since == ASSIGNED.timestamp()
    assert view.answer == "boya"


@pytest.mark.django_db
def test_a_sandbox_that_is_nobodys_has_no_past():
    assert view_into(SandboxFactory(), seconds=5).since == 0.0
