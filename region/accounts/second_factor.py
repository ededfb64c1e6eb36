"""The second factor: time-based one-time passwords (RFC 6238, 30 s, six digits) and the picture that carries them."""

from __future__ import annotations

import hmac
from datetime import datetime

import pyotp
import segno

STEP = 30
DRIFT = 1
"""Steps by which a telephone's clock may be wrong, either way (RFC 6238, section 5.2 advises one)."""


def new_secret() -> str:
    """A fresh secret of 160 bits in base 32."""
    return pyotp.random_base32()


def address(secret: str, login: str, issuer: str) -> str:
    """The ``otpauth://`` address that an authenticator reads from its picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def matching_step(secret: str, code: str, at: datetime, last: int | None) -> int | None:
    """The step that `code` belongs to, or None; a step at or before `last` was used already and is refused."""
    now = int(at.timestamp()) // STEP
    given = "".join(code.split())
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(now - DRIFT, now + DRIFT + 1):
        fresh = last is None or step > last
        if hmac.compare_digest(totp.generate_otp(step).encode(), given.encode()) and fresh:
            found = step
    return found


def picture(text: str) -> str:
    """A QR code of `text` as an SVG element without a size of its own, black on white whatever the theme."""
    svg: str = segno.make(text, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True
    )
    return svg
