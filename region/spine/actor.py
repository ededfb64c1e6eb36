"""Who acts: an account or the system, the roles granted to it, and where they hold."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True)
class Grant:
    """A role held for one part of the tree of places: `path` such as ``1/15/`` covers all below it."""

    role: str
    path: str


@dataclass(frozen=True)
class Actor:
    """One who acts; `realm` 0 is the real world, any other is an exercise.

    `only` limits a program's token to some capabilities of its roles; None means all of them.
    """

    name: str
    grants: tuple[Grant, ...] = ()
    realm: int = 0
    account_id: int | None = None
    site_id: int | None = None
    lang: str = "zh"
    is_system: bool = False
    only: frozenset[str] | None = None
    roles_shown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def paths(self) -> tuple[str, ...]:
        """The smallest set of path prefixes that the grants cover."""
        kept: list[str] = []
        for path in sorted({grant.path for grant in self.grants}, key=len):
            if not any(path.startswith(above) for above in kept):
                kept.append(path)
        return tuple(kept)

    def paths_for(self, roles: frozenset[str]) -> tuple[str, ...]:
        """Where this actor holds any of `roles`."""
        return tuple(grant.path for grant in self.grants if grant.role in roles)

    def in_realm(self, realm: int) -> Actor:
        """The same actor, acting in another realm."""
        return replace(self, realm=realm)


def system_actor(realm: int = 0) -> Actor:
    """The named, journalled actor of jobs, timers and flows; it holds the role `system` everywhere."""
    return Actor("system", grants=(Grant("system", ""),), realm=realm, is_system=True)
