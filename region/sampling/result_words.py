"""How laboratories write results: words and codes of the pack, each meaning one of ours; whose target a Ct is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from region.formats.text import match_key
from region.sampling.states import PACK
from region.spine.work import Work


@dataclass(frozen=True)
class Words:
    """Results and targets by every way of writing them; `tests` are the codes of the tests as a whole."""

    results: Mapping[str, str]
    targets: Mapping[str, str]
    tests: frozenset[str]

    def result(self, *texts: str) -> str | None:
        """The result that the first certain of these texts means; None where none is."""
        found = (self.results.get(match_key(text)) for text in texts if text)
        return next((one for one in found if one is not None), None)

    def target(self, *texts: str) -> str | None:
        """``ct_n`` or ``ct_orf``, where one of these texts names the target."""
        found = (self.targets.get(match_key(text)) for text in texts if text)
        return next((one for one in found if one is not None), None)


def words(w: Work) -> Words:
    """The words of the pack in force."""
    return Words(
        _by_word(w, "results.words"),
        _by_word(w, "results.targets"),
        frozenset(map(str, w.rules.value(PACK, "test.loinc").values())),
    )


def _by_word(w: Work, name: str) -> dict[str, str]:
    return {match_key(str(one)): code for code, many in w.rules.value(PACK, name).items() for one in many}
