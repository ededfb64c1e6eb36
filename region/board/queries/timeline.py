"""What happened last, as sentences with their time: from the journal, which holds no words and no persons' names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from region.board.queries.desk_history import CHANNELS
from region.board.queries.standing import Standing
from region.dispatch.models import Directive
from region.places.models import Place
from region.spine.i18n import MONTHS
from region.spine.journal import Entry
from region.spine.work import Work

SHOWN = 6

SENTENCES: dict[str, tuple[str, Callable[[dict[str, Any]], int]]] = {
    "dispatch.DirectiveIssued": (
        "Order {order} issued, recipients: {n}",
        lambda data: int(data["recipients"]),
    ),
    "dispatch.DirectiveClosed": ("Order {order} closed: all sites are done", lambda _: 0),
    "dispatch.DirectiveCancelled": ("Order {order} cancelled", lambda _: 0),
    "dispatch.DirectiveWithdrawn": (
        "Order {order} withdrawn: {n} must sign that they stopped",
        lambda data: int(data["stopping"]),
    ),
    "dispatch.DirectivePassedOn": (
        "Order {parent} passed on as {order}: {n} recipients",
        lambda data: int(data["recipients"]),
    ),
    "dispatch.SupervisionIssued": (
        "Order {order} supervised, no. {times}: {n} late",
        lambda data: len(data["recipients"]),
    ),
    "dispatch.PeopleCalled": (
        "Order {order}: {n} people on duty called",
        lambda data: len(data["accounts"]),
    ),
    "dispatch.ChannelDemoted": ("A channel is at rest: {channel}", lambda _: 0),
    "dispatch.ChannelRestored": ("A channel is well again: {channel}", lambda _: 0),
    "dispatch.DirectiveSuperseded": ("Order {order} replaced by order {by}", lambda _: 0),
    "dispatch.RecipientsReminded": (
        "Order {order} pressed again: {n} late",
        lambda data: len(data["recipients"]),
    ),
    "dispatch.LatenessPassedUp": (
        "Order {order} passed up to {told}: {n} late",
        lambda data: len(data["recipients"]),
    ),
    "dispatch.TroubleRaised": ("{place} is in trouble with order {order}", lambda _: 0),
    "dispatch.TroubleAnswered": ("{place} got an answer about order {order}", lambda _: 0),
    "dispatch.RecipientWaived": ("{place} is excused from order {order}", lambda _: 0),
    "places.SiteWentDark": ("{place} is cut off", lambda _: 0),
    "places.SiteCameBack": ("{place} is back", lambda _: 0),
    "incidents.IncidentOpened": ("Response opened at level {level}", lambda _: 0),
    "incidents.LevelChanged": ("Response level changed from {old} to {new}", lambda _: 0),
    "incidents.IncidentClosed": ("Response closed", lambda _: 0),
}
"""What is worth a line on the wall: the msgid of its sentence, and the number in it."""


def timeline(w: Work, s: Standing, zone: ZoneInfo) -> list[dict[str, Any]]:
    """The newest happenings within the actor's places, the newest first."""
    wanted = select(Entry).where(Entry.event.in_(SENTENCES)).order_by(Entry.id.desc()).limit(SHOWN)
    entries = w.session.scalars(wanted).all()
    orders = _orders(w, entries)
    places = _places(w, entries)
    return [
        {
            "id": entry.id,
            "time": _time(s, entry, zone),
            "text": _sentence(s, entry, orders, places),
            "tone": "bad" if entry.event == "dispatch.LatenessPassedUp" else "plain",
        }
        for entry in entries
    ]


def _time(s: Standing, entry: Entry, zone: ZoneInfo) -> str:
    """The hour; with the day when it was not today."""
    at, now = entry.happened_at.astimezone(zone), s.now.astimezone(zone)
    if at.date() == now.date():
        return f"{at:%H:%M}"
    return f"{at:%m-%d %H:%M}" if s.lang == "zh" else f"{at.day} {MONTHS[at.month - 1]} {at:%H:%M}"


def _sentence(s: Standing, entry: Entry, orders: dict[int, Directive], places: dict[int, Place]) -> str:
    text, counted = SENTENCES[entry.event]
    data = entry.data

    def order(name: str) -> str:
        found = orders.get(int(data.get(name) or 0))
        return "–" if found is None else s.short(found)

    told = [s.name(places.get(one)) for one in data.get("told", ())]
    facts = {
        "order": order("directive"),
        "by": order("by"),
        "parent": order("parent"),
        "n": counted(data),
        "place": s.name(places.get(entry.place_id or 0)),
        "told": told[0] if len(told) == 1 else s.say("{n} offices", n=len(told)),
        **{name: data.get(name, "–") for name in ("level", "old", "new", "times")},
        "channel": s.say(CHANNELS.get(data.get("channel", ""), "–")),
    }
    return s.say(text, **facts)


def _orders(w: Work, entries: Sequence[Entry]) -> dict[int, Directive]:
    named = _ids(entry.data.get(name) for entry in entries for name in ("directive", "by", "parent"))
    return {one.id: one for one in w.session.scalars(select(Directive).where(Directive.id.in_(named)))}


def _places(w: Work, entries: Sequence[Entry]) -> dict[int, Place]:
    """Named places; offices above may be named beyond the actor's places, for they were told of them."""
    told = [place for entry in entries for place in entry.data.get("told", ())]
    with w.beyond_scope("names of the places in the journal's lines on the board"):
        wanted = _ids([*told, *(entry.place_id for entry in entries)])
        return {one.id: one for one in w.session.scalars(select(Place).where(Place.id.in_(wanted)))}


def _ids(values: Iterable[Any]) -> list[int]:
    return sorted({int(value) for value in values if value is not None})
