"""Templates: placeholders are checked by name and type, and written for the reader's language."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from rules.errors import RuleError
from rules.schema import Placeholder, TemplateRule, Texts
from rules.wording import render

CHINA = timezone(timedelta(hours=8))


def template(kind: Any) -> TemplateRule:
    return TemplateRule.model_validate(
        {
            "label": {"zh": "甲", "en": "A"},
            "zh": {"title": "{x}", "body": "共{x}"},
            "en": {"title": "{x}", "body": "of {x}"},
            "placeholders": {"x": Placeholder(type=kind, label=Texts(zh="某", en="x"))},
            "examples": [{"given": {}, "zh": {"title": "-"}, "en": {"title": "-"}}],
        }
    )


@pytest.mark.parametrize(
    ("kind", "value", "zh", "en"),
    [
        ("text", "南屏", "南屏", "南屏"),
        ("place", {"zh": "南屏", "en": "Nanping"}, "南屏", "Nanping"),
        ("place", {"zh": "南屏"}, "南屏", "南屏"),
        ("integer", 1200, "1,200", "1,200"),
        ("number", 37.5, "37.5", "37.5"),
        ("date", date(2022, 8, 4), "2022-08-04 周四", "Thu 4 Aug 2022"),
        (
            "datetime",
            datetime(2022, 8, 4, 10, 5, tzinfo=CHINA),
            "2022-08-04 周四 10:05",
            "Thu 4 Aug 2022 10:05",
        ),
        (
            "datetime",
            datetime(2022, 8, 4, 2, tzinfo=UTC),
            "2022-08-04 周四 02:00 UTC",
            "Thu 4 Aug 2022 02:00 UTC",
        ),
        ("duration", timedelta(hours=25, minutes=5), "1 天 1 小时 5 分钟", "1 day 1 hour 5 minutes"),
        ("text", "{y} <b>", "{y} <b>", "{y} <b>"),
    ],
)
def test_written_for_the_language(kind: str, value: object, zh: str, en: str) -> None:
    assert render("t", template(kind), "zh", {"x": value}).title == zh
    assert render("t", template(kind), "en", {"x": value}).body == f"of {en}"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", ""),
        ("text", "  "),
        ("text", 5),
        ("text", "x" * 2001),
        ("text", "two\nlines"),
        ("text", None),
        ("place", {}),
        ("integer", "5"),
        ("integer", 5.0),
        ("integer", True),
        ("number", float("inf")),
        ("date", datetime(2022, 8, 4, tzinfo=UTC)),
        ("datetime", date(2022, 8, 4)),
        ("datetime", datetime(2022, 8, 4)),  # noqa: DTZ001 - a moment without a zone is the point
        ("duration", 5),
    ],
)
def test_ill_typed(kind: str, value: object) -> None:
    with pytest.raises(RuleError) as caught:
        render("t", template(kind), "zh", {"x": value})
    assert caught.value.code == "placeholder_ill_typed"
    assert {"template": "t", "name": "x", "expected": kind}.items() <= caught.value.facts.items()


@pytest.mark.parametrize(
    ("given", "code", "names"),
    [({}, "placeholder_missing", ["x"]), ({"x": "a", "z": "b"}, "placeholder_unknown", ["z"])],
)
def test_missing_and_extra(given: dict[str, object], code: str, names: list[str]) -> None:
    with pytest.raises(RuleError) as caught:
        render("t", template("text"), "en", given)
    assert (caught.value.code, caught.value.facts["names"]) == (code, names)


def test_a_language_that_is_not_there() -> None:
    with pytest.raises(RuleError, match="language_unknown"):
        render("t", template("text"), "fr", {"x": "a"})  # type: ignore[arg-type]
