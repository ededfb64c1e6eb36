"""How a site is reached: its channel, its first sign of life, and its silence that is known about."""

from __future__ import annotations

import re
import secrets
from urllib.parse import urlsplit

from region.places.events import ChannelSet, SiteCameBack, SiteConnected, SiteWentDark
from region.places.models import Place, Site
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

REASON = re.compile(r"[a-z][a-z0-9_]{0,39}")


def set_channel(w: Work, site_id: int, url: str | None) -> str | None:
    """Set where the site's own system receives directives; gives the new key, which is shown this once.

    The key is sealed where it lies. None takes the webhook away. Invalid unless the address is http or https
    with a host and without a name and password in it.
    """
    w.need("places.load", site_id)
    site = w.get(Site, site_id)
    key: str | None = None
    if url is None:
        site.webhook_url = site.webhook_key = None
    else:
        site.webhook_url = _checked(url)
        key = secrets.token_urlsafe(32)
        site.webhook_key = w.office.installation.seal.close(key)
    w.tell(ChannelSet(site=site_id, channel="webhook" if url else "none", place=site_id))
    return key


def _checked(url: str) -> str:
    text = url.strip()
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in parts.netloc or len(text) > 300 or not text.isprintable() or " " in text:
        raise Invalid("address-unusable", field="webhook_url")
    return text


def site_connected(w: Work, site_id: int, channel: str) -> bool:
    """Note that somebody of the site signed in, or its system answered, for the first time; True when new."""
    w.need("dispatch.read", site_id)
    site = w.get(Site, site_id)
    if site.connected_at is not None:
        return False
    site.connected_at = w.now
    w.tell(SiteConnected(site=site_id, channel=channel, place=site_id))
    return True


def go_dark(w: Work, site_id: int, reason: str) -> Place:
    """Note that a site is known to be cut off; `reason` is a code. Saying it again changes nothing."""
    w.need("dispatch.waive", site_id)
    if not REASON.fullmatch(reason):
        raise Invalid("reason-unusable", field="reason")
    site = w.get(Site, site_id)
    if site.dark_since is None:
        site.dark_since, site.dark_reason = w.now, reason
        w.tell(SiteWentDark(site=site_id, reason=reason, place=site_id))
    elif site.dark_reason != reason:
        raise Refused("dark-already", site=site_id)
    return site.place


def come_back(w: Work, site_id: int) -> Place:
    """Note that a dark site answers again; one that is not dark stays as it is."""
    w.need("dispatch.waive", site_id)
    site = w.get(Site, site_id)
    if site.dark_since is not None:
        site.dark_since = site.dark_reason = None
        w.tell(SiteCameBack(site=site_id, place=site_id))
    return site.place
