"""Programs that ask, each with the token of a person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from api.actions import create_token
from api.scopes import Scope
from tests.web.conftest import _one_image, woken, world

__all__ = ["_one_image", "woken", "world"]


class Program:
    """Asks the API as somebody."""

    def __init__(self, token: str) -> None:
        self._client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})

    def __call__(self, method: str, path: str, data: Any = None) -> Any:
        """Return the response to a request below /api/v1."""
        more = {} if data is None else {"data": data, "content_type": "application/json"}
        return getattr(self._client, method)(f"/api/v1{path}", **more)


@pytest.fixture
def program() -> Callable[..., Program]:
    """Return `program(user, scopes)`: with a token for everything unless asked otherwise."""

    def make(user: User, scopes: list[Scope] | None = None) -> Program:
        _token, text = create_token(by=user, name="tests", scopes=Scope if scopes is None else scopes)
        return Program(text)

    return make
