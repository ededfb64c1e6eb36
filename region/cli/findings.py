"""What `region doctor` found at one place, in words that are translated when they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _(text: str) -> str:
    """Mark a text for translation; it is translated where it is shown."""
    return text


@dataclass(frozen=True)
class Finding:
    """One line of the doctor: what was looked at, whether it is well, what was seen, how to mend it.

    The texts are English msgids whose placeholders are named in `facts`.
    """

    what: str
    well: bool
    told: str
    mend: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
