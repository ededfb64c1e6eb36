"""The provider of short messages and of calls: signed JSON in, ``{"id", "status"}`` out, and what people answer.

The protocol is the one of docs/channels.md. A message is sent once for each `id`, however often it is handed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from region.dispatch.channels.signature import sign, verify
from region.exercise.gateways.manners import Book, Message, silence

FAIL_STATUS, GONE_STATUS, UNSIGNED_STATUS = 503, 422, 401


@dataclass(frozen=True)
class Phones:
    """The provider of one of the two channels, ``sms`` or ``voice``; `key` is shared with its customer."""

    channel: str
    book: Book
    key: Callable[[], str]
    now: Callable[[], datetime]

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One message handed in."""
        body = await request.read()
        wrong = verify(
            self.key(),
            request.headers.get("Region-Timestamp", ""),
            body,
            request.headers.get("Region-Signature", ""),
            self.now(),
        )
        if wrong:
            self.book.refused[f"{self.channel}:{wrong}"] += 1
            return web.json_response({"status": "refused", "code": wrong}, status=UNSIGNED_STATUS)
        said = json.loads(body)
        to, text, key = str(said["to"]), str(said["text"]), str(said["id"])
        fate = await self.book.fate(self.channel, to, key)
        if fate == "fail":
            return web.json_response({"id": key, "status": "busy"}, status=FAIL_STATUS)
        if fate == "gone":
            return web.json_response({"id": key, "status": "rejected", "code": "number"}, status=GONE_STATUS)
        facts = {"code": said.get("code")}
        self.book.took(Message(self.channel, to, key, text, dict(request.headers), facts), once=True)
        if fate == "hang":
            await silence()
        return web.json_response({"id": key, "status": "accepted"})


def answer_of(key: str, number: str, text: str, id: str, at: datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body with which the provider hands on what somebody answered, by text or by pressing keys.

    It is posted to ``/api/v1/channels/sms/inbound`` (or ``voice``) of the region; `id` is the provider's own.
    """
    body = json.dumps(
        {"from": number, "text": text, "id": id, "at": at.isoformat()}, ensure_ascii=False
    ).encode()
    timestamp = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "Region-Timestamp": str(timestamp),
        "Region-Signature": sign(key, timestamp, body),
    }
    return headers, body
