"""Everything that changes accounts, one verb a function."""

from region.accounts.actions.duties import set_shift, swap_shift, take_over
from region.accounts.actions.enrolling import Plan, apply_roster, plan_roster
from region.accounts.actions.entering import (
    Outcome,
    begin_session,
    confirm_code,
    end_sessions,
    open_session,
    set_second_factor,
    sign_in,
    sign_out,
)
from region.accounts.actions.granting import grant_role, may_grant, revoke_role
from region.accounts.actions.joining import Invitation, invited_by, join, make_join_codes
from region.accounts.actions.people import (
    PURPOSES,
    clear_second_factor,
    close_account,
    ensure_account,
    make_account,
    reveal_phone,
)
from region.accounts.actions.tokens import make_token, revoke_token, token_used

__all__ = [
    "PURPOSES",
    "Invitation",
    "Outcome",
    "Plan",
    "apply_roster",
    "begin_session",
    "clear_second_factor",
    "close_account",
    "confirm_code",
    "end_sessions",
    "ensure_account",
    "grant_role",
    "invited_by",
    "join",
    "make_account",
    "make_join_codes",
    "make_token",
    "may_grant",
    "open_session",
    "plan_roster",
    "reveal_phone",
    "revoke_role",
    "revoke_token",
    "set_second_factor",
    "set_shift",
    "sign_in",
    "sign_out",
    "swap_shift",
    "take_over",
    "token_used",
]
