"""Resources as they come: plain JSON, looked into by path; what is wrong is named by its FHIRPath."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Resource = Mapping[str, Any]


class Wrong(Exception):
    """What is wrong with a resource: a code of FHIR's issue types, the FHIRPath that says where, a fact; no content."""

    def __init__(self, code: str, expression: str, fact: str = "") -> None:
        super().__init__(code, expression, fact)
        self.code, self.expression, self.fact = code, expression, fact


@dataclass(frozen=True)
class Part:
    """A part of a resource and where it stands."""

    value: Any
    path: str

    def part(self, name: str) -> Part:
        """The element of this name; its value is None where there is none. Wrong (structure) for no object."""
        if not isinstance(self.value, dict):
            raise Wrong("structure", self.path)
        return Part(self.value.get(name), f"{self.path}.{name}")

    def parts(self, name: str) -> list[Part]:
        """The elements of a list, [] where there is none. Wrong (structure) for no list."""
        found = self.part(name)
        if found.value is None:
            return []
        if not isinstance(found.value, list):
            raise Wrong("structure", found.path)
        return [Part(one, f"{found.path}[{n}]") for n, one in enumerate(found.value)]

    def text(self, name: str) -> str:
        """A text, "" where there is none. Wrong (structure) for anything else."""
        found = self.part(name)
        if found.value is None:
            return ""
        if not isinstance(found.value, str):
            raise Wrong("structure", found.path)
        return found.value.strip()

    def required(self, name: str) -> str:
        """A text that must be there; Wrong (required)."""
        found = self.text(name)
        if not found:
            raise Wrong("required", f"{self.path}.{name}")
        return found

    def moment(self, name: str) -> datetime | None:
        """An instant with its offset, None where there is none; Wrong (value) for a day alone or anything else."""
        text = self.text(name)
        if not text:
            return None
        try:
            found = datetime.fromisoformat(text)
        except ValueError as error:
            raise Wrong("value", f"{self.path}.{name}") from error
        if found.tzinfo is None or len(text) < 16:
            raise Wrong("value", f"{self.path}.{name}", "offset")
        return found

    def codings(self, name: str) -> tuple[tuple[str, ...], str]:
        """The codes of a concept, and its words: those of the concept, else of the first coding that has some."""
        concept = self.part(name)
        if concept.value is None:
            return (), ""
        codings = concept.parts("coding")
        words = [concept.text("text"), *(one.text("display") for one in codings)]
        return tuple(filter(None, (one.text("code") for one in codings))), next(filter(None, words), "")


def outcome(wrong: Sequence[Wrong], sentences: Sequence[str] = ()) -> dict[str, Any]:
    """An OperationOutcome of these faults, with a sentence for each where there is one; without faults: all well."""
    issues: list[dict[str, Any]] = []
    for n, one in enumerate(wrong):
        issue: dict[str, Any] = {"severity": "error", "code": one.code, "expression": [one.expression]}
        said = sentences[n] if n < len(sentences) else one.fact
        issues.append(issue | ({"diagnostics": said} if said else {}))
    return {
        "resourceType": "OperationOutcome",
        "issue": issues or [{"severity": "information", "code": "informational"}],
    }
