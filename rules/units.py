"""The units a policy value may have, and how each is read."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

_PARTS = ("weeks", "days", "hours", "minutes", "seconds")
_ISO = re.compile(
    r"P(?=[\dT])(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


def read_duration(raw: object) -> timedelta:
    """A length of time from ISO 8601 (`PT5M`) or `{minutes: 5}`; never months or years, which vary.

    Raises ValueError when it is neither, or not longer than nothing.
    """
    if isinstance(raw, timedelta):
        length = raw
    elif isinstance(raw, str) and (found := _ISO.fullmatch(raw)):
        length = timedelta(**{part: float(number) for part, number in found.groupdict().items() if number})
    elif isinstance(raw, Mapping) and raw and all(key in _PARTS for key in raw):
        length = timedelta(**{str(key): _number(number) for key, number in raw.items()})
    else:
        raise ValueError(f"{raw!r} is no duration: write PT5M or {{minutes: 5}}")
    if length <= timedelta(0):
        raise ValueError("a duration must be longer than nothing")
    return length


class Stage(BaseModel):
    """One stretch of observation: `days` long, tests on the named days of the stage, checks each day."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    mode: Literal[
        "central_quarantine",
        "home_quarantine",
        "home_monitoring",
        "self_monitoring",
        "active_monitoring",
        "medical_observation",
    ]
    days: int = Field(ge=1)
    tests: list[int] = []
    double_tests: list[int] = []
    checks_per_day: int = Field(default=0, ge=0)
    may_leave: Literal["no", "with_consent", "yes"]

    @model_validator(mode="after")
    def _tests_inside(self) -> "Stage":
        if self.tests != sorted(set(self.tests)) or not all(1 <= day <= self.days for day in self.tests):
            raise ValueError("test days must rise and lie inside the stage")
        if not set(self.double_tests) <= set(self.tests):
            raise ValueError("a double test must be one of the test days")
        return self


class Release(BaseModel):
    """What must be true before a person is let go."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    own_tests: Literal["all_negative", "last_negative", "none"]
    linked_contact_first_negatives: int = Field(default=0, ge=0)


class Schedule(BaseModel):
    """What is done with one class of exposed people, as stages that follow one another."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    counts_from: Literal["last_exposure", "discharge", "leaving_loop", "arrival"]
    stages: list[Stage] = Field(min_length=1)
    late_entry: Literal["remaining_days", "full_length"] = "remaining_days"
    release: Release
    reclassify_on_linked_positive: str | None = None
    alternative_modes: list[str] = []
    specimen: Literal["oropharyngeal", "nasopharyngeal"] | None = None
    tube: Literal["single", "pool"] = "single"


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError(f"{raw!r} is not a number")
    return raw


def _whole(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError(f"{raw!r} is not a whole number")
    return raw


def _share(raw: object) -> float:
    number = _number(raw)
    if not 0 <= number <= 1:
        raise ValueError(f"{raw!r} is not a share between 0 and 1")
    return number


def _flag(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError(f"{raw!r} is neither true nor false")
    return raw


def _name(raw: object) -> str:
    if not isinstance(raw, str) or not raw.strip():
        raise ValueError(f"{raw!r} is not a name")
    return raw


def _names(raw: object) -> list[str]:
    if not isinstance(raw, list):
        raise ValueError(f"{raw!r} is not a list of names")
    names = [_name(item) for item in raw]
    if len(set(names)) != len(names):
        raise ValueError("a name stands twice in the list")
    return names


def _structure(raw: object) -> object:
    if not isinstance(raw, dict | list) or not raw:
        raise ValueError("a structure is a map or a list, and not empty")
    return raw


def _schedule(raw: object) -> object:
    return Schedule.model_validate(raw).model_dump(mode="json")


UNITS: Mapping[str, Callable[[object], object]] = MappingProxyType(
    {
        "duration": read_duration,
        "days": _whole,
        "count": _whole,
        "number": _number,
        "factor": _number,
        "share": _share,
        "celsius": _number,
        "ct": _number,
        "per_10k": _number,
        "flag": _flag,
        "name": _name,
        "names": _names,
        "structure": _structure,
        "schedule": _schedule,
    }
)


def frozen(raw: Any) -> Any:
    """The same data, read-only all the way down: maps as proxies, lists as tuples."""
    if isinstance(raw, Mapping):
        return MappingProxyType({key: frozen(value) for key, value in raw.items()})
    if isinstance(raw, list | tuple):
        return tuple(frozen(item) for item in raw)
    return raw
