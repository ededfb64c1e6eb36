"""What the roles' data say: who needs a second factor, who sits at a desk, what a role is called."""

from __future__ import annotations

from collections.abc import Iterable

from region.spine.rulebook import Rulebook

DESK = "board.read"
"""Who may see the command board sits at a desk: a machine in an office, left on, passed by many."""


def demands_second_factor(rules: Rulebook, roles: Iterable[str]) -> bool:
    """Whether any of these roles asks its person for a one-time password (``totp`` in the roles' data)."""
    return any(rules.roles[role]["totp"] for role in roles if role in rules.roles)


def for_persons_alone(rules: Rulebook) -> frozenset[str]:
    """Capabilities that demand a second factor: no token carries them, for a program has none to show."""
    return frozenset(rules.value("roles", "totp.capabilities"))


def is_desk(rules: Rulebook, roles: Iterable[str]) -> bool:
    """Whether a session of these roles ends early: persons at desks, and all that need a second factor."""
    known = [rules.roles[role] for role in roles if role in rules.roles]
    return any(
        role["totp"] or (DESK in role["capabilities"] and role["holder"] == "person") for role in known
    )


def role_names(
    rules: Rulebook, *, holders: tuple[str, ...] = ("person", "device")
) -> dict[str, dict[str, str]]:
    """The roles that may be held by these: code to ``{zh:, en:}``."""
    return {code: role["name"] for code, role in rules.roles.items() if role["holder"] in holders}


def role_named(rules: Rulebook, text: str) -> str | None:
    """The code of a person's role by its code or its name in either language; None when there is none."""
    wanted = text.strip().casefold()
    for code, names in role_names(rules, holders=("person",)).items():
        if wanted in (code, names["zh"].casefold(), names["en"].casefold()):
            return code
    return None
