"""What the configuration promises, E11 of the security blueprint among it."""

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from celery import current_app
from django.conf import settings
from django.core.management import call_command

from config.paths import read_version
from config.sign_in import origin_of

ROOT = Path(__file__).resolve().parent.parent
SECRET = secrets.token_urlsafe(64)


def test_messages_are_json_only():
    assert current_app.conf.accept_content == ["json"]


def test_channel_layer_never_times_its_subscriptions_out():
    from config import settings as written  # the test settings replace the layer; what is written is what counts

    assert written.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["socket_timeout"] is None


def test_migrations_are_complete(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_version_comes_from_the_changelog():
    assert read_version() == settings.VERSION


def production(**environment: str) -> subprocess.CompletedProcess[str]:
    """Check the settings as a container of docker-compose.yml gets them, without a database."""
    command = [sys.executable, str(ROOT / "manage.py"), "check", "--deploy", "--fail-level", "WARNING"]
    inherited = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "platform"), "MUELLE_STATE": "/nonexistent"}
    given = {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": SECRET,
        "ALLOWED_HOSTS": "muelle.example.org",
        "MUELLE_HTTPS": "1",
    }
    return subprocess.run(
        command, env={**inherited, **given, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_production_shape_passes_djangos_own_inspection():
    done = production(MUELLE_IMAGES="standard=muelle/standard:12")

    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n")


@pytest.mark.parametrize("name", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_a_start_without_what_must_be_set_is_refused_in_a_sentence(name: str):
    done = production(**{name: ""})

    assert done.returncode != 0
    assert f"{name} is empty." in done.stderr.splitlines()[-1]


@pytest.mark.abuse
@pytest.mark.parametrize(
    "key", ["changeme", "x" * 60, "django-insecure-" + SECRET, "change-me-" + SECRET, SECRET[:49]], ids=len
)
def test_e11_a_start_with_a_key_that_can_be_guessed_is_refused(key: str):
    done = production(SECRET_KEY=key)

    assert done.returncode != 0
    assert "SECRET_KEY can be guessed." in done.stderr.splitlines()[-1]


@pytest.mark.abuse
@pytest.mark.parametrize(
    ("change", "sentence"), [({"DEBUG": "1"}, "DEBUG is on"), ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS is *")]
)
def test_e11_a_start_that_shows_its_inside_or_trusts_any_host_is_refused(change: dict[str, str], sentence: str):
    done = production(**change)

    assert done.returncode != 0
    assert sentence in done.stderr.splitlines()[-1]


def test_a_health_check_needs_no_tls(settings, client, db):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get("/healthz").status_code == 200
    assert client.get("/sign-in/").status_code == 301


OIDC = {
    "MUELLE_OIDC_SERVER_URL": "https://id.example.org/realms/liceo",
    "MUELLE_OIDC_CLIENT_ID": "muelle",
    "MUELLE_OIDC_SECRET": "secret",
    "MUELLE_OIDC_NAME": "Liceo",
}


def test_signing_in_elsewhere_and_a_second_factor_pass_the_inspection_too():
    done = production(**OIDC, MUELLE_TOTP="1")

    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"MUELLE_OIDC_SERVER_URL": "http://id.example.org"}, "It must begin with https://"),
        ({"MUELLE_OIDC_SECRET": ""}, "but not all of MUELLE_OIDC_CLIENT_ID"),
    ],
)
def test_an_openid_server_that_could_not_be_trusted_is_refused_in_a_sentence(change: dict[str, str], sentence: str):
    done = production(**{**OIDC, **change})

    assert done.returncode != 0
    assert sentence in done.stderr.splitlines()[-1]


def test_forms_may_lead_to_the_openid_server_and_nowhere_else():
    assert origin_of(OIDC["MUELLE_OIDC_SERVER_URL"]) == ["https://id.example.org"]
    assert origin_of("") == []
    assert "'self'" in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]
    assert len(settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]) == 1
