"""Addresses as people type them: read into one form, kept to the providers' own hosts, masked where they are shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from region.accounts.roster import telephone as read_telephone
from region.formats.codes import mask_phone
from region.spine.errors import Invalid
from region.spine.seal import Seal

MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{3,190}$)[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII
)
ROBOT_KEY = re.compile(r"[A-Za-z0-9_-]{4,100}", re.ASCII)
ROBOT_SECRET = re.compile(r"[A-Za-z0-9_-]{8,100}", re.ASCII)
ROBOTS = {"wecom": ("/cgi-bin/webhook/send", "key"), "dingtalk": ("/robot/send", "access_token")}
"""Path and name of the key in a robot's address, by channel."""
PUBLIC_KEY = re.compile(r"B[A-Za-z0-9_-]{86}", re.ASCII)
AUTH = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
LONGEST = 700
"""Letters of an address: sealed it is a third longer, and the column takes a thousand."""


def mark(seal: Seal, channel: str, address: str) -> str:
    """The keyed hash under which an address of a channel is looked up; `address` in the form that is kept."""
    return seal.digest(f"{channel}:{address}")


def telephone(raw: str, *, invented: bool = False) -> str:
    """A number in the form that is kept: eleven digits, ``021-60000000``, or ``+`` and digits; Invalid otherwise."""
    number = read_telephone(raw, invented=invented)
    if number is None:
        raise Invalid("address-bad", field="address", channel="telephone")
    return number


def dialled(number: str) -> str | None:
    """A kept number as gateways take it (E.164: ``+`` and up to 15 digits); None when it is none."""
    digits = re.sub(r"-\d{1,6}$", "", number) if number.count("-") > 1 else number
    digits = digits.replace("-", "")
    if re.fullmatch(r"\+\d{7,15}", digits, re.ASCII):
        return digits
    if re.fullmatch(r"1\d{10}", digits, re.ASCII):
        return f"+86{digits}"
    return f"+86{digits[1:]}" if re.fullmatch(r"0[1-9]\d{8,10}", digits, re.ASCII) else None


def mailbox(raw: str) -> str:
    """A mailbox, its host in small letters; Invalid when it is none."""
    name, _, host = raw.strip().rpartition("@")
    found = f"{name}@{host.lower()}"
    if not MAILBOX.fullmatch(found):
        raise Invalid("address-bad", field="address", channel="email")
    return found


def robot(channel: str, raw: str, allowed: str) -> str:
    """A group robot: its address, and after a space the secret with which DingTalk wants it signed.

    Only the provider's own hosts (`allowed`, origins with spaces between) and its own path pass.
    """
    url, _, secret = raw.strip().partition(" ")
    path, name = ROBOTS[channel]
    parts = _parts(url)
    key = re.fullmatch(rf"{name}=([^&]*)", parts.query) if parts is not None else None
    good = parts is not None and parts.path == path and not parts.fragment and permitted(url, allowed)
    if not good or key is None or not ROBOT_KEY.fullmatch(key[1]):
        raise Invalid("address-bad", field="address", channel=channel)
    if secret and (channel != "dingtalk" or not ROBOT_SECRET.fullmatch(secret.strip())):
        raise Invalid("address-bad", field="address", channel=channel)
    return f"{url} {secret.strip()}".strip()


def subscription(raw: Any, allowed: str) -> str:
    """A browser's push subscription ({endpoint, keys: {p256dh, auth}}) as compact JSON; Invalid when it is none."""
    given = raw if isinstance(raw, dict) else {}
    endpoint, keys = given.get("endpoint"), given.get("keys")
    own = {name: keys.get(name) for name in ("p256dh", "auth")} if isinstance(keys, dict) else {}
    good = _matches(PUBLIC_KEY, own.get("p256dh")) and _matches(AUTH, own.get("auth"))
    if not good or not isinstance(endpoint, str) or not permitted(endpoint, allowed):
        raise Invalid("address-bad", field="address", channel="push")
    text = json.dumps({"endpoint": endpoint, "keys": own}, separators=(",", ":"), sort_keys=True)
    if len(text) > LONGEST:
        raise Invalid("address-bad", field="address", channel="push")
    return text


def _matches(form: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and form.fullmatch(value) is not None


def permitted(url: str, allowed: str) -> bool:
    """Whether an address is of one of these origins: ``https://host``, ``https://*.host`` for all hosts below it.

    Plain http passes only to this machine itself, and only where its origin is named.
    """
    parts = _parts(url)
    if parts is None or parts.hostname is None or parts.username is not None or parts.password is not None:
        return False
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        return False
    return any(_same(parts.scheme, parts.netloc.lower(), origin) for origin in allowed.split())


def _same(scheme: str, host: str, origin: str) -> bool:
    wanted = f"{scheme}://"
    if not origin.lower().startswith(wanted):
        return False
    named = origin.lower().removeprefix(wanted).rstrip("/")
    return host.endswith(named[1:]) and host != named[2:] if named.startswith("*.") else host == named


def _parts(url: str) -> Any:
    """The parts of an address, or None for what is none; anything that two readers could read in two ways is none."""
    if len(url) > LONGEST or not url.isascii() or re.search(r"[\s\\\x00-\x1f]", url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


def _mask_url(address: str) -> str:
    parts = urlsplit(address.partition(" ")[0])
    return f"{parts.scheme}://{parts.netloc}/…{address.partition(' ')[0][-4:]}"


def _mask_mailbox(address: str) -> str:
    name, _, host = address.partition("@")
    return f"{name[:1]}***@{host}"


def _mask_subscription(address: str) -> str:
    return str(urlsplit(json.loads(address)["endpoint"]).netloc)


MASKS: dict[str, Callable[[str], str]] = {
    "sms": mask_phone,
    "voice": mask_phone,
    "email": _mask_mailbox,
    "wecom": _mask_url,
    "dingtalk": _mask_url,
    "push": _mask_subscription,
}


def masked(channel: str, address: str) -> str:
    """As much of an address as screens and errors may show."""
    return MASKS[channel](address)
