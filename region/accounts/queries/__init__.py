"""Everything asked of accounts; changes nothing."""

from region.accounts.queries.calling import (
    Called,
    leaders_above,
    on_duty_at,
    people_named,
    shifts_at,
    who_may,
)
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
    "Called",
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
    "leaders_above",
    "masked_phone",
    "on_duty",
    "on_duty_at",
    "open_realms",
    "people",
    "people_named",
    "role_named",
    "role_names",
    "roles_in_force",
    "shifts_at",
    "shifts_of",
    "tokens",
    "who_may",
]
