"""The people of the tests, and what every test may rely on."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from accounts import throttling
from accounts.models import User
from accounts.throttling import forget_addresses
from audit.permanence import GUARDS, UNGUARDS


@pytest.fixture(autouse=True)
def _temporary_run_directory(settings, tmp_path_factory):
    """Keep sockets and state of tests away from a running site.

    The path is short because of the limit of unix sockets.
    """
    settings.MUELLE_RUN_DIR = str(tmp_path_factory.mktemp("r"))
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


@pytest.fixture(scope="session", autouse=True)
def _emptying_a_database_between_tests():
    """Let Django empty the tables after tests with threads: on SQLite by DELETE, which the audit record refuses."""
    from django.db.backends.sqlite3.base import DatabaseOperations  # not before Django is set up

    original = DatabaseOperations.sql_flush

    def unguarded(self, style, tables, **options):
        statements = original(self, style, tables, **options)
        return [*UNGUARDS["sqlite"], *statements, *GUARDS["sqlite"]] if "audit_entry" in tables else statements

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", unguarded)
        yield


@pytest.fixture(autouse=True)
def _no_address_did_anything():
    """Let each test begin below the ceilings: to all of them everybody comes from one address."""
    forget_addresses()


@pytest.fixture
def _ceilings_stand_still(monkeypatch):
    """Let no time pass for ceilings, so that a slow machine refills none of them during a test."""
    monkeypatch.setattr(throttling, "time", SimpleNamespace(monotonic=lambda: 1000.0))


@pytest.fixture(autouse=True)
def _no_language_left():
    """Forget the language of a request: it stays active in its thread, which the next test runs in, too."""
    yield
    translation.deactivate()


@pytest.fixture
def alice(db) -> User:
    """A learner."""
    return User.objects.create_user("alice", password="alice-password")


@pytest.fixture
def bob(db) -> User:
    """Another learner, who must never see what is Alice's."""
    return User.objects.create_user("bob", password="bob-password")


@pytest.fixture
def ivy(db) -> User:
    """An instructor."""
    return User.objects.create_user("ivy", password="ivy-password", is_staff=True)


@pytest.fixture
def root(db) -> User:
    """An admin."""
    return User.objects.create_superuser("root", password="root-password")
