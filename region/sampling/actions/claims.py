"""Which tube holds a code: of two that claim one, the first stays, the other is contested until a person has looked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from region.formats.codes.tubes import read_code
from region.sampling.actions import tallying, worklist
from region.sampling.actions.lines import Line
from region.sampling.models import Tube, WorkItem
from region.sampling.states import TUBE
from region.spine import bulk
from region.spine.errors import Invalid, Refused
from region.spine.work import Work

TWICE, WRONG = "tube_twice", "code_wrong"
ANYWHERE = "a code is one tube's, wherever it is"
VERDICTS = {TWICE: ("first_stays", "other_stays", "both_real"), WRONG: ("both_real", "resample")}


def holders(w: Work, codes: Iterable[str]) -> dict[str, int]:
    """The tube that holds each of these codes; one that was thrown away gives its code up."""
    wanted = select(Tube.id, Tube.code, Tube.state).where(~Tube.contested)
    wanted = wanted.where(bulk.among(w.session, Tube.code, sorted(set(codes))))
    with w.beyond_scope(ANYWHERE):
        rows = w.session.execute(wanted).all()
        thrown = sorted(row.id for row in rows if row.state == "void")
        if thrown:
            freed = update(Tube).where(Tube.id.in_(thrown), Tube.state == "void").values(contested=True)
            w.session.execute(freed, execution_options={"synchronize_session": False})
    return {row.code: row.id for row in rows if row.state != "void"}


def claim(w: Work, lines: Sequence[Line]) -> None:
    """The first to claim a code gets it, unless another holds it; a code that cannot be read is nobody's."""
    asked = sorted(
        (line for line in lines if line.claims), key=lambda one: (one.sent.opened_at, one.sent.uid)
    )
    held = _held(w, asked, lines)
    for line in lines:
        if line.writes and line.wrong is not None:
            line.contested = True
    for line in asked:
        if line.row is not None and line.code in held and _told_apart(w, held[line.code], line.row.id):
            line.code = line.row.code  # a person gave it a new code, of which the phone does not know
            continue
        line.contested = line.code in held
        held.setdefault(line.code, line.id)


def _held(w: Work, asked: Sequence[Line], lines: Sequence[Line]) -> dict[str, int]:
    """Who holds the codes asked for; a tube that this batch throws away gives its code up."""
    held = holders(w, (line.code for line in asked)) if asked else {}
    thrown = {
        line.id: line for line in lines if line.row is not None and line.writes and line.state == "void"
    }
    for code, id in list(held.items()):
        if id in thrown:
            thrown[id].contested = True
            del held[code]
    return held


def _told_apart(w: Work, first: int, other: int) -> bool:
    """Whether somebody has settled which of two tubes has the code."""
    pair = (WorkItem.ref == f"tube:{first}", WorkItem.other == f"tube:{other}")
    wanted = select(WorkItem.id).where(WorkItem.kind == TWICE, *pair, WorkItem.state == "settled")
    return w.session.scalars(wanted).first() is not None


def settle_tube_twice(w: Work, item: WorkItem, verdict: str, *, code: str = "", note: str = "") -> None:
    """Settle which of two tubes has the code that both claim, or what a tube's code is that could not be read.

    ``first_stays`` and ``other_stays`` throw the other one away, whose people are due again; ``both_real`` gives the
    contested one a new `code`. Invalid (``verdict-unknown``, ``code-wrong``), Refused (``code-taken``, also where a
    third tube took the code meanwhile; ``not-from-here`` where a laboratory has the tube already, or where a tube is to
    get a code that was thrown away).
    """
    w.need("sampling.settle", item.place_id)
    if verdict not in VERDICTS.get(item.kind, ()):
        raise Invalid("verdict-unknown", field="verdict")
    first, other = _pair(w, item)
    if other.contested:
        if verdict in ("first_stays", "resample"):
            _throw(w, other)
        elif verdict == "other_stays":
            _take_over(w, first, other)
        else:
            _name(w, other, _free(w, code))
    worklist.settle(w, item, verdict, note)


def _pair(w: Work, item: WorkItem) -> tuple[Tube, Tube]:
    """The tube that holds the code and the one that is contested, held until the work ends."""
    ids = [int(one.split(":")[1]) for one in (item.ref, item.other or item.ref)]
    with w.beyond_scope("both tubes of a piece of work that is the actor's"):
        wanted = select(Tube).where(Tube.id.in_(ids)).order_by(Tube.id)
        found = {one.id: one for one in w.session.scalars(wanted.with_for_update(key_share=True))}
    return found[ids[0]], found[ids[1]]


def _take_over(w: Work, first: Tube, other: Tube) -> None:
    """The contested tube gets the code that it claims; the first is thrown away if it still has it."""
    holder = holders(w, [other.code]).get(other.code)
    if holder not in (None, first.id):
        raise Refused("code-taken", given=other.code)
    _name(w, other, other.code, instead=first if holder else None)


def _throw(w: Work, tube: Tube) -> None:
    """A tube is void; it gives its code up, and its people are due again. Its phone may have thrown it away before."""
    if tube.state == "void":
        return
    state = TUBE.find("void", tube.state).target
    _set(w, tube, state=state, since=w.now, contested=True)
    tallying.uncount(w, [tube.id], "void")


def _name(w: Work, tube: Tube, code: str, instead: Tube | None = None) -> None:
    """A tube gets a code, in the place of another that is thrown away; one that is void itself gets none."""
    if tube.state == "void":
        raise Refused("not-from-here", machine=TUBE.name, verb="name", state=tube.state)
    if instead is not None:
        _throw(w, instead)
    _set(w, tube, code=code, contested=False)


def _set(w: Work, tube: Tube, **values: object) -> None:
    with w.beyond_scope("both tubes of a piece of work that is the actor's"):
        these = update(Tube).where(Tube.id == tube.id).values(**values)
        w.session.execute(these, execution_options={"synchronize_session": False})


def _free(w: Work, text: str) -> str:
    read = read_code(text)
    if read.value is None:
        raise Invalid("code-wrong", field="code", reason=str(read.reason))
    if read.value in holders(w, [read.value]):
        raise Refused("code-taken", given=read.value)
    return read.value
