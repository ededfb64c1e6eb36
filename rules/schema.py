"""The shape that a rule pack must have: values, tables and templates, each with its source and examples."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from rules.units import UNITS, frozen, read_duration

PACK_ID = r"^[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$"
NAME = r"^[a-z][a-z0-9_]*(\.[a-z0-9][a-z0-9_]*)*$"
WORD = r"^[a-z][a-z0-9_]*$"

Mark = Literal["verified_primary", "verified_secondary", "well_known", "unverified", "design"]
Name = Annotated[str, Field(pattern=NAME)]
Word = Annotated[str, Field(pattern=WORD)]
Wordy = Annotated[str, Field(min_length=1, pattern=r"\S")]


def _as_date(raw: object) -> object:
    is_date = isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw)
    return date.fromisoformat(str(raw)) if is_date else raw


def _as_moment(raw: object) -> object:
    moment = datetime.fromisoformat(raw) if isinstance(raw, str) else raw
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise ValueError("a moment needs its offset from UTC")
    return moment


def _is_duration(raw: object) -> object:
    read_duration(raw)
    return raw


Day = Annotated[date, BeforeValidator(_as_date)]
Moment = Annotated[datetime, BeforeValidator(_as_moment)]
Duration = Annotated[Any, AfterValidator(_is_duration)]


class Strict(BaseModel):
    """No unknown key, no silent conversion, no change after reading."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Texts(Strict):
    """A short text in both languages."""

    zh: Wordy
    en: Wordy


class Effective(Strict):
    """The first and last day on which a pack is in force, both included; None is open."""

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first and self.last and self.last < self.first:
            raise ValueError("ends before it begins")
        return self

    def includes(self, day: date) -> bool:
        """Whether the pack is in force on this day of the region's calendar."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: "Effective") -> bool:
        """Whether some day belongs to both periods."""
        late = bool(self.last and other.first and other.first > self.last)
        return not (late or (self.first and other.last and other.last < self.first))


class Sourced(Strict):
    """Where a rule comes from (keys of the pack's `sources`) and how far that was checked."""

    source: list[str] = []
    mark: Mark

    @model_validator(mode="after")
    def _verified_needs_source(self) -> Self:
        if self.mark.startswith("verified") and not self.source:
            raise ValueError(f"marked {self.mark} but names no source")
        return self


class ValueExample(Strict):
    """What the value is (or is `at` a path like a/b/0), or when a clock begun at `start` is `due`."""

    at: str | None = None
    equals: Annotated[Any, Field(alias="is")] = None
    start: Moment | None = None
    due: Moment | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if (self.start is None) != (self.due is None) or (self.start is None) == (self.equals is None):
            raise ValueError("an example says either `is`, or both `start` and `due`")
        return self


class ValueRule(Sourced):
    """One number, name, duration or structure that policy decides."""

    value: Any
    unit: str
    about: Texts | None = None
    examples: Annotated[list[ValueExample], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits_unit(self) -> Self:
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}; known are {', '.join(sorted(UNITS))}")
        UNITS[self.unit](self.value)
        return self

    def read(self) -> object:
        """The value as Python holds it: a timedelta for a duration, else read-only plain data."""
        return frozen(UNITS[self.unit](self.value))


class Fact(Strict):
    """A named fact that a table asks for; `choices` closes the list of a text."""

    type: Literal["text", "texts", "integer", "number", "boolean", "datetime", "duration"]
    choices: list[str] | None = None

    @model_validator(mode="after")
    def _choices_are_texts(self) -> Self:
        if self.choices is not None and self.type not in ("text", "texts"):
            raise ValueError("only a text may have choices")
        return self


class Row(Strict):
    """One line of a table: when the condition holds, this is the outcome; `otherwise` stands last."""

    id: Word
    when: str
    then: dict[Word, Any]


class TableExample(Strict):
    """With these facts the table must choose this row."""

    facts: dict[Word, Any]
    row: str


class TableRule(Sourced):
    """Conditions over named facts; the first row that matches decides."""

    about: Texts
    facts: dict[Word, Fact]
    rows: Annotated[list[Row], Field(min_length=1)]
    examples: Annotated[list[TableExample], Field(min_length=1)]

    @model_validator(mode="after")
    def _well_formed(self) -> Self:
        ids = [row.id for row in self.rows]
        if len(set(ids)) != len(ids):
            raise ValueError("two rows have the same id")
        if self.rows[-1].when != "true":
            raise ValueError("the last row must match always (when: 'true'), so that every case is decided")
        for row in self.rows:
            if row.then.keys() != self.rows[0].then.keys():
                raise ValueError(f"row {row.id} names other outcomes than row {ids[0]}")
        if unknown := sorted({example.row for example in self.examples} - set(ids)):
            raise ValueError(f"an example names no row of this table: {', '.join(unknown)}")
        return self


class Wording(Strict):
    """One language's title and body; a placeholder is a name in braces."""

    title: Wordy
    body: Wordy


class Placeholder(Strict):
    """What a template leaves open."""

    type: Literal["text", "place", "integer", "number", "date", "datetime", "duration"]
    label: Texts


class Evidence(Strict):
    """What a recipient hands in; a number with a `target` is a task of its own, `measure` names who else counts it."""

    name: Word
    type: Literal["text", "number", "photo"]
    label: Texts
    unit: Texts | None = None
    required: bool = True
    target: Annotated[float, Field(gt=0)] | None = None
    limit: Duration | None = None
    measure: Word | None = None

    @model_validator(mode="after")
    def _number_has_unit(self) -> Self:
        counts = bool(self.target or self.limit or self.measure)
        if (self.type == "number") != (self.unit is not None) or (counts and self.type != "number"):
            raise ValueError("a number needs a unit; nothing else has one, nor a target, limit or measure")
        return self


class Ground(Sourced):
    """The law or plan on which an order stands."""

    text: Texts


class Task(Strict):
    """What a directive made from the template asks: its kind, urgency, time limit, evidence and ground."""

    kind: Word
    urgency: Word
    limit: Duration
    evidence: list[Evidence]
    legal_ground: Annotated[list[Ground], Field(min_length=1)]


class WordingExample(Strict):
    """The exact title, and pieces of the body, that must come out."""

    title: str
    body_has: list[str] = []


class TemplateExample(Strict):
    """With these placeholders (dates and moments as ISO 8601) both languages must read so."""

    given: dict[Word, Any]
    zh: WordingExample
    en: WordingExample


class TemplateRule(Strict):
    """Wording in Chinese and English with declared placeholders; `task` makes it a directive."""

    label: Texts
    zh: Wording
    en: Wording
    placeholders: dict[Word, Placeholder] = {}
    task: Task | None = None
    examples: Annotated[list[TemplateExample], Field(min_length=1)]


class Part(Strict):
    """The rules themselves; a file with `part_of` adds its rules to the pack of that id."""

    sources: dict[str, Wordy | Texts] = {}
    values: dict[Name, ValueRule] = {}
    tables: dict[Name, TableRule] = {}
    templates: dict[Name, TemplateRule] = {}


class PartDocument(Part):
    """A file that continues another file's pack."""

    part_of: Annotated[str, Field(pattern=PACK_ID)]


class PackDocument(Part):
    """A whole pack as written: what it is, when it holds, what it takes over and what it withdraws."""

    id: Annotated[str, Field(pattern=PACK_ID)]
    title: Texts
    about: Texts | None = None
    effective: Effective
    extends: Annotated[str, Field(pattern=PACK_ID)] | None = None
    withdraws: list[str] = []


def plain(raw: object) -> Any:
    """The document as JSON would hold it: dates and keys as text; raises ValueError for anything else."""
    if raw is None or isinstance(raw, str | bool | int):
        return raw
    if isinstance(raw, float):
        if raw != raw or raw in (float("inf"), float("-inf")):
            raise ValueError("not a finite number")
        return raw
    if isinstance(raw, date | datetime):
        return raw.isoformat()
    if isinstance(raw, timedelta):
        return {"seconds": raw.total_seconds()}
    if isinstance(raw, Mapping):
        if odd := [key for key in raw if not isinstance(key, str)]:
            raise ValueError(f"key {odd[0]!r} is not a text; put it in quotation marks")
        return {key: plain(value) for key, value in raw.items()}
    if isinstance(raw, Sequence) and not isinstance(raw, bytes):
        return [plain(item) for item in raw]
    raise ValueError(f"{type(raw).__name__} cannot stand in a pack")
