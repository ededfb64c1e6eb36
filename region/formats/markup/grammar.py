"""A language's elements as rules: what may stand in what, how often, in which order, and what its text may be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from region.formats.findings import Unreadable
from region.formats.markup.tree import text_of

MILD = ("unknown-element", "order", "word")
"""Breaks that a lenient language forgives: what they mean stays plain, or is passed over."""

MOST_PROBLEMS = 500


@dataclass(frozen=True)
class Problem:
    """A rule of the standard that a file breaks: a code, the place in the file (``/alert/info[2]/urgency``), a fact.

    A `mild` one leaves no doubt about what is meant.
    """

    code: str
    path: str
    fact: str = ""
    mild: bool = False


def bounded(problems: Iterable[Problem]) -> list[Problem]:
    """The problems, but no more than `MOST_PROBLEMS` mild ones and as many grave: a person reads the first few."""
    kept: list[Problem] = []
    left = {True: MOST_PROBLEMS, False: MOST_PROBLEMS}
    for problem in problems:
        left[problem.mild] -= 1
        if left[False] < 0:
            break
        if left[problem.mild] >= 0:
            kept.append(problem)
    return kept


def refuse_grave(problems: list[Problem], family: str) -> None:
    """Unreadable (`family` and `-breaks-rules`) with the first grave problem and how many there are, if any."""
    grave = [problem for problem in problems if not problem.mild]
    if grave:
        first = grave[0]
        raise Unreadable(
            f"{family}-breaks-rules", path=first.path, rule=first.code, fact=first.fact, count=len(grave)
        )


@dataclass(frozen=True)
class Rule:
    """One element inside another: whether it must be there, may repeat, and what its text may be.

    The kind ``parts`` is the group of rules of the element's own name; the name of another group is that group;
    ``word`` is one of a vocabulary, ``any`` is passed over, the others are the language's kinds of text.
    """

    name: str
    required: bool = False
    many: bool = False
    kind: str = "text"


def rules(*said: str) -> tuple[Rule, ...]:
    """``status! word`` is required, ``info* parts`` may repeat, ``category+ word`` both."""
    made = []
    for line in said:
        name, _, kind = line.partition(" ")
        made.append(Rule(name.rstrip("!*+"), name[-1] in "!+", name[-1] in "*+", kind or "text"))
    return tuple(made)


@dataclass(frozen=True)
class Language:
    """A language to check files against; `family` stands before each code.

    `local` names an element as the rules do, `passes` says which unknown ones inside a group are nobody's fault,
    and `wrong` the rest of the code (or None) for a text that breaks its kind, mildly if it begins with ``~``.
    A `lenient` language finds unknown elements, a wrong order, unknown words and optional elements without text mild.
    """

    family: str
    grammar: Mapping[str, tuple[Rule, ...]]
    words: Mapping[str, tuple[str, ...]]
    local: Callable[[Element], str]
    passes: Callable[[str, Element], bool]
    wrong: Callable[[str, str], str | None]
    lenient: bool = False

    def check(self, element: Element, group: str, path: str) -> Iterator[Problem]:
        """Every rule broken inside an element of this group, in the order of the file."""
        rules = {rule.name: rule for rule in self.grammar[group]}
        order = list(rules)
        seen: Counter[str] = Counter()
        furthest = 0
        for child in element:
            tag = self.local(child)
            rule = rules.get(tag)
            if rule is None:
                if not self.passes(group, child):
                    yield self._problem("unknown-element", f"{path}/{tag}", tag[:80])
                continue
            seen[tag] += 1
            here = f"{path}/{tag}[{seen[tag]}]" if rule.many else f"{path}/{tag}"
            if order.index(tag) < furthest:
                yield self._problem("order", here, order[furthest])
            furthest = max(furthest, order.index(tag))
            if seen[tag] > 1 and not rule.many:
                yield self._problem("twice", here, tag)
            yield from self._content(child, rule, here)
        for rule in rules.values():
            if rule.required and not seen[rule.name]:
                yield self._problem("missing", f"{path}/{rule.name}", rule.name)

    def _content(self, child: Element, rule: Rule, path: str) -> Iterator[Problem]:
        if rule.kind == "any":
            return
        group = rule.name if rule.kind == "parts" else rule.kind
        if group in self.grammar and rule.kind != "text":
            yield from self.check(child, group, path)
            return
        if len(child):
            yield self._problem("not-text", path, self.local(child[0])[:80])
            return
        text = text_of(child)
        if not text:
            yield self._problem("empty", path, mild=self.lenient and not rule.required)
        elif rule.kind == "word":
            if text not in self.words[rule.name]:
                yield self._problem("word", path, text[:80])
        elif (found := self.wrong(rule.kind, text)) is not None:
            yield self._problem(found.removeprefix("~"), path, text[:80], mild=found.startswith("~"))

    def _problem(self, code: str, path: str, fact: str = "", mild: bool = False) -> Problem:
        return Problem(f"{self.family}-{code}", path, fact, mild or (self.lenient and code in MILD))
