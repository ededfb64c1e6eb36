"""A file of a key group: what is certain is taken once, the rest is refused by row without anybody's data."""

from __future__ import annotations

import pytest

from region.care.actions import importing
from region.care.actions.importing import Sent
from region.care.models import Membership
from region.care.queries import groups_table
from region.spine.errors import Forbidden, Invalid
from tests.region.care.ground import Ground, ground
from tests.region.sampling.ground import resident
from tests.world import World

HEAD = "姓名,证件类型,证件号码,手机号,社区代码,开始日期"


@pytest.fixture
def here(world: World) -> Ground:
    return ground(world)


def file_of(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


def listed(here: Ground) -> bytes:
    """Two good rows; an unknown community, a number zeroed, a day to come, twins, an unclear paper, a bad phone."""
    home, good = here.home.code, [resident(n) for n in range(7000, 7007)]
    return file_of(
        f"王一,身份证,{good[0]},13800000001,{home},2022-07-30",
        f"王二,,{good[1]},,{home},",
        f"王三,,{good[2]},,NOWHERE,",
        f"王四,,{good[3][:-2]}00,,{home},",
        f"王五,,{good[4]},,{home},2022-09-30",
        f"王六,,{good[5]},,{home},",
        f"王六,,{good[5]},,{home},",
        f"王七,饭卡,{good[6]},,{home},",
        f"王八,,{good[6]},12,{home},",
    )


def test_a_list_is_checked_then_taken_and_taken_twice_adds_nobody(here: Ground) -> None:
    sent = Sent(listed(here), "list.csv", "elderly_alone", "register")
    with here.world.as_("community_officer", here.home) as w:
        looked = importing.check(w, sent)
    codes = [(one["number"], one["code"]) for one in looked.refused]
    assert (looked.good, looked.joined) == (2, None)
    assert codes == [
        (4, "care_home_unknown"),
        (5, "person_paper_digits_zeroed"),
        (6, "care_since_wrong"),
        (7, "due_twice"),
        (8, "due_twice"),
        (9, "person_kind_unknown"),
        (10, "person_phone_wrong"),
    ]
    assert "王" not in str(looked.refused)
    assert here.world.journal("care.MembersListed") == [], "checking changes nothing"
    for new in (2, 0):
        with here.world.as_("community_officer", here.home) as w:
            assert importing.take(w, sent).joined == new
    with here.world.as_system() as w:
        rows = w.session.query(Membership).order_by(Membership.since).all()
        assert [(one.source, one.since.isoformat()) for one in rows] == [
            ("register", "2022-07-30"),
            ("register", w.office.clock.day(w.now).isoformat()),
        ]
        assert {one.evidence for one in rows} == {sent.rests_on} and sent.rests_on.startswith("list:")


def test_a_list_of_two_thousand_is_taken_in_parts_and_whole(sqlite_world: World) -> None:
    here = ground(sqlite_world)
    rows = [f"王小明,,{resident(10_000 + n)},,{here.home.code}," for n in range(2100)]
    with here.world.as_("community_officer", here.home) as w:
        taken = importing.take(
            w, Sent(file_of(*rows), "list.csv", "migrants", "screening", "街道〔2022〕8号")
        )
        assert (taken.good, taken.joined, taken.refused) == (2100, 2100, [])
        assert {one.code: one.people for one in groups_table.lines(w)}["migrants"] == 2100


def test_a_list_that_says_nothing_of_sense_is_refused_whole(here: Ground) -> None:
    good = listed(here)
    wrong = (
        (Sent(good, "list.csv", "nobles", "register"), "no-such-group"),
        (Sent(good, "list.csv", "elderly", "rumour"), "no-such-source"),
        (Sent("姓名,年龄\n王一,80".encode(), "list.csv", "elderly", "register"), "columns-unclear"),
    )
    for sent, code in wrong:
        with here.world.as_("community_officer", here.home) as w, pytest.raises(Invalid, match=code):
            importing.take(w, sent)
    with here.world.as_("clinic", here.home) as w, pytest.raises(Forbidden):
        importing.take(w, Sent(good, "list.csv", "elderly", "register"))


def test_a_home_of_others_is_unknown(here: Ground) -> None:
    with here.world.as_("community_officer", here.other) as w:
        found = importing.check(w, Sent(listed(here), "list.csv", "elderly", "register"))
    assert found.good == 0 and {one["code"] for one in found.refused[:3]} == {"care_home_unknown"}
