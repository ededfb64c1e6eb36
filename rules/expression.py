"""Conditions over named, typed facts: a small safe part of rule-engine's language, checked when loaded."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import rule_engine
from rule_engine import DataType, ast

from rules.errors import RuleError
from rules.schema import Fact

LONGEST = 500  # characters; a longer condition is two rows
DEEPEST = 12  # brackets inside brackets; the parser recurses

# Everything that may stand in a condition. There is no dot before a letter, no $, no {, no power and no
# regular expression: nothing can be called, reached into, or made to run for ever. This is checked on the
# text, before the parser sees it, because the parser already evaluates what is constant.
_TOKEN = re.compile(
    r"""\s+ | (?P<text>"[^"\\\n]*") | (?P<number>\d+(\.\d+)?) | (?P<word>[A-Za-z][A-Za-z0-9_]*)
      | (?P<sign>==|!=|<=|>=|<|>|[-+*/(),\[\]])""",
    re.VERBOSE | re.ASCII,
)
_SIGNS = {"==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/"}
_OPERATORS = {"and", "or", "not", "in"}
_CONSTANTS = {"true", "false"}
_RESERVED = {"for", "if", "null", "inf", "nan"}

_TYPES: Mapping[str, Any] = {
    "text": DataType.STRING,
    "texts": DataType.ARRAY(DataType.STRING),
    "integer": DataType.FLOAT,
    "number": DataType.FLOAT,
    "boolean": DataType.BOOLEAN,
    "datetime": DataType.DATETIME,
    "duration": DataType.TIMEDELTA,
}
_LITERALS = (ast.BooleanExpression, ast.FloatExpression, ast.StringExpression)
_ARITHMETIC = (ast.AddExpression, ast.SubtractExpression, ast.ArithmeticExpression)


class Condition:
    """A checked condition; `holds` answers it for one set of facts."""

    def __init__(self, text: str, facts: Mapping[str, Fact]) -> None:
        """Raises ValueError with the reason when the text is not a safe, well-typed condition."""
        self.text = text
        self._facts = facts
        _refuse_unsafe(text, facts)
        context = rule_engine.Context(
            type_resolver={name: _TYPES[fact.type] for name, fact in facts.items()},
            resolver=rule_engine.resolve_item,
            default_timezone="utc",
        )
        try:
            self._rule = rule_engine.Rule(text, context=context)
        except rule_engine.EngineError as error:
            raise ValueError(f"{text!r} cannot be read: {error.message}") from error
        root = self._rule.statement.expression
        self._check(root)
        if root.result_type is not DataType.BOOLEAN:
            raise ValueError(f"{text!r} is not a yes-or-no condition")

    def holds(self, facts: Mapping[str, object]) -> bool:
        """Whether the condition is true; `facts` must have passed `checked_facts`."""
        try:
            return bool(self._rule.matches(facts))
        except rule_engine.EngineError as error:
            raise RuleError("condition_failed", condition=self.text, reason=error.message) from error

    def _check(self, node: Any) -> None:
        """Walk the parsed tree; only listed kinds of node, and both sides of a comparison of one type."""
        kind = type(node)
        if kind in _LITERALS or kind is ast.SymbolExpression:
            return
        if kind is ast.ArrayExpression:
            parts = list(node.value)
        elif kind is ast.UnaryExpression:
            parts = [node.right]
            self._agree(node.right.result_type, DataType.BOOLEAN if node.type == "not" else DataType.FLOAT)
        elif kind is ast.LogicExpression:
            parts = [node.left, node.right]
            for part in parts:
                self._agree(part.result_type, DataType.BOOLEAN)
        elif kind in (ast.ComparisonExpression, ast.ArithmeticComparisonExpression):
            parts = [node.left, node.right]
            self._agree(node.left.result_type, node.right.result_type)
            self._check_choices(node.left, [node.right])
            self._check_choices(node.right, [node.left])
        elif kind is ast.ContainsExpression:
            parts = [node.member, node.container]
            self._check_membership(node)
        elif kind in _ARITHMETIC:
            parts = [node.left, node.right]
        else:
            raise ValueError(f"{self.text!r} uses {kind.__name__}, which a condition may not")
        for part in parts:
            self._check(part)

    def _check_membership(self, node: Any) -> None:
        if not isinstance(node.container.result_type, type(DataType.ARRAY)):
            raise ValueError(f"{self.text!r}: after `in` stands a list")
        self._agree(node.member.result_type, node.container.result_type.value_type)
        if type(node.container) is ast.ArrayExpression:
            self._check_choices(node.member, node.container.value)
        else:
            self._check_choices(node.container, [node.member])

    def _agree(self, one: object, other: object) -> None:
        if one != other:
            raise ValueError(f"{self.text!r} compares things of different types")

    def _check_choices(self, symbol: Any, others: Any) -> None:
        if type(symbol) is not ast.SymbolExpression:
            return
        choices = self._facts[symbol.name].choices
        if choices is None:
            return
        for other in others:
            if type(other) is ast.StringExpression and other.value not in choices:
                raise ValueError(f"{self.text!r}: {symbol.name} is never {other.value!r}")


def checked_facts(declared: Mapping[str, Fact], given: Mapping[str, object], table: str) -> dict[str, object]:
    """The given facts when they are exactly those declared, each of its type; raises RuleError otherwise."""
    if missing := sorted(declared.keys() - given.keys()):
        raise RuleError("facts_missing", table=table, names=missing)
    if extra := sorted(given.keys() - declared.keys()):
        raise RuleError("facts_unknown", table=table, names=extra)
    return {name: _fitting(name, declared[name], value, table) for name, value in given.items()}


def _fitting(name: str, fact: Fact, value: object, table: str) -> object:
    if not _has_type(fact.type, value):
        raise RuleError(
            "fact_ill_typed", table=table, name=name, expected=fact.type, got=type(value).__name__
        )
    texts: list[object] = list(value) if isinstance(value, list | tuple) else [value]
    if fact.choices is not None and not all(text in fact.choices for text in texts):
        raise RuleError("fact_not_a_choice", table=table, name=name, value=value, choices=fact.choices)
    return tuple(texts) if fact.type == "texts" else value


def _has_type(expected: str, value: object) -> bool:
    if expected == "texts":
        return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    if expected == "number":
        finite = isinstance(value, int) or (isinstance(value, float | Decimal) and Decimal(value).is_finite())
        return finite and not isinstance(value, bool)
    if expected == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if expected == "datetime":
        return isinstance(value, datetime) and value.tzinfo is not None
    return isinstance(value, {"text": str, "boolean": bool, "duration": timedelta}[expected])


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"{text!r}: {text[at : at + 12]!r} may not stand in a condition")
        if found.lastgroup and (kind := found.lastgroup):
            yield kind, found.group(kind)
        at = found.end()


def _refuse_unsafe(text: str, facts: Mapping[str, Fact]) -> None:
    if len(text) > LONGEST:
        raise ValueError(f"longer than {LONGEST} characters")
    depth, before = 0, ("", "")
    for kind, token in _tokens(text):
        _refuse_word(text, kind, token, facts)
        after_value = before[0] in ("word", "text", "number") and before[1] not in _OPERATORS
        if token == "(" and (after_value or before[1] in (")", "]")):
            raise ValueError(f"{text!r}: calls are not allowed")
        if token == "[" and before[1] != "in":
            raise ValueError(f"{text!r}: a list stands only after `in`")
        if kind == "text" and after_value:
            raise ValueError(f"{text!r}: two values stand side by side")
        if token in _SIGNS and before[1] in _SIGNS and token != "-":  # so no **, //, << and >> either
            raise ValueError(f"{text!r}: two operators stand side by side")
        depth += (token in ("(", "[")) - (token in (")", "]"))
        if depth > DEEPEST:
            raise ValueError("too many brackets inside brackets")
        before = (kind, token)


def _refuse_word(text: str, kind: str, token: str, facts: Mapping[str, Fact]) -> None:
    if kind != "word" or token in _OPERATORS or token in _CONSTANTS:
        return
    if token in _RESERVED or token not in facts:
        raise ValueError(
            f"{text!r}: no fact is named {token!r}; declared are {', '.join(sorted(facts)) or '-'}"
        )
