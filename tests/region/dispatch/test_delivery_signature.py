"""What a receiver can tell from a signature: genuine, altered, or played again."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from region.dispatch.channels.signature import WINDOW, sign, verify

NOW = datetime(2022, 8, 1, 1, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = '{"number":"LJ-1","title":{"zh":"即刻管控"}}'.encode()


def test_it_is_the_documented_hmac() -> None:
    expected = hmac.new(b"key", f"{STAMP}.".encode() + BODY, sha256).hexdigest()
    assert sign("key", int(STAMP), BODY) == f"sha256={expected}"


def test_a_genuine_letter_passes() -> None:
    assert verify("key", STAMP, BODY, sign("key", int(STAMP), BODY), NOW) is None


@pytest.mark.parametrize(
    ("key", "stamp", "body", "signature"),
    [
        ("other", STAMP, BODY, None),
        ("key", STAMP, BODY + b" ", None),
        ("key", str(int(STAMP) + 1), BODY, None),
        ("key", STAMP, BODY, ""),
        ("key", STAMP, BODY, "sha256=é"),
    ],
)
def test_an_altered_letter_is_forged(key: str, stamp: str, body: bytes, signature: str | None) -> None:
    genuine = sign("key", int(STAMP), BODY)
    assert verify(key, stamp, body, genuine if signature is None else signature, NOW) == "forged"


@pytest.mark.parametrize("way", [1, -1])
def test_an_old_letter_played_again_is_stale(way: int) -> None:
    genuine = sign("key", int(STAMP), BODY)
    assert verify("key", STAMP, BODY, genuine, NOW + way * WINDOW) is None
    assert verify("key", STAMP, BODY, genuine, NOW + way * (WINDOW + timedelta(seconds=1))) == "stale"


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "９９", "9" * 400])
def test_a_timestamp_that_is_none_is_refused(stamp: str) -> None:
    assert verify("key", stamp, BODY, "sha256=0", NOW) == "timestamp"
