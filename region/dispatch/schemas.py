"""What comes in to dispatch, parsed once for form, JSON and table row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
Shares = dict[str, Annotated[float, Field(gt=0)]]
Uid = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z-]{8,40}$")]


class Parsed(BaseModel):
    """Nothing unknown, nothing changed after parsing, no number that is none."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Hand:
    """By which way a signature came, and on which device: a made-up mark of it, never what identifies it."""

    way: Literal["portal", "link", "qr", "sms", "voice", "api", "behalf"] = "portal"
    device: str = ""


class Around(Parsed):
    """Within `metres` of a point [lon, lat] in WGS-84, or of the outline of an area."""

    metres: Annotated[float, Field(gt=0, le=200_000)]
    point: tuple[float, float] | None = None
    area: int | None = None


class Condition(Parsed):
    """A number known of each site, or summed over the area of a `level` that it lies in, against a limit."""

    fact: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_.]{0,39}$")]
    op: Literal["<", "<=", ">", ">=", "="]
    value: float
    level: str | None = None


class Choice(Parsed):
    """Which sites: those in any of `areas` (all if empty) of any of `types`, inside `polygon`, within `around`, that
    meet all `conditions`; those of the saved `groups`; and `sites` by hand; without those left out.

    `polygon` is a list of [lon, lat] corners in WGS-84.
    """

    areas: tuple[int, ...] = ()
    types: tuple[str, ...] = ()
    polygon: tuple[tuple[float, float], ...] = ()
    around: Around | None = None
    conditions: Annotated[tuple[Condition, ...], Field(max_length=8)] = ()
    groups: Annotated[tuple[int, ...], Field(max_length=20)] = ()
    sites: tuple[int, ...] = ()
    without_sites: tuple[int, ...] = ()
    without_areas: tuple[int, ...] = ()

    @property
    def by_rule(self) -> bool:
        """Whether anything but single sites and groups was chosen."""
        return bool(self.areas or self.types or self.polygon or self.around or self.conditions)


class SavedGroup(Parsed):
    """A choice to be kept under a name; `name_en` falls back to the Chinese one."""

    name_zh: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
    name_en: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    choice: Choice


class Draft(Parsed):
    """A directive as it is composed; from a template with its placeholders, or in words of one's own."""

    form_token: Uid
    incident_id: int
    template: str | None = None
    given: dict[str, Any] = Field(default_factory=dict)
    kind: str | None = None
    urgency: Literal["flash", "urgent", "priority", "routine"] | None = None
    title_zh: Title | None = None
    title_en: Line | None = None
    body_zh: Words | None = None
    body_en: Words | None = None
    ground: Annotated[str, StringConstraints(max_length=200)] = ""
    task_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 60)] | None = None
    evidence: Annotated[tuple[dict[str, Any], ...], Field(max_length=12)] = ()
    """What to hand in, of an order in words of one's own: read as the rules' own evidence is."""
    choice: Choice
    supersedes_id: int | None = None


class PassOn(Parsed):
    """How a recipient makes an order of its own out of the one it received: for `choice` sites below it, or `people`.

    What is left out is as in the order from above. `people` are ids of accounts. How much each is to do stands by
    name of the evidence in `targets` for a site, in `people_targets` for a person.
    """

    form_token: Uid
    kind: str | None = None
    urgency: Literal["flash", "urgent", "priority", "routine"] | None = None
    title_zh: Title | None = None
    title_en: Line | None = None
    body_zh: Words | None = None
    body_en: Words | None = None
    ground: Annotated[str, StringConstraints(max_length=200)] | None = None
    task_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 60)] | None = None
    choice: Choice = Choice()
    people: Annotated[tuple[int, ...], Field(max_length=10_000)] = ()
    targets: dict[int, Shares] = Field(default_factory=dict)
    people_targets: dict[int, Shares] = Field(default_factory=dict)


class Withdrawal(Parsed):
    """Why an order is taken back."""

    note: Words


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


class CallSigned(Saying):
    """What was said on the telephone with whom, when the desk signs on a site's behalf."""

    spoke_with: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]


class Asking(Parsed):
    """What a site sends upward: a request for instructions, or a report of something that happened.

    `files` are its own; `asks` makes a report of an incident wait for an answer; `place` says from which of the
    sender's places, where there are several.
    """

    form_token: Uid
    kind: Literal["request", "incident_report"]
    urgency: Literal["flash", "urgent", "priority", "routine"] = "urgent"
    title: Title
    text: Words
    files: Annotated[tuple[int, ...], Field(max_length=20)] = ()
    asks: bool = False
    place: int | None = None


class Further(Parsed):
    """A request is passed further up; the same form sent twice passes it once."""

    form_token: Uid


class Ruling(Parsed):
    """How the office above answers: it agrees or refuses, in words; `uid` makes sending it twice harmless."""

    uid: Uid
    agree: bool
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] = ""


class Told(Parsed):
    """How far one task has come, as the site says; `uid` makes sending it twice harmless."""

    uid: Uid
    task: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    value: float


class Nil(Parsed):
    """There was nothing; `uid` makes sending it twice harmless."""

    uid: Uid


class Targets(Parsed):
    """How much each recipient (its number) is to do of each task; or `total` of `task` shared out `by` a rule."""

    each: dict[int, dict[str, float]] = Field(default_factory=dict)
    task: str | None = None
    total: Annotated[float, Field(ge=0, le=1e12)] | None = None
    by: Literal["population", "capacity", "equal"] = "population"


class Count(Parsed):
    """What a site's own system counted of a measure in all since the beginning of the day of `at`."""

    measure: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    at: AwareDatetime
    value: Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]
