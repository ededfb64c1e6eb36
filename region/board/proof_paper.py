"""The proof sheet in the reader's language: as values for paper, and as a workbook."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from region.board.queries.proof import Sheet
from region.dispatch.queries.proof import Line
from region.formats.tables.writing import guarded
from region.spine.clock import REAL
from region.spine.i18n import pick, translate

PART = 2500
"""Lines of one PDF: some two seconds of one processor and half a gigabyte; more recipients make more parts."""
HEADS = (
    *("No.", "Recipient", "Delivered", "Received", "Signed", "Signed by", "Reported", "Done"),
    *("Pressed / passed up / supervised", "Evidence"),
)
BOOK = (
    *("No.", "Code", "Recipient", "State", "Channels", "Delivered", "Received", "Signed", "Way", "Signed by"),
    *("Reported", "Done", "Pressed", "Passed up", "Supervised", "Photos", "Digests of photos"),
)


class Words:
    """How the sheet says things, in one language and the region's time."""

    def __init__(self, lang: str, zone: ZoneInfo, roles: dict[str, Any]) -> None:
        self.lang, self.zone, self.roles = lang, zone, roles

    def say(self, text: str, **facts: Any) -> str:
        return translate(self.lang, text, **facts)

    def time(self, instant: datetime | None) -> str:
        """``08-01 09:12:05``; the year stands in the head of the sheet."""
        return "–" if instant is None else f"{instant.astimezone(self.zone):%m-%d %H:%M:%S}"

    def full(self, instant: datetime | None) -> str:
        return "–" if instant is None else f"{instant.astimezone(self.zone):%Y-%m-%d %H:%M:%S %z}"

    def signer(self, sheet: Sheet, line: Line) -> str:
        """The name where the reader may know it, else the role under which it was signed."""
        who = line.recipient.acknowledged_by
        if who is None:
            return ""
        role = self.roles.get(line.signer_role, {}).get("name", {}).get(self.lang, line.signer_role)
        name = sheet.names.get(who)
        return " · ".join(part for part in (pick(self.lang, *name) if name else "", role) if part) or "–"

    def way(self, line: Line) -> str:
        way = line.recipient.acknowledged_way
        return self.say(f"way:{way}") if way else ""

    def exercise(self, sheet: Sheet) -> str:
        return self.say("EXERCISE") if sheet.directive.realm != REAL else ""


def parts(sheet: Sheet) -> int:
    """How many PDFs the sheet makes."""
    return max(1, -(-len(sheet.lines) // PART))


def paper(sheet: Sheet, words: Words, made: datetime, part: int = 1) -> dict[str, Any]:
    """One part of the sheet as plain values for ``proof.typ``; counts and digest are those of the whole."""
    start = (part - 1) * PART
    d, say = sheet.directive, words.say
    first, second = ("zh", "en") if words.lang == "zh" else ("en", "zh")
    texts = [
        {"title": getattr(d, f"title_{lang}"), "body": getattr(d, f"body_{lang}")} for lang in (first, second)
    ]
    return {
        "lang": words.lang,
        "number": d.number,
        "exercise": words.exercise(sheet),
        "made": say("made {time}", time=words.full(made)) + _part(sheet, words, part),
        "words": {
            "title": say("Proof sheet of order {number}", number=d.number),
            "page": say("page"),
            "counts": say("In all"),
            "sites": say("Recipients"),
            "seal": say("Seal of the journal"),
        },
        "facts": _facts(sheet, words),
        "texts": texts,
        "counts": [[say(f"proof:count:{name}"), str(count)] for name, count in sheet.counts.items()],
        "heads": [say(name) for name in HEADS],
        "rows": [
            _row(sheet, words, n, line) for n, line in enumerate(sheet.lines[start : start + PART], start + 1)
        ],
        **_seal(sheet, words),
        "signers": [say("Made by"), say("Checked by"), say("Date of signing")],
    }


def _part(sheet: Sheet, words: Words, part: int) -> str:
    total = parts(sheet)
    return f" · {words.say('part {n} of {total}', n=part, total=total)}" if total > 1 else ""


def _facts(sheet: Sheet, words: Words) -> list[list[str]]:
    d, say = sheet.directive, words.say
    pairs = [
        (say("Issued by"), pick(words.lang, sheet.issuer.name_zh, sheet.issuer.name_en)),
        (say("Issued"), words.full(d.issued_at)),
        (say("Time to sign"), words.full(d.acknowledge_due)),
        (say("Time to report"), words.full(d.task_due)),
        (say("State"), say(f"proof:order:{d.state}")),
        (say("Legal ground"), d.ground or "–"),
    ]
    return [list(pair) for pair in pairs]


def _row(sheet: Sheet, words: Words, n: int, line: Line) -> list[str]:
    one = line.recipient
    way, signed = words.way(line), words.time(one.acknowledged_at)
    return [
        str(n),
        f"{pick(words.lang, line.name_zh, line.name_en)} {line.code}",
        words.time(line.delivered_at),
        words.time(line.received_at),
        f"{signed}\n{way}".strip(),
        words.signer(sheet, line) or "–",
        words.time(one.reported_at),
        words.time(one.ended_at) if one.state == "accepted" else words.say(f"proof:task:{one.state}"),
        f"{one.pressed} / {line.escalations} / {line.supervisions}",
        _evidence(words, line),
    ]


def _evidence(words: Words, line: Line) -> str:
    numbers = [f"{name} {value:g}" for name, value in line.numbers.items() if isinstance(value, int | float)]
    photos = []
    if line.photos:
        photos = [words.say("{n} files", n=len(line.photos)), *(digest[:12] for digest in line.photos)]
    return "; ".join([*numbers, " ".join(photos)] if photos else numbers) or "–"


def _seal(sheet: Sheet, words: Words) -> dict[str, Any]:
    say = words.say
    seals = [
        [one.day.isoformat(), str(one.entries), one.root, words.full(one.sealed_at)] for one in sheet.days
    ]
    return {
        "seal_note": say(
            "Each finished day of the journal is sealed: whoever changes a line changes its root."
        ),
        "seal_heads": [say("Day"), say("Lines"), say("Root"), say("Sealed")],
        "seals": seals or [[say("no day of it is over yet"), "–", "–", "–"]],
        "digest_note": say(
            "Digest of the {n} lines of the journal that this sheet rests on, up to line {upto}:",
            n=sheet.entries,
            upto=sheet.upto,
        ),
        "digest": sheet.digest,
    }


def book(sheet: Sheet, words: Words, made: datetime) -> bytes:
    """The sheet as a workbook (XLSX): real dates in the region's time, numbers as numbers, no cell that runs."""
    workbook = Workbook(write_only=True)
    lines = workbook.create_sheet(words.say("Recipients"))
    tasks = sorted({name for line in sheet.lines for name in line.numbers})
    lines.freeze_panes = "D2"
    lines.append(
        [_cell(lines, words, words.say(name)) for name in BOOK] + [_cell(lines, words, t) for t in tasks]
    )
    for n, line in enumerate(sheet.lines, 1):
        values = [*_values(sheet, words, n, line), *(line.numbers.get(name) for name in tasks)]
        lines.append([_cell(lines, words, value) for value in values])
    about = workbook.create_sheet(words.say("Order and seal"))
    for pair in _about(sheet, words, made):
        about.append([_cell(about, words, value) for value in pair])
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _values(sheet: Sheet, words: Words, n: int, line: Line) -> list[Any]:
    one = line.recipient
    return [
        n,
        line.code,
        pick(words.lang, line.name_zh, line.name_en),
        words.say(f"proof:task:{one.state}"),
        ", ".join(line.channels),
        line.delivered_at,
        line.received_at,
        one.acknowledged_at,
        words.way(line),
        words.signer(sheet, line),
        one.reported_at,
        one.ended_at if one.state == "accepted" else None,
        one.pressed,
        line.escalations,
        line.supervisions,
        len(line.photos),
        " ".join(line.photos),
    ]


def _about(sheet: Sheet, words: Words, made: datetime) -> list[list[Any]]:
    d, drill = sheet.directive, words.exercise(sheet)
    head = [[drill]] if drill else []
    titles = [[d.number, d.title_zh], [d.number, d.title_en], ["", d.body_zh], ["", d.body_en]]
    zone = [words.say("Times are those of"), str(words.zone)]
    counts = [[words.say(f"proof:count:{name}"), count] for name, count in sheet.counts.items()]
    seal = _seal(sheet, words)
    sealed = [[seal["seal_note"]], seal["seal_heads"], *seal["seals"]]
    digest = [[seal["digest_note"], seal["digest"]], [words.say("made {time}", time=words.full(made))]]
    return [*head, *titles, *_facts(sheet, words), zone, *counts, *sealed, *digest]


def _cell(page: Any, words: Words, value: Any) -> Any:
    """A cell; texts are marked as such and guarded, times lose their zone only after they are the region's."""
    if isinstance(value, datetime):
        cell = WriteOnlyCell(page, value=value.astimezone(words.zone).replace(tzinfo=None, microsecond=0))
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    elif isinstance(value, str):
        cell = WriteOnlyCell(page, value=guarded(ILLEGAL_CHARACTERS_RE.sub("", value)))
        cell.data_type = "s"
    elif isinstance(value, float) and value.is_integer():
        cell = WriteOnlyCell(page, value=int(value))
    else:
        cell = WriteOnlyCell(page, value=value)
    return cell
