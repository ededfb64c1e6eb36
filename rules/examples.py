"""Proving a pack by the examples that its rules carry."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from rules.errors import RuleError
from rules.pack import Pack
from rules.schema import Fact, TableRule, TemplateRule, ValueRule
from rules.units import frozen, read_duration
from rules.wording import LANGUAGES, parse_placeholder


def failed_examples(pack: Pack) -> Iterator[str]:
    """Run every example of every rule of the pack; yield one line for each that does not come true."""
    for name, value in pack.document.values.items():
        for index, fault in _value_faults(value):
            yield f"values.{name}.examples.{index}: {fault}"
    for name, table in pack.document.tables.items():
        yield from (f"tables.{name}.{fault}" for fault in _table_faults(pack, name, table))
    for name, template in pack.document.templates.items():
        for index, fault in _template_faults(pack, name, template):
            yield f"templates.{name}.examples.{index}: {fault}"


def _value_faults(rule: ValueRule) -> Iterator[tuple[int, str]]:
    value = rule.read()
    for index, example in enumerate(rule.examples):
        if example.start and example.due:
            if not isinstance(value, timedelta) or example.start + value != example.due:
                yield index, f"{example.start} + {value} is not {example.due}"
            continue
        try:
            actual = _inside(value, example.at)
            expected = (
                read_duration(example.equals) if isinstance(actual, timedelta) else frozen(example.equals)
            )
        except (KeyError, IndexError, TypeError, ValueError) as error:
            yield index, f"cannot be read: {error!r}"
            continue
        if actual != expected or isinstance(actual, bool) != isinstance(expected, bool):
            yield index, f"is {actual!r}, the example says {expected!r}"


def _inside(value: Any, path: str | None) -> Any:
    for step in path.split("/") if path else []:
        value = value[int(step)] if isinstance(value, tuple) else value[step]
    return value


def _table_faults(pack: Pack, name: str, rule: TableRule) -> Iterator[str]:
    for index, example in enumerate(rule.examples):
        facts = {key: _fact(rule.facts.get(key), raw) for key, raw in example.facts.items()}
        try:
            row = pack.decide(name, facts).row_id
        except RuleError as error:
            yield f"examples.{index}: {error}"
            continue
        if row != example.row:
            yield f"examples.{index}: chose {row}, the example says {example.row}"
    for row_id in sorted({row.id for row in rule.rows} - {example.row for example in rule.examples}):
        yield f"rows: no example reaches {row_id}"


def _fact(fact: Fact | None, raw: object) -> object:
    if fact is not None and fact.type == "datetime" and isinstance(raw, str):
        return datetime.fromisoformat(raw)
    return read_duration(raw) if fact is not None and fact.type == "duration" else raw


def _template_faults(pack: Pack, name: str, rule: TemplateRule) -> Iterator[tuple[int, str]]:
    for index, example in enumerate(rule.examples):
        for lang in LANGUAGES:
            wanted = example.zh if lang == "zh" else example.en
            try:
                given = {
                    key: parse_placeholder(rule.placeholders[key], raw) if key in rule.placeholders else raw
                    for key, raw in example.given.items()
                }
                made = pack.render(name, lang, **given)
            except (RuleError, ValueError) as error:
                yield index, f"{lang}: {error}"
                continue
            if made.title != wanted.title:
                yield index, f"{lang}: title is {made.title!r}"
            for piece in wanted.body_has:
                if piece not in made.body:
                    yield index, f"{lang}: body lacks {piece!r}: {made.body!r}"
