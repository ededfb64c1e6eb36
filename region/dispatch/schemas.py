"""What comes in to dispatch, parsed once for form, JSON and table row."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,40}$")]


class Parsed(BaseModel):
    """Nothing unknown, nothing changed after parsing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Choice(Parsed):
    """Which sites: those in any of `areas` (all if empty) of any of `types`, inside `polygon`; and `sites` by hand.

    `polygon` is a list of [lon, lat] corners in WGS-84.
    """

    areas: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    polygon: tuple[tuple[float, float], ...] = ()
    sites: tuple[int, ...] = ()

    @property
    def by_rule(self) -> bool:
        """Whether anything but single sites was chosen."""
        return bool(self.areas or self.types or self.polygon)


class Draft(Parsed):
    """A directive as it is composed; from a template with its placeholders, or in words of one's own."""

    form_token: Uid
    incident_id: int
    template: str | None = None
    given: dict[str, Any] = Field(default_factory=dict)
    kind: str | None = None
    urgency: Literal["flash", "urgent", "priority", "routine"] | None = None
    title_zh: Line | None = None
    title_en: Line | None = None
    body_zh: Words | None = None
    body_en: Words | None = None
    ground: Annotated[str, StringConstraints(max_length=200)] = ""
    task_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 60)] | None = None
    choice: Choice
    supersedes_id: int | None = None


class Signature(Parsed):
    """A site's signature; `signed_at` is the moment on the device, when it was made without a network."""

    signed_at: datetime | None = None


class TaskReport(Parsed):
    """What a site reports; `uid` makes sending it twice harmless."""

    uid: Uid
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""
    numbers: dict[str, float] = Field(default_factory=dict)
    files: tuple[int, ...] = ()


class Saying(Parsed):
    """Words about one recipient's task; `uid` makes sending them twice harmless."""

    uid: Uid
    text: Words
