"""Tokens: made once, shown once, useless when they should be."""

from datetime import timedelta

import pytest
from django.utils import timezone

from api.actions import MAX_TOKENS, PREFIX, create_token, digest_of, find_token, revoke_token
from api.models import ApiToken
from api.scopes import Scope
from audit.actions import NotPossible
from audit.models import Entry
from tests.web.conftest import browser_of


@pytest.fixture
def token(alice) -> str:
    return create_token(by=alice, name="phone", scopes=[Scope.PROGRESS_READ])[1]


def test_only_a_digest_is_kept(token):
    row = ApiToken.objects.get()

    assert token.startswith(PREFIX)
    assert row.digest == digest_of(token)
    assert token not in str([vars(row), *Entry.objects.values()])


@pytest.mark.parametrize("changes", [{"expires_at": timezone.now()}, {"revoked_at": timezone.now()}])
def test_what_is_over_opens_nothing(token, changes):
    assert find_token(token)
    ApiToken.objects.update(**changes)

    assert find_token(token) is None


def test_a_disabled_account_opens_nothing(token, alice):
    alice.is_active = False
    alice.save()

    assert find_token(token) is None


@pytest.mark.parametrize("text", ["", "muelle_", "muelle_x", "\0", "\ud800", "é" * 5000])
def test_what_is_no_token_opens_nothing(db, text):
    assert find_token(text) is None


def test_use_is_noted_once_a_minute(token, django_assert_num_queries):
    find_token(token)
    noted = ApiToken.objects.get().last_used_at

    with django_assert_num_queries(1):
        find_token(token)

    assert ApiToken.objects.get().last_used_at == noted


def test_there_is_an_end_to_them(alice):
    for number in range(MAX_TOKENS):
        create_token(by=alice, name=str(number), scopes=[Scope.PROGRESS_READ])

    with pytest.raises(NotPossible):
        create_token(by=alice, name="more", scopes=[Scope.PROGRESS_READ])


def test_nobody_revokes_somebody_elses(token, bob, alice):
    row = ApiToken.objects.get()

    assert not revoke_token(by=bob, token=row)
    assert revoke_token(by=alice, token=row)
    assert not revoke_token(by=alice, token=row)


def test_the_page_shows_a_token_once(alice):
    client = browser_of(alice)

    made = client.post("/tokens/", {"name": "phone", "scopes": ["progress:read"], "days": "30"})
    later = client.get("/tokens/")

    assert PREFIX in made.content.decode()
    assert ApiToken.objects.get().expires_at - timezone.now() > timedelta(days=29)
    assert PREFIX not in later.content.decode()
    assert "phone" in later.content.decode()
    assert '<p class="small">See courses and one&#x27;s own progress</p>' in later.content.decode()


def test_the_page_keeps_what_was_typed(alice):
    response = browser_of(alice).post("/tokens/", {"name": "phone", "days": "30"})

    assert response.status_code == 422
    assert 'value="phone"' in response.content.decode()


def test_a_foreign_token_is_not_found(token, bob):
    assert browser_of(bob).post(f"/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404
