"""The elements of CAP 1.2 in the order of its schema, how often each may stand, and its vocabularies."""

from __future__ import annotations

import re

from region.formats.markup.grammar import Rule, rules

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"

GRAMMAR: dict[str, tuple[Rule, ...]] = {
    "alert": rules(
        *("identifier! name", "sender! name", "sent! time", "status! word", "msgType! word", "source"),
        *("scope! word", "restriction", "addresses", "code*", "note", "references", "incidents"),
        "info* parts",
    ),
    "info": rules(
        *("language language", "category+ word", "event!", "responseType* word", "urgency! word"),
        *("severity! word", "certainty! word", "audience", "eventCode* parts", "effective time"),
        *("onset time", "expires time", "senderName", "headline", "description", "instruction"),
        *("web uri", "contact", "parameter* parts", "resource* parts", "area* parts"),
    ),
    "resource": rules("resourceDesc!", "mimeType!", "size whole", "uri uri", "derefUri", "digest digest"),
    "area": rules(
        *("areaDesc!", "polygon* polygon", "circle* circle", "geocode* parts"),
        *("altitude number", "ceiling number"),
    ),
    "eventCode": rules("valueName!", "value!"),
    "parameter": rules("valueName!", "value!"),
    "geocode": rules("valueName!", "value!"),
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
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
DIGEST = re.compile(r"[0-9A-Fa-f]{40}")
ADDRESS = re.compile(r'"([^"]*)"|(\S+)')
