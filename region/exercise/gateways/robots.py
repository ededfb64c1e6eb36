"""Group robots as WeCom and DingTalk run them: the answer is always 200, and a number in it says what became of it.

Neither knows a message again: one that is handed in twice appears twice, which the counts show.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web

from region.exercise.gateways.manners import Book, Message, silence

WECOM_BYTES = {"text": 2048, "markdown": 4096}
DINGTALK_BYTES = 20_000
DINGTALK_WINDOW = timedelta(hours=1)


def _answer(code: int, words: str) -> web.Response:
    return web.json_response({"errcode": code, "errmsg": words})


@dataclass(frozen=True)
class Wecom:
    """WeCom's robots, by the `key` in their address; any key is a robot until it is said to be gone."""

    book: Book

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One message for a group."""
        robot, key = request.query.get("key", ""), request.headers.get("Idempotency-Key", "")
        said = _said(await request.read())
        words = said.get(said.get("msgtype", ""), {}).get("content", "")
        if said.get("msgtype") not in WECOM_BYTES or not words:
            self.book.refused["wecom:form"] += 1
            return _answer(40008, "invalid message type")
        if len(words.encode()) > WECOM_BYTES[said["msgtype"]]:
            self.book.refused["wecom:length"] += 1
            return _answer(40058, "content exceed max length")
        fate = await self.book.fate("wecom", robot, key)
        if fate == "fail":
            return _answer(45009, "api freq out of limit")
        if fate == "gone" or not robot:
            return _answer(93000, "invalid webhook url")
        self.book.took(Message("wecom", robot, key, words, dict(request.headers), said), once=False)
        if fate == "hang":
            await silence()
        return _answer(0, "ok")


@dataclass(frozen=True)
class Dingtalk:
    """DingTalk's robots, by their access token; those in `secrets` ask for a signature, the others for none."""

    book: Book
    now: Callable[[], datetime]
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One message for a group."""
        robot, key = request.query.get("access_token", ""), request.headers.get("Idempotency-Key", "")
        if not self._signed(robot, request.query.get("timestamp", ""), request.query.get("sign", "")):
            self.book.refused["dingtalk:sign"] += 1
            return _answer(310000, "sign not match")
        said = _said(await request.read())
        words = said.get("markdown", {}).get("text") or said.get("text", {}).get("content", "")
        if said.get("msgtype") not in ("text", "markdown") or not words:
            self.book.refused["dingtalk:form"] += 1
            return _answer(40035, "invalid parameter")
        if len(words.encode()) > DINGTALK_BYTES:
            self.book.refused["dingtalk:length"] += 1
            return _answer(460101, "message too long")
        fate = await self.book.fate("dingtalk", robot, key)
        if fate == "fail":
            return _answer(130101, "send too fast")
        if fate == "gone" or not robot:
            return _answer(300001, "token is not exist")
        self.book.took(Message("dingtalk", robot, key, words, dict(request.headers), said), once=False)
        if fate == "hang":
            await silence()
        return _answer(0, "ok")

    def _signed(self, robot: str, timestamp: str, signature: str) -> bool:
        secret = self.secrets.get(robot)
        if secret is None:
            return True
        if not timestamp.isdigit():
            return False
        wanted = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), sha256).digest()
        fresh = abs(self.now().timestamp() * 1000 - int(timestamp)) <= DINGTALK_WINDOW.total_seconds() * 1000
        return fresh and hmac.compare_digest(base64.b64encode(wanted).decode(), signature)


def _said(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
