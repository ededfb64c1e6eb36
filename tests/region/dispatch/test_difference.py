"""What changes when one order takes another's place."""

from __future__ import annotations

from region.dispatch.actions import writing
from region.dispatch.models import Directive
from region.dispatch.queries.difference import difference, of_directive, of_draft, pieces
from region.dispatch.schemas import Choice
from tests.flows.stage import Stage, stage

__all__ = ["stage"]
MASKS = {"name": "masks", "type": "number", "label": {"zh": "口罩", "en": "Masks"}}
MASKS["unit"] = {"zh": "只", "en": "pieces"}


def told(old: str, new: str) -> list[tuple[str, str]]:
    return [(one.kind, one.text) for one in pieces(old, new)]


def test_english_changes_by_words_and_chinese_by_characters() -> None:
    assert told("Count masks by 20:00 today.", "Count gowns by 21:30 today.") == [
        ("same", "Count "),
        ("gone", "masks"),
        ("new", "gowns"),
        ("same", " by "),
        ("gone", "20:00"),
        ("new", "21:30"),
        ("same", " today."),
    ]
    assert told("今晚清点口罩", "明晚清点口罩和采样管") == [
        ("gone", "今"),
        ("new", "明"),
        ("same", "晚清点口罩"),
        ("new", "和采样管"),
    ]
    assert told("", "新") == [("new", "新")] and told("same", "same") == [("same", "same")]


def test_the_pieces_make_both_texts_again() -> None:
    old, new = "Report 3 photos\nby 8-1 noon, 张庄.", "Report\n4 photos by noon; 李庄!"
    some = pieces(old, new)
    assert "".join(one.text for one in some if one.kind != "gone") == new
    assert "".join(one.text for one in some if one.kind != "new") == old
    assert "李" in [one.text for one in some if one.kind == "new"]


def test_a_draft_is_held_against_the_order_that_it_replaces(stage: Stage) -> None:
    old = stage.issued()
    kept, gone = stage.clinics[:2], stage.clinics[2]
    draft = stage.draft(
        "form-0002",
        supersedes_id=old.id,
        urgency="urgent",
        title_en="Count masks again",
        evidence=[MASKS],
        choice=Choice(sites=(*(one.id for one in kept), stage.elsewhere.id)),
    )
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        found = difference(w, of_directive(w, w.get(Directive, old.id)), of_draft(w, draft))
        composed = writing.compose(w, draft, stage.district.id)
        same = difference(w, of_directive(w, composed), of_draft(w, draft))
    assert (found.added, found.removed) == ((stage.elsewhere.id,), (gone.id,))
    assert set(found.kept) == {one.id for one in kept}
    assert found.names[gone.id]["zh"] == gone.name_zh
    assert list(found.changed_texts) == ["title_en"]
    changes = {one.what: (one.old, one.new) for one in found.limits}
    assert changes == {"urgency": ("priority", "urgent"), "acknowledge_minutes": (60, 15)}
    (evidence,) = found.evidence
    assert (evidence.what, evidence.old, evidence.new["unit"]["en"]) == ("masks", None, "pieces")
    assert same.nothing and not found.nothing
