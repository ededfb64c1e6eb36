"""A box from hand to hand: sealed, collected, received, unpacked; or void while empty, or lost on the way."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from region.sampling.actions import clocks, tallying, worklist
from region.sampling.actions.receiving import take_in
from region.sampling.actions.signing import NOTHING, Said, differ, may_sign, sign
from region.sampling.events.field import BoxMoved
from region.sampling.models import Box, FieldDevice, RoundSite, Tube
from region.sampling.schemas import SentBox
from region.sampling.states import BOX, TUBE
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

SAMPLES, CARRIES, RECEIVES = "sampling.sample", "sampling.carry", "sampling.receive"


def seal(w: Work, box: Box, said: Said = NOTHING, *, number: str = "", at: datetime | None = None) -> None:
    """The site closes the box and signs for the tubes in it; `at` when it was done, where a phone says so later.

    A box that a laboratory received before its phone was heard stays received. Sealing twice is once.
    """
    if box.sealed_at is not None:
        w.need(SAMPLES, box.place_id)
        return
    said.check()
    on_time = box.state not in ("received", "unpacked")
    if on_time:
        BOX.move(w, box, "seal", place=box.place_id)
    else:
        w.need(SAMPLES, box.place_id)
        box.version += 1
    box.sealed_at, box.seal = at or w.now, number.strip()[:40]
    box.tubes = tubes_in(w, box.id) if said.tubes is None else said.tubes
    _lab_of_site(w, box)
    sign(w, box, "seal", "giver", said, place=box.place_id, at=box.sealed_at)
    moved(w, box, "seal")
    if on_time:
        _start(w, box, box.sealed_at)


def sealed_by_phone(w: Work, box: Box, sent: SentBox, *, at: datetime | None = None) -> None:
    """A phone sends a box that it sealed; nothing while it is still open there. Sent twice is once.

    `at` is the moment of sealing by our clock; where it is not given, the phone's moment mended by its last known
    error.
    """
    if sent.sealed_at is None or box.state in ("void", "lost"):
        return
    moment = at or sent.sealed_at + timedelta(seconds=_skew(w, box.device))
    said = Said(tubes=sent.tubes, celsius=sent.celsius)
    seal(w, box, said, number=sent.seal, at=min(moment, w.now))


def _skew(w: Work, device: str) -> int:
    wanted = select(FieldDevice.skew).where(FieldDevice.uid == device).limit(1)
    found = w.session.scalars(wanted).first() or 0
    return found if abs(found) > w.rules.value(BOX.pack, "field.skew_seconds") else 0


def _lab_of_site(w: Work, box: Box) -> None:
    """The box goes to the laboratory of its site, and its tubes with it."""
    if box.lab_id is None and box.site_id is not None:
        box.lab_id = w.session.scalars(select(RoundSite.lab_id).where(RoundSite.id == box.site_id)).first()
    send_to(w, box)


def send_to(w: Work, box: Box) -> None:
    """The tubes of the box are for the laboratory that the box is for."""
    if box.lab_id is not None:
        theirs = update(Tube).where(Tube.box_id == box.id, Tube.lab_id.is_distinct_from(box.lab_id))
        w.session.execute(theirs.values(lab_id=box.lab_id), execution_options={"synchronize_session": False})


def give(w: Work, box: Box, step: str, said: Said = NOTHING) -> None:
    """The giver signs: the site to a courier (``collect``), whoever carries it to the laboratory (``receive``).

    May be signed before the taker, or after it while the box is on its way or being unpacked. Refused
    (``not-from-here``) at any other time.
    """
    if step not in ("collect", "receive"):
        raise Invalid("step-unknown", field="step")
    at = _where(w, box, SAMPLES if step == "collect" else CARRIES)
    allowed = ("sealed", "collected") if step == "collect" else ("sealed", "collected", "received")
    if box.state not in allowed:
        raise Refused("not-from-here", machine=BOX.name, verb="give", state=box.state)
    sign(w, box, step, "giver", said, place=at)


def collect(w: Work, box: Box, said: Said = NOTHING) -> None:
    """The courier takes the sealed box and signs; its time on the way begins. Twice is once."""
    at = _where(w, box, CARRIES)
    if box.state == "sealed":
        may_sign(w, box, "collect", "taker", said)
        BOX.move(w, box, "collect", place=at)
        sign(w, box, "collect", "taker", said, place=at)
        moved(w, box, "collect")
        _start(w, box, box.sealed_at or w.now)
    elif box.state != "collected":
        BOX.find("collect", box.state)


def receive(w: Work, box: Box, said: Said = NOTHING, *, at: datetime | None = None, by: str = "") -> bool:
    """The laboratory takes the box and signs: from the courier, or straight from the site. False when it had it.

    `at` and `by` are when and by whom it was scanned, where the books learn of the box later. Refused for a box
    that is void or lost.
    """
    if box.lab_id is None:
        raise Refused("box-without-laboratory")
    w.need(RECEIVES, box.lab_id)
    if box.state in ("received", "unpacked"):
        return False
    may_sign(w, box, "receive", "taker", said)
    BOX.move(w, box, "receive", place=box.lab_id)
    box.received_at = at or w.now
    sign(w, box, "receive", "taker", said, place=box.lab_id, at=at, by=by)
    moved(w, box, "receive")
    _start(w, box, w.now)
    return True


def unpack(w: Work, box: Box, *, whole: bool = False, counted: int | None = None) -> int:
    """The laboratory has counted the box and signs: `whole` says that all the site's tubes are here; else those count
    that were scanned, or `counted`. Returns how many tubes this received.

    A count unlike the site's or the books' goes on the work-list; tubes that were not found stay where they are.
    """
    lab = box.lab_id or box.place_id
    w.need(RECEIVES, lab)
    if box.state == "unpacked":
        return 0
    BOX.move(w, box, "unpack", place=lab)
    received = take_in(w, lab, Tube.box_id == box.id, box.id) if whole else 0
    books, here = tubes_in(w, box.id), tubes_here(w, box.id)
    number = counted if counted is not None else (max(box.tubes, here) if whole else here)
    expected = books if number == box.tubes else box.tubes
    sign(w, box, "unpack", "taker", Said(tubes=number), place=lab)
    if number != expected:
        differ(w, box, "unpack", expected, number, whole=whole)
    box.late_at = None
    moved(w, box, "unpack", number)
    return received


def lose(w: Work, box: Box, note: str) -> None:
    """A box cannot be found any more: its tubes are lost, and their people due again. It needs words (`note`)."""
    if not note.strip():
        raise Invalid("field-missing", field="note")
    if box.state == "lost":
        w.need("sampling.settle", box.place_id)
        return
    BOX.move(w, box, "lose", place=box.place_id)
    found = select(Tube.id).where(Tube.box_id == box.id, Tube.state.in_(TUBE.sources("lose")))
    ids = list(w.session.scalars(found))
    gone = update(Tube).where(Tube.box_id == box.id, Tube.state.in_(TUBE.sources("lose")))
    gone = gone.values(state="lost", since=w.now)
    w.session.execute(gone, execution_options={"synchronize_session": False})
    tallying.uncount(w, ids, "lost")
    box.late_at = None
    moved(w, box, "lose", len(ids))
    facts = {"tubes": len(ids)}
    item = worklist.raise_item(w, "box_lost", box.place_id, f"box:{box.id}", lab=box.lab_id, facts=facts)
    if item is not None:
        worklist.settle(w, item, "resample", note)


def void(w: Work, box: Box) -> None:
    """A box that was opened by mistake. Refused (``box-not-empty``) while a tube is in it: none may vanish."""
    if box.state == "void":
        w.need(SAMPLES, box.place_id)
        return
    inside = tubes_in(w, box.id)
    if inside:
        raise Refused("box-not-empty", tubes=inside)
    BOX.move(w, box, "void", place=box.place_id)
    box.late_at = None
    moved(w, box, "void", 0)


def tubes_in(w: Work, box: int) -> int:
    """Tubes of the books in the box: all that were not thrown away."""
    wanted = select(func.count()).select_from(Tube).where(Tube.box_id == box, Tube.state != "void")
    return int(w.session.scalars(wanted).one())


def tubes_here(w: Work, box: int) -> int:
    """Tubes of the box that the laboratory has: received, rejected, or reported."""
    here = Tube.received_at.is_not(None) | Tube.state.in_(("rejected", "reported"))
    wanted = select(func.count()).select_from(Tube).where(Tube.box_id == box, here)
    return int(w.session.scalars(wanted).one())


def redirect(w: Work, box: Box, lab: int) -> None:
    """The box goes to another laboratory than was planned, and its tubes with it."""
    w.need("sampling.plan", box.place_id)
    if box.state not in ("open", "sealed", "collected"):
        raise Refused("not-from-here", machine=BOX.name, verb="redirect", state=box.state)
    if box.lab_id != lab:
        box.lab_id, box.version = lab, box.version + 1
        send_to(w, box)
        moved(w, box, "redirect")


def moved(w: Work, box: Box, verb: str, tubes: int | None = None) -> None:
    """Tell what became of a box."""
    w.tell(
        BoxMoved(
            box=box.id,
            verb=verb,
            state=box.state,
            tubes=box.tubes if tubes is None else tubes,
            place=box.place_id,
        )
    )


def _start(w: Work, box: Box, since: datetime) -> None:
    """The clock of the new state; it began when it was done, which a phone may tell hours later."""
    w.session.flush()
    limit = BOX.limits.get(box.state)
    after = None if limit is None else w.rules.duration(BOX.pack, limit) - (w.now - since)
    clocks.start(w, box, None if after is None else max(after, timedelta()))


def _where(w: Work, box: Box, capability: str) -> int:
    """For which of its two places the actor acts: Forbidden where for neither."""
    if box.lab_id is not None and w.may(capability, box.lab_id) and not w.may(capability, box.place_id):
        return box.lab_id
    w.need(capability, box.place_id)
    return box.place_id
