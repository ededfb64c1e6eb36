"""The page of what will be needed: a sentence, a picture, the days to come, and what all of it rests on."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import render_template, request

from region.places.models import Place
from region.places.queries import children, roots
from region.resources.catalogue import items_of
from region.resources.queries import forecast as asking
from region.resources.queries.forecast import Forecast
from region.resources.states import PACK
from region.spine.errors import Invalid
from region.spine.i18n import MONTHS, WEEKDAYS
from region.spine.web import Routes, current_lang
from region.spine.work import Work

routes = Routes("forecast", __name__)


@routes.get("/supplies/forecast", needs="resources.read")
def page(w: Work) -> Any:
    """One item in an area or at a site; without a word of which, the first item of the wall in the reader's area."""
    areas = _areas(w)
    first = [code for code in w.rules.value(PACK, "wall.items") if code in items_of(w.rules)]
    item = request.args.get("item", "") or first[0]
    area = _area(request.args.get("area", ""), areas)
    found = asking.forecast(w, item, area) if area is not None else None
    if found is not None and found.place.id not in {one.id for one in areas}:
        areas.append(found.place)
    return render_template(
        "resources/forecast.html",
        found=found,
        areas=areas,
        items=items_of(w.rules),
        first=first,
        asked={"item": item, "area": area},
        picture=None if found is None else _picture(found),
        day_word=day_word,
    )


def day_word(day: date) -> str:
    """``Thu 4 Aug`` or ``8月4日周四``."""
    weekday = WEEKDAYS[current_lang()][day.weekday()]
    if current_lang() == "zh":
        return f"{day.month}月{day.day}日{weekday}"
    return f"{weekday} {day.day} {MONTHS[day.month - 1]}"


def _areas(w: Work) -> list[Place]:
    """The reader's areas with those directly below; whoever has a site alone, that site."""
    tops = list(roots(w))
    below = [child for one in tops if one.kind == "area" for child in children(w, one.id, kind="area")]
    return [*tops, *below]


def _area(typed: str, areas: list[Place]) -> int | None:
    if not typed:
        return areas[0].id if areas else None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):
        raise Invalid("fields-wrong", field="area")
    return int(typed)


def _picture(found: Forecast) -> dict[str, Any]:
    """What the chart is drawn from: past days with their use, days to come as [middle, lower, upper], whole units."""
    return {
        "past": [{"day": day_word(day), "used": _whole(used)} for day, used in found.history.days],
        "ahead": [
            {
                "day": day_word(one.day),
                "need": [_whole(part) for part in (one.need.mid, one.need.lower, one.need.upper)],
                "left": [_whole(part) for part in (one.left.mid, one.left.lower, one.left.upper)],
                "coming": one.coming,
            }
            for one in found.ahead
        ],
    }


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
