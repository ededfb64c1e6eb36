"""Every reason of the readers for supplies has a sentence in both languages, which uses only facts that are there."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from region import formats
from region.formats.codes import gs1_scan
from region.formats.markup.grammar import Problem
from region.spine import i18n

ROOT = Path(formats.__file__).parent
OPENING = {
    *("too-large", "too-deep", "not-xml", "entities", "not-have", "not-rm", "breaks-rules"),
}


def said(code: str, lang: str) -> set[str]:
    """The facts that a code's sentence names."""
    text = i18n.catalogue(lang)[f"fault:{code}"]
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def problems() -> set[str]:
    """The codes without their family: as the grammar and the kinds of values name them, and as written out."""
    found = set(re.findall(r'_problem\(\s*"([a-z-]+)"', (ROOT / "markup/grammar.py").read_text("utf-8")))
    for path in ("markup/values.py", "have/values.py"):
        text = (ROOT / path).read_text("utf-8")
        found |= set(re.findall(r'(?:return|else) "~?([a-z-]+)"', text))
    for path in ("have/checking.py", "rm/checking.py", "rm/reading.py"):
        found |= set(re.findall(r'"edxl-([a-z-]+)"', (ROOT / path).read_text("utf-8")))
    return found


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_problem_and_refusal_of_a_file_has_a_sentence(lang: str) -> None:
    found = problems()
    assert {"unknown-element", "twice", "missing", "time", "time-form", "id", "point", "kind"} <= found
    facts = set(Problem.__dataclass_fields__)
    assert not {code for code in found if said(f"edxl-{code}", lang) - facts}
    assert all(f"fault:edxl-{code}" in i18n.catalogue(lang) for code in OPENING)


@pytest.mark.parametrize("lang", i18n.LANGS)
def test_every_reason_against_a_scan_has_a_sentence_of_its_facts(lang: str) -> None:
    source = (ROOT / "codes/gs1.py").read_text("utf-8")
    reasons = set(re.findall(r'(?:_Wrong\(|reason=)"([a-z_]+)"', source))
    refused = {
        gs1_scan(text, 2022).reason: gs1_scan(text, 2022).facts
        for text in (
            *("", "https://id.example.org/01", "12345", "(88)1", "(17)2405", "(17)24O531", "(10)七"),
            *("4006381333932", "(17)241301", "(10)A(10)B"),
        )
    }
    assert set(refused) == reasons
    for reason, facts in refused.items():
        assert said(f"scan-{str(reason).replace('_', '-')}", lang) <= set(facts)
