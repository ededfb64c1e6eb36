"""A push service and the browsers behind it: checks who sends (RFC 8292), decrypts as the browser would (RFC 8291)."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import http_ece  # type: ignore[import-untyped]
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02  # type: ignore[import-untyped]

from region.exercise.gateways.manners import Book, Message, silence

LONGEST_TOKEN = timedelta(hours=24)


@dataclass(frozen=True)
class Browser:
    """One browser that has agreed: its secret half of the key, and the word that both sides know."""

    private: ec.EllipticCurvePrivateKey = field(repr=False)
    auth: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> Browser:
        return cls(ec.generate_private_key(ec.SECP256R1()), os.urandom(16))

    def keys(self) -> dict[str, str]:
        """What it gives to those who may write to it, as ``PushSubscription.toJSON().keys`` has it."""
        public = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"p256dh": _text(public), "auth": _text(self.auth)}

    def read(self, body: bytes) -> str:
        """The message in `body`; raises http_ece.ECEException where it was not meant for this browser."""
        plain: bytes = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth)
        return plain.decode()


@dataclass
class Pushes:
    """The push service: each subscription has an address of its own below ``/push/``."""

    book: Book
    now: Callable[[], datetime]
    origin: Callable[[], str]
    browsers: dict[str, Browser] = field(default_factory=dict)

    def subscribe(self, name: str) -> dict[str, Any]:
        """A new subscription, as the page posts it to the region."""
        browser = self.browsers[name] = Browser.fresh()
        return {"endpoint": f"{self.origin()}/push/{name}", "keys": browser.keys()}

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One message for a browser."""
        name = request.match_info["name"]
        key = f"{request.headers.get('Topic', '')}/{name}"
        wrong = self._stranger(request.headers.get("Authorization", ""))
        if wrong or "TTL" not in request.headers:
            self.book.refused[f"push:{wrong or 'ttl'}"] += 1
            return web.Response(status=403 if wrong else 400)
        fate = await self.book.fate("push", name, key)
        browser = self.browsers.get(name)
        if fate == "gone" or browser is None:
            return web.Response(status=410)
        if fate == "fail":
            return web.Response(status=429, headers={"Retry-After": "1"})
        try:
            said = browser.read(await request.read())
        except http_ece.ECEException:
            self.book.refused["push:unreadable"] += 1
            return web.Response(status=400)
        self.book.took(Message("push", name, key, said, dict(request.headers), json.loads(said)), once=True)
        if fate == "hang":
            await silence()
        return web.Response(status=201)

    def _stranger(self, authorization: str) -> str:
        """Why the sender's proof does not hold, or nothing."""
        try:
            if not Vapid02.verify(authorization):
                return "forged"
            token = authorization.split("t=", 1)[1].split(",", 1)[0]
            claims = json.loads(_bytes(token.split(".")[1]))
        except (AssertionError, ValueError, IndexError):
            return "no-proof"
        left = float(claims.get("exp", 0)) - self.now().timestamp()
        if claims.get("aud") != self.origin():
            return "audience"
        return "" if 0 < left <= LONGEST_TOKEN.total_seconds() and claims.get("sub") else "expired"


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
