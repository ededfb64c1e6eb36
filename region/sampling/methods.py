"""How people share a tube: the methods of the pack, and the item of supplies that each uses."""

from __future__ import annotations

from dataclasses import dataclass

from region.sampling.states import PACK
from region.spine.errors import Invalid
from region.spine.work import Work


@dataclass(frozen=True)
class Method:
    """One way to sample: up to `size` people in one tube."""

    code: str
    zh: str
    en: str
    size: int
    item: str
    short: str

    @property
    def pooled(self) -> bool:
        """Whether strangers share the tube."""
        return self.size > 1 and self.code != "household"


def methods(w: Work) -> dict[str, Method]:
    """All methods of the pack, by code."""
    return {code: Method(code, **dict(one)) for code, one in w.rules.value(PACK, "methods").items()}


def method(w: Work, code: str) -> Method:
    """One method; Invalid (``method-unknown``)."""
    found = methods(w).get(code)
    if found is None:
        raise Invalid("method-unknown", field="method", given=code[:16])
    return found
