"""Whether a file keeps the rules of CAP 1.2: each broken rule with its place and the value found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from region.formats.cap import grammar
from region.formats.cap.grammar import GRAMMAR, REFERRING, SIGNATURE, WORDS, Rule
from region.formats.cap.model import Problem
from region.formats.cap.tree import local, open_tree, text_of
from region.formats.cap.values import moment, wrong_value


def check(data: bytes) -> list[Problem]:
    """Every rule that the file breaks, in the order of the file; empty when it keeps the standard.

    Raises Unreadable (see `open_tree`) when it is not a CAP 1.2 file at all.
    """
    root = open_tree(data)
    return [*_element(root, "alert", "/alert"), *_message(root)]


def _element(element: Element, name: str, path: str) -> Iterator[Problem]:
    """The children of a composed element: known, in order, as often as allowed, none missing; then each of them."""
    rules = {rule.name: rule for rule in GRAMMAR[name]}
    order = list(rules)
    seen: Counter[str] = Counter()
    furthest = 0
    for child in element:
        tag = local(child)
        seen[tag] += 1
        rule = rules.get(tag)
        if rule is None:
            if not (name == "alert" and tag.startswith(f"{{{SIGNATURE}}}")):
                yield Problem("cap-unknown-element", f"{path}/{tag}", tag[:80])
            continue
        here = f"{path}/{tag}[{seen[tag]}]" if rule.many else f"{path}/{tag}"
        if order.index(tag) < furthest:
            yield Problem("cap-order", here, order[furthest])
        furthest = max(furthest, order.index(tag))
        if seen[tag] > 1 and not rule.many:
            yield Problem("cap-twice", here, tag)
        yield from _content(child, rule, here)
    for rule in rules.values():
        if rule.required and not seen[rule.name]:
            yield Problem("cap-missing", f"{path}/{rule.name}", rule.name)
    if name == "area" and seen["ceiling"] and not seen["altitude"]:
        yield Problem("cap-ceiling-alone", f"{path}/ceiling")


def _content(child: Element, rule: Rule, path: str) -> Iterator[Problem]:
    if rule.kind == "parts":
        yield from _element(child, rule.name, path)
        return
    if len(child):
        yield Problem("cap-not-text", path, local(child[0])[:80])
        return
    text = text_of(child)
    if not text:
        yield Problem("cap-empty", path)
    elif rule.kind == "word":
        if text not in WORDS[rule.name]:
            yield Problem("cap-word", path, text[:80])
    else:
        found = wrong_value(rule.kind, text)
        if found is not None:
            # Every reader takes +00:00 for what the standard wants written as -00:00.
            yield Problem(found, path, text[:80], mild=found == "cap-time-utc")


def _message(root: Element) -> Iterator[Problem]:
    """The rules that bind several elements together."""
    said = {local(child): text_of(child) for child in root}
    scope, kind = said.get("scope"), said.get("msgType")
    if scope == "Restricted" and not said.get("restriction"):
        yield Problem("cap-restriction-missing", "/alert/restriction")
    if scope != "Restricted" and "restriction" in said:
        yield Problem("cap-restriction-needless", "/alert/restriction", str(scope))
    if scope == "Private" and not said.get("addresses"):
        yield Problem("cap-addresses-missing", "/alert/addresses")
    if said.get("addresses", "").count('"') % 2:
        yield Problem("cap-quotes", "/alert/addresses")
    if kind in REFERRING and not said.get("references"):
        yield Problem("cap-references-missing", "/alert/references", kind)
    for word in said.get("references", "").split():
        parts = word.split(",")
        if len(parts) != 3 or not parts[0] or not parts[1] or moment(parts[2]) is None:
            yield Problem("cap-reference", "/alert/references", word[:120])
    yield from _times(root, said.get("sent", ""))


def _times(root: Element, said: str) -> Iterator[Problem]:
    sent = moment(said)
    for n, info in enumerate(root.iterfind(f"{{{grammar.NAMESPACE}}}info"), 1):
        ends = next((text_of(one) for one in info if local(one) == "expires"), "")
        expires = moment(ends)
        if sent is not None and expires is not None and expires <= sent:
            yield Problem("cap-expires-before-sent", f"/alert/info[{n}]/expires", ends)
