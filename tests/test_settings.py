"""What the configuration promises."""

from celery import current_app
from django.conf import settings
from django.core.management import call_command

from config.paths import read_version


def test_messages_are_json_only():
    assert current_app.conf.accept_content == ["json"]


def test_channel_layer_never_times_its_subscriptions_out():
    from config import settings as written  # the test settings replace the layer; what is written is what counts

    assert written.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["socket_timeout"] is None


def test_migrations_are_complete(db):
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_version_comes_from_the_changelog():
    assert read_version() == settings.VERSION
