"""The clinic's day on its shared computer and on a telephone: the page, its pack for no network, and its marks."""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from region.board.actions.day_marks import Kept, Mark, keep
from region.board.queries.day import DOES, day, post, posts
from region.board.queries.day_lines import Line
from region.care.states import PACK
from region.spine.device import account_word, clock_rate
from region.spine.errors import Invalid
from region.spine.web import Routes, current_lang, fault_text
from region.spine.work import Work

routes = Routes("day", __name__)
MOST = 200
"""Marks of one batch."""


class MarkSent(BaseModel):
    """One mark as a device sends it."""

    model_config = ConfigDict(extra="forbid")

    uid: str = Field(min_length=8, max_length=40)
    key: str = Field(max_length=60)
    verb: str = Field(max_length=8)
    at: AwareDatetime
    reason: str = Field(default="", max_length=24)


class MarksSent(BaseModel):
    """A batch of marks."""

    model_config = ConfigDict(extra="forbid")

    marks: list[MarkSent] = Field(max_length=MOST)


@routes.get("/day", needs=DOES)
def page(w: Work) -> str:
    """The page without the list: the list comes as the pack, so that the browser may keep the page."""
    place = post(w, request.args.get("place", type=int))
    return render_template(
        "board/day.html",
        place=place,
        others=[one for one in posts(w)[:MOST] if one.id != place.id],
        account=account_word(w),
        rate=clock_rate(w),
        zone=w.office.clock.zone.key,
        reasons=[{"code": code, **one} for code, one in w.rules.value(PACK, "not_done_reasons").items()],
    )


@routes.get("/api/v1/day", needs=DOES)
def pack(w: Work) -> Any:
    """What `place` (else the reader's first) has to do today, masked, with a fresh form token and the time here."""
    found = day(w, post(w, request.args.get("place", type=int)))
    given = found.as_pack()
    for line, one in zip(given["lines"], found.lines, strict=True):
        line["where"] = _address(one)
        del line["row"]
    return jsonify(
        csrf=generate_csrf(),
        account=account_word(w),
        now=w.now.isoformat(),
        rate=clock_rate(w),
        realm=w.realm,
        **given,
    )


def _address(line: Line) -> str:
    """The page of a line's own area."""
    match line.where:
        case "care":
            return url_for("care.show", id=line.row)
        case "stay":
            return url_for("stays.show", id=line.row)
        case "contacts":
            return url_for("contacts.page", incident=line.row)
        case "checks":
            return url_for("checks.page", place=line.row)
        case "field":
            return url_for("field.page")
        case _:
            return url_for("inbox.page")


@routes.post("/api/v1/day/sync", needs=DOES)
def sync(w: Work) -> Any:
    """A batch of marks (`MarksSent`); answers by `uid` what became of each. Sent again it changes nothing."""
    try:
        sent = MarksSent.model_validate_json(request.get_data())
    except ValidationError as error:
        wrong = [".".join(map(str, one["loc"])) for one in error.errors(include_input=False)]
        raise Invalid("fields-wrong", field=wrong[0] or "-", fields=wrong[:20]) from error
    kept = keep(w, [Mark(**one.model_dump()) for one in sent.marks])
    return jsonify(ok=True, now=w.now.isoformat(), marks=[_answer(one) for one in kept])


def _answer(one: Kept) -> dict[str, Any]:
    if one.fault is None:
        return {"uid": one.uid, "ended": "done"}
    said = {"code": one.fault.code, "text": fault_text(current_lang(), one.fault)}
    return {"uid": one.uid, "ended": "refused", **said, "state": str(one.fault.facts.get("state", ""))}
