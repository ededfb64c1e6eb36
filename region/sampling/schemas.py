"""What a phone sends: boxes and tubes as they stand on it, and who is in them; bad parts are named by place."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from region.people.models import KINDS

Uid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Code = Annotated[str, Field(min_length=4, max_length=40)]
"""As scanned or typed; `formats.codes.tubes.read_code` brings it to its one form or says what is wrong."""


Id = Annotated[int, Field(ge=1, le=2**31 - 1)]
PersonId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""As the databases hold them: a larger one is a wrong field, not a batch that no phone gets rid of."""


class Sent(BaseModel):
    """A part of what a phone sends: JSON types as they are, nothing unknown."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


Moment = Annotated[AwareDatetime, Field(strict=False)]


class SentPerson(Sent):
    """Somebody in a tube: from the resident list by `person`, or by a paper, or a newborn with neither.

    `at` is when he was sampled, by the phone's clock.
    """

    uid: Uid
    at: Moment
    person: PersonId | None = None
    kind: Literal[KINDS] = "none"  # type: ignore[valid-type]
    number: Annotated[str, Field(max_length=40, repr=False)] = ""
    name: Annotated[str, Field(max_length=60, repr=False)] = ""
    phone: Annotated[str, Field(max_length=30, repr=False)] = ""
    home: Id | None = None
    """The grid or community where he lives; None: that of the site."""


class SentTube(Sent):
    """A tube as it stands on the phone: all its people each time. A higher `revision` replaces a lower one.

    `box` is the uid of its box; `closed_at` is empty while it is open; `void` when it was thrown away.
    """

    uid: Uid
    revision: Annotated[int, Field(ge=1, le=10_000)]
    code: Code
    method: Annotated[str, Field(max_length=16)]
    stream: Literal["round", "separate", "retest", "fever", "voluntary"] = "round"
    box: Uid | None = None
    opened_at: Moment
    closed_at: Moment | None = None
    void: bool = False
    people: Annotated[list[SentPerson], Field(max_length=40)]


class SentBox(Sent):
    """A box as it stands on the phone. Sealed: `sealed_at`, `tubes` in it, the seal's number, how cold it is."""

    uid: Uid
    code: Code
    opened_at: Moment
    sealed_at: Moment | None = None
    tubes: Annotated[int, Field(ge=0, le=5000)] = 0
    seal: Annotated[str, Field(max_length=40)] = ""
    celsius: Annotated[float | None, Field(ge=-90, le=60)] = None


class SentReason(Sent):
    """Why a person of the list was not sampled."""

    person: PersonId
    reason: Annotated[str, Field(max_length=24)]


class Batch(Sent):
    """One synchronisation. `sent_at` is the phone's clock at sending, from which its error is measured.

    `waiting` is how many tubes the phone still keeps after these.
    """

    device: Uid
    sent_at: Moment
    site: Id
    boxes: Annotated[list[SentBox], Field(max_length=200)] = []
    tubes: Annotated[list[SentTube], Field(max_length=500)] = []
    reasons: Annotated[list[SentReason], Field(max_length=500)] = []
    waiting: Annotated[int, Field(ge=0)] = 0


class Kept(Sent):
    """What became of one tube or box: ``kept``, ``contested`` (another has this code), ``refused`` with the reason.

    Of people in a tube, by uid; all stay recorded: `apart` must be sampled alone (the reason), `over` are more than the
    tube may hold, `twice` count by another tube or stand twice in this one, `papers` could not be read (the reason).
    Who is `apart` or `over` is due again. A tube with a code that is none is ``contested`` with the reason.
    """

    uid: str
    state: Literal["kept", "contested", "refused"]
    reason: str | None = None
    apart: dict[str, str] = {}
    twice: list[str] = []
    over: list[str] = []
    papers: dict[str, str] = {}


class SyncAnswer(Sent):
    """What the phone learns. `skew` in seconds: add it to the phone's clock; `flagged` when it is beyond the limit."""

    received_at: datetime
    skew: int
    flagged: bool
    boxes: list[Kept]
    tubes: list[Kept]


def wrong_parts(error: ValidationError) -> list[str]:
    """The places of what is wrong (``tubes.0.code``), never what stands there; a name that nobody knows is ``*``."""
    return [_place(one["loc"], one["type"]) for one in error.errors(include_input=False)]


def _place(loc: tuple[int | str, ...], kind: str) -> str:
    known = (*loc[:-1], "*") if kind == "extra_forbidden" else loc
    return ".".join(map(str, known)) or "-"
