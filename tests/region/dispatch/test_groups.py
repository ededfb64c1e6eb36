"""Saved groups: a choice under a name, resolved anew each time."""

from __future__ import annotations

import pytest

from region.dispatch.actions import groups
from region.dispatch.choice import resolve
from region.dispatch.models import Group
from region.dispatch.queries.groups import standing
from region.dispatch.schemas import Choice, SavedGroup
from region.places.events import SitesLoaded
from region.places.models import Place
from region.spine.errors import Forbidden, Invalid, Missing, Refused
from tests.flows.stage import Stage, stage

__all__ = ["stage"]
CLINICS = Choice(types=("community_health_centre",))


def saved(stage: Stage, choice: Choice, name: str = "全区卫生服务中心") -> Group:
    with stage.world.as_("duty_officer", stage.district, "duty") as w:
        return groups.save(w, SavedGroup(name_zh=name, choice=choice), stage.district.id)


def chosen(stage: Stage, choice: Choice) -> set[int]:
    with stage.world.as_("duty_officer", stage.district) as w:
        return set(resolve(w, choice).sites)


def test_a_group_is_resolved_anew_and_keeps_its_own_exclusions(stage: Stage) -> None:
    out = stage.clinics[0]
    group = saved(stage, CLINICS.model_copy(update={"without_sites": (out.id,)}))
    before = chosen(stage, Choice(groups=(group.id,)))
    assert before == {stage.clinics[1].id, stage.clinics[2].id, stage.elsewhere.id}
    new = stage.world.clinic(stage.subdistrict)
    assert chosen(stage, Choice(groups=(group.id,))) == before | {new.id}
    # What the group leaves out may be chosen beside it; what the order leaves out is out.
    assert out.id in chosen(stage, Choice(groups=(group.id,), sites=(out.id,)))
    assert new.id not in chosen(stage, Choice(groups=(group.id,), without_sites=(new.id,)))


def test_a_group_outlives_a_site_that_is_gone(stage: Stage) -> None:
    group = saved(stage, Choice(sites=tuple(one.id for one in stage.clinics)))
    with stage.world.as_system() as w:
        w.get(Place, stage.clinics[0].id).valid_to = w.now.date()
        w.tell(SitesLoaded(load=0, digest="-", new=0, changed=1, refused=0))
    with stage.world.as_("duty_officer", stage.district) as w:
        reach = resolve(w, Choice(groups=(group.id,)))
    assert set(reach.sites) == {one.id for one in stage.clinics[1:]}
    assert reach.gone == (stage.clinics[0].id,)


def test_saving_twice_is_once_and_a_name_has_one_choice(stage: Stage) -> None:
    group = saved(stage, CLINICS)
    assert saved(stage, CLINICS).id == group.id
    assert len(stage.world.journal("dispatch.GroupSaved")) == 1
    with pytest.raises(Refused, match="group-name-taken"):
        saved(stage, Choice(types=("subdistrict_office",)))


def test_a_group_of_groups_is_refused(stage: Stage) -> None:
    group = saved(stage, CLINICS)
    with pytest.raises(Invalid, match="group-nested"):
        saved(stage, Choice(groups=(group.id,)), "更大")
    with pytest.raises(Invalid, match="nobody-chosen"):
        saved(stage, Choice(), "空")


def test_an_ended_group_is_not_offered_and_its_name_may_begin_anew(stage: Stage) -> None:
    group = saved(stage, CLINICS)
    for _ in range(2):
        with stage.world.as_("duty_officer", stage.district) as w:
            groups.end(w, w.get(Group, group.id))
    assert len(stage.world.journal("dispatch.GroupEnded")) == 1
    with stage.world.as_("duty_officer", stage.district) as w:
        assert list(standing(w)) == []
    with pytest.raises(Invalid, match="no-such-group"):
        chosen(stage, Choice(groups=(group.id,)))
    assert saved(stage, Choice(types=("subdistrict_office",))).id == group.id
    assert chosen(stage, Choice(groups=(group.id,))) == {stage.office.id}


def test_groups_belong_to_their_place(stage: Stage) -> None:
    group = saved(stage, CLINICS)
    with stage.world.as_("subdistrict_officer", stage.subdistrict) as w:
        assert list(standing(w)) == []
        with pytest.raises(Missing):
            w.get(Group, group.id)
    with stage.world.as_("wall_display", stage.district) as w, pytest.raises(Forbidden):
        groups.save(w, SavedGroup(name_zh="甲", choice=CLINICS), stage.district.id)
