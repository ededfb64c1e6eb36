"""Findings of a plan as sentences in the reader's language, from the catalogues (``plan:CODE``)."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

from region.spine import i18n


def finding(lang: str, one: Mapping[str, Any]) -> str:
    """The sentence for a notice, warning or refusal; one without a sentence is its code and facts."""
    facts = {name: _plain(value) for name, value in one["facts"].items()}
    code = f"plan:{one['code']}"
    sentence = i18n.translate(lang, code)
    if sentence == code:
        told = ", ".join(f"{name} {value}" for name, value in facts.items())
        return f"{one['code']}: {told}" if told else str(one["code"])
    names = [name for _, name, _, _ in Formatter().parse(sentence) if name]
    return sentence.format(**{name: facts.get(name, "–") for name in names})


def shift(lang: str, found: Mapping[str, Any]) -> str:
    """The sentence for a batch that looks shifted."""
    shares = {name: f"{found[name]:.0%}" for name in ("inside_before", "inside_after")}
    return finding(lang, {"code": "shifted", "facts": {**found, **shares}})


def _plain(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_plain(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
