"""The stand-ins of providers in a process of their own: told how to behave, asked what they saw."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from region.dispatch.channels.signature import verify
from region.exercise.gateways.manners import Book, Manner
from region.exercise.gateways.phones import answer_of
from region.exercise.gateways.server import running_elsewhere
from region.spine.clock import wall_clock
from tests.region.dispatch.channels.letters import NUMBER, letter, send


def test_they_run_alone_behave_as_told_and_count() -> None:
    with running_elsewhere() as elsewhere:
        gateways = elsewhere.gateways()
        elsewhere.behave("sms", fail_first=1)
        one, box = letter("sms", NUMBER), letter("email", "desk@clinic.example")
        assert [send(gateways, it).kind for it in (one, one, box)] == ["retry", "made", "made"]
        seen = elsewhere.summary()
        assert seen["arrivals"]["sms"] == {one.uid: 2} and seen["effects"]["sms"] == {one.uid: 1}
        assert list(seen["effects"]["email"].values()) == [1]
        assert send(gateways, letter("push", json.dumps(elsewhere.subscribe("phone-1")))).kind == "made"
        wrong = Request(f"{gateways.origin}/-/manner", b'{"channel": "sms", "temper": 1}')
        with pytest.raises(HTTPError, match="422"):
            urlopen(wrong)
        elsewhere.forget()
        assert elsewhere.summary() == {"arrivals": {}, "effects": {}, "refused": {}}


def test_an_unknown_manner_is_refused() -> None:
    with pytest.raises(ValueError, match="temper"):
        Manner().changed(temper=1)
    with pytest.raises(ValueError, match="unpack"):
        Book().behave("sms", delay_ms=(1, 2, 3))


def test_what_somebody_answers_is_signed_as_the_region_wants_it() -> None:
    now = wall_clock()
    headers, body = answer_of("key", "+8613800000001", "签收 482913", "p-1", now)
    told = verify("key", headers["Region-Timestamp"], body, headers["Region-Signature"], now)
    assert told is None and json.loads(body)["from"] == "+8613800000001"
