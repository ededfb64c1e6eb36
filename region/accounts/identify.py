"""Who is asking: a signed-in browser, a program with a token, or a site's own system with its signature."""

from __future__ import annotations

from typing import Any

from region.spine.actor import Actor
from region.spine.work import Office


def identify(office: Office, request: Any) -> Actor | None:
    """The actor behind a request, or None when nobody is signed in."""
    return None
