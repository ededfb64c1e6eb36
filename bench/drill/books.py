"""The books after the drill: every order issued is closed or open, every delivery explained, none twice in effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from bench.drill.ground import Drilled
from bench.drill.load import Ledger
from region.dispatch.models import Delivery, Directive, Recipient
from region.dispatch.states import DIRECTIVE, RECIPIENT
from region.spine.actor import system_actor
from region.spine.errands import Errand
from region.spine.journal import Entry

STARTS = ("DirectiveIssued", "DirectivePassedOn")
ENDS = {
    "closed": "DirectiveClosed",
    "superseded": "DirectiveSuperseded",
    "cancelled": "DirectiveCancelled",
}


def check(side: Drilled, ledger: Ledger) -> list[str]:
    """What is wrong in the books of one realm; prints its figures. Nothing wrong is an empty list."""
    with side.world.office.work(system_actor(side.world.realm), reading=True) as w:
        orders = list(w.session.scalars(select(Directive)))
        rows = list(w.session.scalars(select(Recipient)))
        letters = list(w.session.scalars(select(Delivery)))
        journal = list(w.session.scalars(select(Entry).where(Entry.event.startswith("dispatch."))))
        dead = list(w.session.scalars(select(Errand).where(Errand.state == "dead")))
    told = _by_event(journal)
    wrong = [*_orders(orders, told), *_recipients(orders, rows, told), *_letters(letters, rows, told)]
    wrong += _confirmed(side, orders, ledger)
    wrong += [f"errand {one.id} ({one.runner}) is dead: {one.last_error}" for one in dead]
    _print(side, orders, rows, letters, told)
    return wrong


def _by_event(journal: Iterable[Entry]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in journal:
        found.setdefault(entry.event.removeprefix("dispatch."), []).append(entry.data)
    return found


def _orders(orders: list[Directive], told: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Issued = ended + open, by the rows and by the journal."""
    wrong = []
    issued = {one["directive"] for name in STARTS for one in told.get(name, [])}
    standing = {order.id for order in orders if order.issued_at is not None}
    if issued != standing:
        wrong.append(f"orders issued by the journal {len(issued)}, by the rows {len(standing)}")
    for state, event in ENDS.items():
        by_rows = {order.id for order in orders if order.state == state}
        entries = [one["directive"] for one in told.get(event, [])]
        if sorted(by_rows) != sorted(entries):
            wrong.append(f"{state}: {len(by_rows)} rows, {len(entries)} entries")
    numbers = Counter(order.number for order in orders if order.number)
    wrong += [f"number {number} was given {times} times" for number, times in numbers.items() if times > 1]
    return wrong


def _recipients(
    orders: list[Directive], rows: list[Recipient], told: dict[str, list[dict[str, Any]]]
) -> list[str]:
    """Every recipient promised is there; signatures and rows agree; no ended order waits for anybody."""
    wrong = []
    by_order = Counter(row.directive_id for row in rows)
    for name in STARTS:
        for one in told.get(name, []):
            if by_order[one["directive"]] != one["recipients"]:
                wrong.append(f"order {one['directive']}: {by_order[one['directive']]} of {one['recipients']}")
    signed = Counter(one["recipient"] for one in told.get("DirectiveAcknowledged", []))
    wrong += [f"recipient {id} signed {times} times" for id, times in signed.items() if times > 1]
    by_rows = {row.id for row in rows if row.acknowledged_at is not None}
    if by_rows != set(signed):
        wrong.append(f"signatures: {len(by_rows)} rows, {len(signed)} entries")
    ended = {order.id for order in orders if order.state in DIRECTIVE.ends}
    waiting = [row.id for row in rows if row.directive_id in ended and row.state not in RECIPIENT.ends]
    wrong += [f"recipient {id} waits on an ended order" for id in waiting]
    complete = {order.id for order in orders if order.state == "issued"} - {
        row.directive_id for row in rows if row.required and row.state not in RECIPIENT.ends
    }
    return wrong + [f"order {id} is complete and did not close" for id in complete]


def _letters(
    letters: list[Delivery], rows: list[Recipient], told: dict[str, list[dict[str, Any]]]
) -> list[str]:
    """Each delivery has one end, and the journal says which."""
    made = Counter(id for one in told.get("DeliveriesMade", []) for id in one["deliveries"])
    failed = Counter(id for one in told.get("DeliveriesFailed", []) for id in one["deliveries"])
    diverted = {id for one in told.get("DeliveriesDiverted", []) for id in one["deliveries"]}
    wrong = [f"delivery {id} was made {times} times" for id, times in made.items() if times > 1]
    wrong += [f"delivery {id} failed {times} times" for id, times in failed.items() if times > 1]
    wrong += [f"delivery {id} was made and failed" for id in made.keys() & failed.keys()]
    by_id = {row.id: row for row in rows}
    for letter in letters:
        reason = _unexplained(letter, by_id[letter.recipient_id], made, failed, diverted)
        if reason:
            wrong.append(f"delivery {letter.id} ({letter.channel}): {reason}")
    return wrong


def _unexplained(
    letter: Delivery, row: Recipient, made: Counter[int], failed: Counter[int], diverted: set[int]
) -> str:
    """Why a delivery's state has no explanation in the journal; empty when it has one."""
    seen = row.delivered_at is not None or row.acknowledged_at is not None
    if letter.state == "delivered" and letter.channel != "portal" and letter.id not in made:
        return "delivered, and nobody said so"
    if letter.state == "owed" and letter.channel == "webhook" and not letter.tries:
        return "owed, and never tried"
    if letter.state == "delivered" and letter.channel == "portal" and not seen:
        return "shown on a screen that nobody looked at"
    if letter.state == "failed" and letter.id not in failed:
        return "failed, and nobody said so"
    if letter.state == "dropped" and not (
        seen or row.ended_at or letter.id in diverted or row.state == "stopping"
    ):
        return "dropped without a reason"
    return ""


def _confirmed(side: Drilled, orders: list[Directive], ledger: Ledger) -> list[str]:
    """What the desk was told is issued, is issued, and in this realm alone."""
    known = {order.form_token for order in orders if order.issued_at is not None}
    mine = {token for token, realm in ledger.issued.items() if realm == side.world.realm}
    others = set(ledger.issued) - mine
    wrong = [f"order {token} was confirmed and is not there" for token in mine - known]
    return wrong + [f"order {token} of another realm is here" for token in others & known]


def effects(side: Drilled, obeyed: dict[str, str]) -> list[str]:
    """By what the sites saw (key -> realm): all that was made took effect, nothing else did, in its realm alone.

    A key takes effect once at a receiver, and a recipient has one key a channel and round: so none is doubled.
    """
    with side.world.office.work(system_actor(side.world.realm), reading=True) as w:
        wanted = select(Delivery.uid, Delivery.state).where(Delivery.channel == "webhook")
        known = dict(w.session.execute(wanted).tuples().all())
    mine = {uid for uid, realm in obeyed.items() if realm == str(side.world.realm)}
    wrong = [f"letter {uid} took effect and was never owed in this realm" for uid in mine - known.keys()]
    made = {uid for uid, state in known.items() if state == "delivered"}
    return wrong + [f"letter {uid} is said to be delivered and never came" for uid in made - mine]


def by_gateways(seen: dict[str, Any]) -> list[str]:
    """By what the providers saw: no message or call with the same key took effect twice."""
    return [
        f"{channel}: {key} took effect {times} times"
        for channel, keys in seen["effects"].items()
        for key, times in keys.items()
        if times > 1
    ]


def _print(
    side: Drilled,
    orders: list[Directive],
    rows: list[Recipient],
    letters: list[Delivery],
    told: dict[str, list[dict[str, Any]]],
) -> None:
    name = "the exercise" if side.world.realm else "the real world"
    retried = sum(len(one["deliveries"]) for one in told.get("DeliveriesRetried", []))
    reclaimed = sum(len(one["deliveries"]) for one in told.get("DeliveriesReclaimed", []))
    print(f"\n{name}: {len(orders)} orders {dict(Counter(order.state for order in orders))}")
    print(f"  {len(rows)} recipients {dict(Counter(row.state for row in rows))}")
    by_channel = Counter(f"{letter.channel} {letter.state}" for letter in letters)
    print(f"  {len(letters)} deliveries {dict(by_channel)}; {retried} retried, {reclaimed} taken back")
