"""The elements of CAP 1.2 in the order of its schema, how often each may stand, and its vocabularies."""

from __future__ import annotations

import re
from dataclasses import dataclass

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True)
class Rule:
    """One element inside another: whether it must be there, may repeat, and what its text may be."""

    name: str
    required: bool = False
    many: bool = False
    kind: str = "text"


def _rules(*said: str) -> tuple[Rule, ...]:
    """``status! one-of`` is required, ``info* parts`` may repeat, ``category+ one-of`` both."""
    made = []
    for line in said:
        name, _, kind = line.partition(" ")
        made.append(Rule(name.rstrip("!*+"), name[-1] in "!+", name[-1] in "*+", kind or "text"))
    return tuple(made)


GRAMMAR: dict[str, tuple[Rule, ...]] = {
    "alert": _rules(
        *("identifier! name", "sender! name", "sent! time", "status! word", "msgType! word", "source"),
        *("scope! word", "restriction", "addresses", "code*", "note", "references", "incidents"),
        "info* parts",
    ),
    "info": _rules(
        *("language language", "category+ word", "event!", "responseType* word", "urgency! word"),
        *("severity! word", "certainty! word", "audience", "eventCode* parts", "effective time"),
        *("onset time", "expires time", "senderName", "headline", "description", "instruction"),
        *("web uri", "contact", "parameter* parts", "resource* parts", "area* parts"),
    ),
    "resource": _rules("resourceDesc!", "mimeType!", "size whole", "uri uri", "derefUri", "digest digest"),
    "area": _rules(
        *("areaDesc!", "polygon* polygon", "circle* circle", "geocode* parts"),
        *("altitude number", "ceiling number"),
    ),
    "eventCode": _rules("valueName!", "value!"),
    "parameter": _rules("valueName!", "value!"),
    "geocode": _rules("valueName!", "value!"),
}
WORDS: dict[str, tuple[str, ...]] = {
    "status": ("Actual", "Exercise", "System", "Test", "Draft"),
    "msgType": ("Alert", "Update", "Cancel", "Ack", "Error"),
    "scope": ("Public", "Restricted", "Private"),
    "category": (
        *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra"),
        *("CBRNE", "Other"),
    ),
    "responseType": (
        *("Shelter", "Evacuate", "Prepare", "Execute", "Avoid", "Monitor", "Assess", "AllClear", "None"),
    ),
    "urgency": ("Immediate", "Expected", "Future", "Past", "Unknown"),
    "severity": ("Extreme", "Severe", "Moderate", "Minor", "Unknown"),
    "certainty": ("Observed", "Likely", "Possible", "Unlikely", "Unknown"),
}
REFERRING = ("Update", "Cancel", "Ack", "Error")
"""Message types that are about an earlier message and must name it."""

NAME = re.compile(r"[^\s,<&]+")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
DIGEST = re.compile(r"[0-9A-Fa-f]{40}")
ADDRESS = re.compile(r'"([^"]*)"|(\S+)')
