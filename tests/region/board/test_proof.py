"""The proof sheet and the printed order: what they say, to whom, as PDF and workbook, and that a changed line shows."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from sqlalchemy import select, text

from region.audit.actions import seal_days
from region.board import proof_paper
from region.board.queries.proof import sheet
from region.board.routes.proof import FONTS
from region.dispatch.actions import answering, printing, writing
from region.dispatch.links import read_token
from region.dispatch.models import Delivery, Directive
from region.paper.typesetting import pdf
from region.spine.clock import Realm
from region.spine.errors import Forbidden, Refused
from region.spine.journal import Entry
from tests.flows.stage import Stage, stage
from tests.world import World

__all__ = ["stage"]
ONE_DATABASE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def ready(stage: Stage) -> Directive:
    """An order that two of three clinics signed, and one reported."""
    directive = stage.issued()
    first, second, _third = stage.clinics
    stage.world.wait(minutes=3)
    for clinic in (first, second):
        with stage.world.as_("clinic", clinic) as w:
            answering.receive(w, stage.recipient(w, directive, clinic))
    stage.world.wait(minutes=2)
    stage.sign(directive, first)
    stage.sign(directive, second)
    stage.finish(directive, first, "report-0001")
    return directive


def pages(data: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(data)).pages]


def test_each_recipient_has_its_line_and_the_digest_holds(stage: Stage) -> None:
    directive = ready(stage)
    with stage.world.as_("duty_officer", stage.district) as w:
        found = sheet(w, w.get(Directive, directive.id))
    first, second, third = found.lines
    assert [line.code for line in found.lines] == sorted(clinic.code for clinic in stage.clinics)
    assert first.recipient.state == "accepted" and first.recipient.reported_at is not None
    assert first.received_at is not None and first.signer_role == "clinic"
    assert second.recipient.acknowledged_at is not None and third.recipient.acknowledged_at is None
    assert (found.counts["signed"], found.counts["done"], found.counts["recipients"]) == (2, 1, 3)
    stage.world.wait(days=1)
    with stage.world.as_system() as w:
        (seal,) = seal_days(w)
    with stage.world.as_("duty_officer", stage.district) as w:
        again = sheet(w, w.get(Directive, directive.id), upto=found.upto)
    assert again.digest == found.digest and [day.root for day in again.days] == [seal.root]


def test_a_changed_line_of_the_journal_changes_the_digest(stage: Stage) -> None:
    directive = ready(stage)

    def digest() -> str:
        with stage.world.as_("duty_officer", stage.district) as w:
            return sheet(w, w.get(Directive, directive.id)).digest

    before = digest()
    with stage.world.as_system() as w:
        signed = w.session.scalars(
            select(Entry.id).where(Entry.event == "dispatch.DirectiveAcknowledged")
        ).first()
    with stage.world.office.engine.begin() as raw:
        if raw.dialect.name == "sqlite":
            raw.execute(text("DROP TRIGGER journal_keeps_update"))
        else:
            raw.execute(text("ALTER TABLE journal DISABLE TRIGGER ALL"))
        raw.execute(text("UPDATE journal SET actor = 'somebody' WHERE id = :id"), {"id": signed})
    assert digest() != before


@ONE_DATABASE
def test_a_site_sees_its_own_line_only_and_a_stranger_nothing(stage: Stage) -> None:
    directive = ready(stage)
    with stage.world.as_("clinic", stage.clinics[0]) as w:
        found = sheet(w, w.get(Directive, directive.id))
    assert [line.code for line in found.lines] == [stage.clinics[0].code] and found.names == {}
    stranger = stage.world.browser_as("duty_officer", stage.world.area(level="district"))
    for name in ("proof.pdf", "proof.xlsx", "print.pdf"):
        assert stranger.get(f"/desk/directives/{directive.id}/{name}").status_code == 404


@ONE_DATABASE
def test_a_draft_has_no_proof(stage: Stage) -> None:
    with stage.world.as_("duty_officer", stage.district) as w:
        draft = writing.compose(w, stage.draft(), stage.district.id)
        with pytest.raises(Refused, match="proof-of-draft"):
            sheet(w, draft)


@ONE_DATABASE
@pytest.mark.parametrize(
    ("lang", "words"), [("zh", ("签收证明", "已签收", "日志封签")), ("en", ("Proof sheet", "not", "Seal"))]
)
def test_the_sheet_is_a_pdf_in_both_languages(stage: Stage, lang: str, words: tuple[str, ...]) -> None:
    directive = ready(stage)
    browser = stage.world.browser_as("duty_officer", stage.district, lang=lang)
    answer = browser.get(f"/desk/directives/{directive.id}/proof.pdf")
    assert answer.mimetype == "application/pdf"
    read = pages(answer.get_data())
    whole = "".join(read)
    assert all(word in whole for word in (*words, "清点口罩", "Count masks", str(directive.number)))
    assert "EXERCISE" not in whole and f"1 / {len(read)}" in read[0]
    document = PdfReader(io.BytesIO(answer.get_data()))
    fonts = {str(font["/BaseFont"]) for page in document.pages for font in _fonts(page)}
    assert fonts and all("NotoSansSC" in name for name in fonts)


def _fonts(page: Any) -> list[Any]:
    return [font.get_object() for font in page["/Resources"]["/Font"].values()]


@ONE_DATABASE
def test_an_exercise_is_marked_on_every_page(world: World, request: pytest.FixtureRequest) -> None:
    with world.as_system() as w:
        w.session.add(Realm(id=7, name_zh="演练", name_en="Drill", rate=1.0))
    world.realm = 7
    made: Stage = request.getfixturevalue("stage")
    directive = made.issued()
    browser = world.browser_as("duty_officer", made.district, realm=7, lang="en")
    read = pages(browser.get(f"/desk/directives/{directive.id}/proof.pdf").get_data())
    assert read and all("EXERCISE" in page for page in read)


@ONE_DATABASE
def test_a_long_sheet_comes_in_parts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    directive = ready(stage)
    monkeypatch.setattr(proof_paper, "PART", 2)
    browser = stage.world.browser_as("duty_officer", stage.district, lang="en")
    address = f"/desk/directives/{directive.id}/proof.pdf?part="
    first, second = ("".join(pages(browser.get(f"{address}{n}").get_data())) for n in (1, 2))
    assert "part 1 of 2" in first and stage.clinics[2].code not in first
    assert "part 2 of 2" in second and stage.clinics[2].code in second and stage.clinics[0].code not in second
    assert [browser.get(f"{address}{n}").status_code for n in (0, 3)] == [404, 404]


@ONE_DATABASE
def test_the_workbook_has_real_dates_round_numbers_and_nothing_that_runs(stage: Stage) -> None:
    trap = stage.world.clinic(
        stage.subdistrict, name_zh="=1+1", name_en="=cmd|' /C calc'!A0", connected_at=stage.world.clock.at
    )
    stage.clinics.append(trap)
    directive = ready_four(stage)
    browser = stage.world.browser_as("duty_officer", stage.district, lang="en")
    data = browser.get(f"/desk/directives/{directive.id}/proof.xlsx").get_data()
    book = openpyxl.load_workbook(io.BytesIO(data))
    lines = book.worksheets[0]
    heads = [cell.value for cell in lines[1]]
    rows = [dict(zip(heads, row, strict=True)) for row in lines.iter_rows(min_row=2)]
    assert len(rows) == 4 and [row["No."].value for row in rows] == [1, 2, 3, 4]
    signed = rows[0]["Signed"]
    assert signed.is_date and (signed.value.hour, signed.value.minute) == (9, 5)  # in the region's time
    assert rows[3]["Recipient"].value == "'=cmd|' /C calc'!A0" and rows[3]["Recipient"].data_type == "s"
    for page in book.worksheets:
        for cell in (cell for row in page.iter_rows() for cell in row):
            assert cell.data_type != "f"
            assert not (isinstance(cell.value, str) and cell.value[:1] in ("=", "+", "-", "@"))


def ready_four(stage: Stage) -> Directive:
    directive = stage.issued()
    stage.world.wait(minutes=5)
    stage.sign(directive, stage.clinics[0])
    return directive


def public(stage: Stage) -> None:
    """The region knows the address that it is reached at."""
    world = stage.world
    installation = replace(world.office.installation, public_url="https://region.example")
    world.office = replace(world.office, installation=installation)


def test_printed_orders_carry_the_code_that_signs(stage: Stage) -> None:
    public(stage)
    directive = stage.issued()
    stage.sign(directive, stage.clinics[0])
    browser = stage.world.browser_as("duty_officer", stage.district)
    address = f"/desk/directives/{directive.id}/print.pdf"
    assert browser.get(address, headers={"Accept": "application/json"}).json["error"] == "nothing-printed"
    for _ in range(2):
        assert browser.post(f"/directives/{directive.id}/print").status_code == 303
        stage.world.run()
    assert len(stage.world.journal("dispatch.OrdersPrinted")) == 1
    with stage.world.as_system() as w:
        made = w.session.scalars(select(Delivery).where(Delivery.channel == "print")).all()
        uids = {delivery.uid for delivery in made}
        assert [delivery.state for delivery in made] == ["delivered", "delivered"]
    read = pages(browser.get(address).get_data())
    assert len(read) == 2
    for page in read:
        assert "清点口罩" in page and "Count masks" in page and "EXERCISE" not in page
        joined = "".join(page.split())
        token = joined.split("https://region.example/s/")[1].split("?v=qr")[0]
        assert read_token(stage.world.office.installation.seal, token, stage.world.clock.at).uid in uids


@ONE_DATABASE
def test_only_who_may_issue_or_press_prints(stage: Stage) -> None:
    directive = stage.issued()
    with stage.world.as_("clinic", stage.clinics[0]) as w, pytest.raises(Forbidden):
        printing.print_orders(w, w.get(Directive, directive.id))
    site = stage.world.browser_as("clinic", stage.clinics[0])
    assert site.get(f"/desk/directives/{directive.id}/print.pdf").status_code == 403


def test_texts_are_never_markup() -> None:
    """What somebody wrote is set as it stands: no code of the typesetter runs, no other file is read."""
    evil = '#read("/etc/passwd") #panic() $x^2$ <b> \\ "'
    data = {
        "number": evil, "exercise": False, "urgency": {"zh": evil, "en": evil}, "kind": {"zh": evil, "en": evil},
        "issuer": {"zh": evil, "en": evil}, "issued": evil, "texts": [{"title": evil, "body": evil}], "facts": [],
        "recipients": [{"zh": evil, "en": evil, "place": evil, "url": "", "code": ""}],
    }  # fmt: skip
    assert '#read("/etc/passwd")' in pages(pdf("order", data, FONTS))[0].replace("\n", " ")
