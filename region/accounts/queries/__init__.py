"""Everything asked of accounts; changes nothing."""

from region.accounts.queries.duty import Duty, chain, on_duty, shifts_of
from region.accounts.queries.people import (
    Page,
    PersonLine,
    account,
    account_by_login,
    count_by_state,
    grants_in_force,
    grants_of,
    masked_phone,
    open_realms,
    people,
    roles_in_force,
    tokens,
)
from region.accounts.queries.roles import demands_second_factor, is_desk, role_named, role_names

__all__ = [
    "Duty",
    "Page",
    "PersonLine",
    "account",
    "account_by_login",
    "chain",
    "count_by_state",
    "demands_second_factor",
    "grants_in_force",
    "grants_of",
    "is_desk",
    "masked_phone",
    "on_duty",
    "open_realms",
    "people",
    "role_named",
    "role_names",
    "roles_in_force",
    "shifts_of",
    "tokens",
]
