"""A small OpenID Connect server on loopback: discovery, authorization code with PKCE, signed id tokens, user info."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from config.sign_in import oidc_providers

CLIENT_ID, SECRET = "muelle-client", "muelle-secret"
KEY_ID = "key-1"


@dataclass
class OpenIdServer:
    """What the server believes. Tests change it: who is signed in there, and how it misbehaves."""

    person: dict[str, Any] = field(default_factory=lambda: {"sub": "0815", "preferred_username": "nadia"})
    audience: str = CLIENT_ID
    broken: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    redeemed: list[str] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.access_token = secrets.token_urlsafe(16)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }

    def keys(self) -> dict[str, Any]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True)
        return {"keys": [{**public, "kid": KEY_ID, "alg": "RS256", "use": "sig"}]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Agree at once, as a server does to whom one is signed in; return where the browser goes."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, given: dict[str, str]) -> dict[str, Any] | None:
        """Redeem a code once, for who began with it."""
        asked = self.codes.pop(given.get("code", ""), None)
        proof = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        proven = asked and asked["code_challenge"] == base64.urlsafe_b64encode(proof).rstrip(b"=").decode()
        if not proven or (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, SECRET):
            return None
        if asked is None or given.get("redirect_uri") != asked["redirect_uri"]:
            return None
        self.redeemed.append(given["code"])
        now = int(time.time())
        claims = {"iss": self.url, "aud": self.audience, "iat": now, "exp": now + 60, **self.person}
        id_token = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": KEY_ID})
        return {"access_token": self.access_token, "token_type": "Bearer", "expires_in": 60, "id_token": id_token}


class _Handler(BaseHTTPRequestHandler):
    site: OpenIdServer

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if self.site.broken:
            self._answer(500, {"error": "broken"})
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(200, self.site.discovery())
        elif parts.path == "/keys":
            self._answer(200, self.site.keys())
        elif parts.path == "/authorize":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("Location", self.site.authorize(asked))
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif parts.path == "/userinfo":
            known = self.headers.get("Authorization") == f"Bearer {self.site.access_token}"
            self._answer(200 if known else 401, self.site.person if known else {})
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        tokens = self.site.token({name: values[0] for name, values in parse_qs(body).items()})
        self._answer(200 if tokens else 400, tokens or {"error": "invalid_grant"})

    def _answer(self, status: int, document: dict[str, Any]) -> None:
        body = json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name is the standard library's
        """Say nothing: tests do."""


@contextmanager
def running() -> Iterator[OpenIdServer]:
    """Run a server on a free port of loopback."""
    site = OpenIdServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def named_in(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenIdServer]:
    """Run one, and name it in the site's settings as "Liceo"."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with running() as server:
        settings.ROOT_URLCONF = "tests.web.every_url"
        settings.MUELLE_OIDC_SERVER_URL, settings.MUELLE_OIDC_NAME = server.url, "Liceo"
        settings.SOCIALACCOUNT_PROVIDERS = oidc_providers(
            server_url=server.url, client_id=CLIENT_ID, secret=SECRET, name="Liceo"
        )
        yield server
