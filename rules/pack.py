"""Rule packs: what policy says, addressed by id, in force from a day to a day, and provable by digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rules.errors import PackError, RuleError
from rules.evaluate import Decision, Table
from rules.reading import check_sources, compile_part, inherited, joined, parse, read_yaml
from rules.schema import Effective, Mark, PackDocument, PartDocument, TemplateRule, Texts, ValueRule, plain
from rules.wording import Lang, Rendered, render

__all__ = ["Decision", "Pack", "PackError", "Packs", "Rendered", "RuleError", "Value", "load_packs"]


@dataclass(frozen=True)
class Value:
    """One value with what a screen must show beside it.

    `value` is a timedelta for unit `duration`, else read-only plain data (maps as proxies, lists as tuples).
    `source` holds keys of the pack's `sources`; `mark` says how far the source was checked.
    """

    value: Any
    unit: str
    source: tuple[str, ...]
    mark: Mark
    about: Texts | None = None

    @property
    def verified(self) -> bool:
        """Whether the source was checked; a screen shows a chip beside a value that was not."""
        return self.mark.startswith("verified")


class Pack:
    """One resolved, checked pack: everything it says, including what it takes over from its parent."""

    def __init__(
        self, document: PackDocument, content: dict[str, Any], tables: dict[str, Table], origin: str
    ) -> None:
        """Use `from_document`; `content` is the resolved plain document that the digest is made of."""
        self.id = document.id
        self.title = document.title
        self.effective: Effective = document.effective
        self.extends = document.extends
        self.sources: Mapping[str, Texts] = {key: _both(said) for key, said in document.sources.items()}
        self.document = document
        self.content = content
        self.origin = origin
        self.digest = _digest(content)
        self._tables = tables
        self._values = {name: _value(rule) for name, rule in document.values.items()}

    @classmethod
    def from_document(cls, document: Mapping[str, Any], origin: str, parent: Pack | None = None) -> Pack:
        """A pack from plain data (a YAML file, or a row made on screen); `origin` names it in errors.

        A document with `extends` needs the parent. Raises PackError with file, path and reason.
        """
        try:
            own = plain(document)
        except ValueError as error:
            raise PackError(origin, "", str(error)) from error
        checked = parse(PackDocument, own, origin)
        compile_part(checked, origin)
        if checked.extends != (parent.id if parent else None):
            raise PackError(origin, "extends", f"{checked.extends!r} does not name the given parent")
        if parent is None and checked.withdraws:
            raise PackError(origin, "withdraws", "withdraws rules, but extends no pack")
        content = inherited(own, parent.content, origin) if parent else own
        resolved = parse(PackDocument, content, origin)
        check_sources(resolved, origin)
        return cls(resolved, content, compile_part(resolved, origin), origin)

    def value(self, name: str) -> Value:
        """The named value; raises RuleError `value_unknown`."""
        try:
            return self._values[name]
        except KeyError:
            raise RuleError("value_unknown", pack=self.id, name=name) from None

    def values_under(self, prefix: str) -> dict[str, Value]:
        """All values named `prefix.…`, by the rest of their names, in the pack's order."""
        start = f"{prefix}."
        return {name[len(start) :]: value for name, value in self._values.items() if name.startswith(start)}

    def duration(self, name: str) -> timedelta:
        """The named length of time; raises RuleError `value_unknown` or `value_not_a_duration`."""
        found = self.value(name).value
        if not isinstance(found, timedelta):
            raise RuleError("value_not_a_duration", pack=self.id, name=name)
        return found

    # The name under which clocks ask for their limit; a timedelta all the same, never a bare number.
    minutes = duration

    def decide(self, table: str, facts: Mapping[str, object]) -> Decision:
        """What the named table says of these facts: the first row that matches.

        Raises RuleError: table_unknown, facts_missing, facts_unknown, fact_ill_typed, fact_not_a_choice.
        """
        if table not in self._tables:
            raise RuleError("table_unknown", pack=self.id, name=table)
        row_id, outcome = self._tables[table].first_match(facts)
        return Decision(table, row_id, outcome, self.id, self.digest)

    def template(self, template_id: str) -> TemplateRule:
        """The template as data (label, placeholders, task); raises RuleError `template_unknown`."""
        try:
            return self.document.templates[template_id]
        except KeyError:
            raise RuleError("template_unknown", pack=self.id, name=template_id) from None

    def templates(self) -> Mapping[str, TemplateRule]:
        """All templates by id, in the pack's order."""
        return self.document.templates

    def render(self, template_id: str, lang: Lang, /, **placeholders: object) -> Rendered:
        """The template's wording in one language, filled in; see `rules.wording.render` for its errors."""
        return render(template_id, self.template(template_id), lang, placeholders)

    def __repr__(self) -> str:
        return f"<Pack {self.id} {self.digest[:12]} from {self.origin}>"


class Packs:
    """All packs by id; several packs may share an id when their days do not overlap."""

    def __init__(self, packs: Iterable[Pack], beneath: Packs | None = None) -> None:
        """`beneath` are packs (the shipped ones) that these (the local ones) are laid over."""
        self._beneath = beneath
        self._by_id: dict[str, list[Pack]] = {}
        for pack in packs:
            for other in self._by_id.setdefault(pack.id, []):
                if pack.effective.overlaps(other.effective):
                    raise PackError(pack.origin, "effective", f"overlaps {pack.id} of {other.origin}")
            self._by_id[pack.id].append(pack)
        for versions in self._by_id.values():
            versions.sort(key=lambda pack: pack.effective.first or date.min)

    def over(self, local: Iterable[Pack]) -> Packs:
        """These packs with local ones laid over them; the ones beneath answer for all other ids and days."""
        return Packs(local, beneath=self)

    def get(self, pack_id: str, on: date | None = None) -> Pack:
        """The pack of this id in force on that day of the region's calendar; with no day, the newest.

        Raises RuleError `pack_unknown`, or `pack_not_in_effect` when it exists but not on that day.
        """
        found = [pack for pack in self._by_id.get(pack_id, []) if on is None or pack.effective.includes(on)]
        if found:
            return found[-1]
        if self._beneath is not None:
            try:
                return self._beneath.get(pack_id, on)
            except RuleError as error:
                if error.code == "pack_unknown" and pack_id in self._by_id:
                    raise RuleError("pack_not_in_effect", pack=pack_id, on=on) from error
                raise
        code = "pack_not_in_effect" if pack_id in self._by_id else "pack_unknown"
        raise RuleError(code, pack=pack_id, on=on)

    def by_digest(self, digest: str) -> Pack:
        """The pack that a decision was made under; raises RuleError `pack_unknown`."""
        for pack in self:
            if pack.digest == digest:
                return pack
        raise RuleError("pack_unknown", digest=digest)

    def ids(self) -> list[str]:
        """All ids, sorted."""
        return sorted({pack.id for pack in self})

    def __iter__(self) -> Iterator[Pack]:
        for versions in self._by_id.values():
            yield from versions
        if self._beneath is not None:
            yield from self._beneath


def load_packs(folder: Path) -> Packs:
    """Read and check every YAML file under the folder; raises PackError for the first that is not right."""
    mains: dict[str, tuple[str, dict[str, Any]]] = {}
    parts: list[tuple[str, dict[str, Any]]] = []
    for path in sorted(folder.rglob("*.yaml")):
        name = path.relative_to(folder).as_posix()
        document = read_yaml(path, name)
        if "part_of" in document:
            compile_part(parse(PartDocument, document, name), name)
            parts.append((name, document))
            continue
        pack_id = parse(PackDocument, document, name).id
        key = f"{pack_id}@{(document['effective'] or {}).get('from')}"
        if key in mains:
            raise PackError(name, "id", f"{pack_id} stands in {mains[key][0]} too, from the same day")
        mains[key] = (name, document)
    for name, part in parts:
        owners = [key for key, (_, main) in mains.items() if main["id"] == part["part_of"]]
        if len(owners) != 1:
            raise PackError(name, "part_of", f"{part['part_of']!r} is not the id of exactly one pack")
        main_name, main = mains[owners[0]]
        mains[owners[0]] = (main_name, joined(main, part, name))
    return Packs(_with_parents(list(mains.values())))


def _with_parents(waiting: list[tuple[str, dict[str, Any]]]) -> list[Pack]:
    """Build parents before those who extend them; raises PackError for an unknown parent or a circle."""
    ids = {document["id"] for _, document in waiting}
    built: list[Pack] = []
    while waiting:
        ready = [
            (name, doc) for name, doc in waiting if doc.get("extends") not in {d["id"] for _, d in waiting}
        ]
        if not ready:
            raise PackError(waiting[0][0], "extends", "packs extend each other in a circle")
        for name, document in ready:
            parent_id = document.get("extends")
            if parent_id is not None and parent_id not in ids:
                raise PackError(name, "extends", f"no pack has the id {parent_id!r}")
            parents = [pack for pack in built if pack.id == parent_id]
            if len(parents) > 1:
                raise PackError(name, "extends", f"{parent_id!r} has several versions; name a pack with one")
            built.append(Pack.from_document(document, name, parents[0] if parents else None))
        waiting = [item for item in waiting if item not in ready]
    return built


def _digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the resolved content as canonical JSON: the order of keys and the layout do not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _both(said: str | Texts) -> Texts:
    """A source in both languages; one that is given once is named so in both."""
    return said if isinstance(said, Texts) else Texts(zh=said, en=said)


def _value(rule: ValueRule) -> Value:
    return Value(rule.read(), rule.unit, tuple(rule.source), rule.mark, rule.about)
