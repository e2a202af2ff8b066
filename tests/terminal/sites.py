"""The WebSockets of the real ASGI application, and browsers that are signed in to it."""

import uuid
from typing import Any

from asgiref.testing import ApplicationCommunicator
from channels.auth import AuthMiddlewareStack
from channels.db import database_sync_to_async
from channels.routing import URLRouter
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from factories import LabFactory, SandboxFactory

from accounts.models import User
from lab_sessions.models import LabSession
from lab_sessions.transitions import State
from sandboxes.models import Sandbox
from terminal.ceiling import below_ceiling
from terminal.origin import same_origin_only
from terminal.routing import websocket_urlpatterns

PATIENCE = 5.0  # seconds
# As config.asgi puts it together, without the pages.
application = same_origin_only(below_ceiling(AuthMiddlewareStack(URLRouter(websocket_urlpatterns))))
HOST = b"localhost"
ORIGIN = b"http://localhost"


class Browser(ApplicationCommunicator):
    """One WebSocket to the application. `channels.testing` has one too, but wants Daphne."""

    def __init__(self, path: str, headers: list[tuple[bytes, bytes]]) -> None:
        scope = {"type": "websocket", "scheme": "ws", "path": path, "query_string": b"", "headers": headers}
        super().__init__(application, {**scope, "subprotocols": []})

    async def connect(self) -> bool:
        """Shake hands; returns whether the application accepted."""
        await self.send_input({"type": "websocket.connect"})
        message = await self.receive_output(PATIENCE)
        return bool(message["type"] == "websocket.accept")

    async def send(self, frame: bytes) -> None:
        """Send one binary message."""
        await self.send_input({"type": "websocket.receive", "bytes": frame})

    async def receive(self) -> dict[str, Any]:
        """The next message from the application."""
        message: dict[str, Any] = await self.receive_output(PATIENCE)
        return message

    async def close_code(self) -> int:
        """Read on until the application closes the socket."""
        while (message := await self.receive())["type"] != "websocket.close":
            pass
        return int(message["code"])

    async def leave(self) -> None:
        """Close the tab."""
        await self.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.wait(PATIENCE)


def browse(path: str, sign_in: SessionStore | None, **headers: bytes | None) -> Browser:
    """A WebSocket as a page of this site opens it; `headers` replace the usual ones, None leaves one out."""
    wanted: dict[str, bytes | None] = {"host": HOST, "origin": ORIGIN, **headers}
    if sign_in:
        wanted["cookie"] = f"{settings.SESSION_COOKIE_NAME}={sign_in.session_key}".encode()
    return Browser(path, [(name.encode(), value) for name, value in wanted.items() if value is not None])


async def refusal(path: str, sign_in: SessionStore | None) -> int:
    """The code with which a WebSocket is closed after the handshake."""
    browser = browse(path, sign_in)
    assert await browser.connect()
    return await browser.close_code()


@database_sync_to_async
def sign_in(user: User) -> SessionStore:
    """A sign-in of `user`, as the sign-in page makes it."""
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store


@database_sync_to_async
def ready_session(learner: User, **changes: Any) -> LabSession:
    """A lab session with a sandbox that exists only as a row."""
    lab = LabFactory()
    now = timezone.now()
    sandbox = SandboxFactory(lab=lab, state=Sandbox.State.ASSIGNED, assigned_at=now)
    values = {"state": State.READY, "sandbox": sandbox, "expires_at": now, "idle_at": now, **changes}
    return LabSession.objects.create(learner=learner, lab=lab, lab_key=lab.key, **values)


def terminal_path(session_id: uuid.UUID, name: str = "main") -> str:
    """The address of a terminal."""
    return f"/ws/terminal/{session_id}/{name}/"
