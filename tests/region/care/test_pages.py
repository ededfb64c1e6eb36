"""The pages of care as the people of a clinic and of a community use them, and what is refused."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from region.care.actions import classing, teams
from region.care.actions.classing import Facts
from region.care.actions.teams import Member
from region.care.models import CareRoute, CareTeam, Membership
from tests.region.care.ground import Ground, ground
from tests.region.sampling.ground import resident
from tests.world import World


@pytest.fixture
def here(world: World) -> Ground:
    return ground(world)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.status
    said: str = answer.get_data(as_text=True)
    return said


def test_the_clinic_sees_its_key_people_and_does_what_is_due(here: Ground) -> None:
    people = here.people(60)
    here.joined(people, "cold_chain")
    with here.world.as_system() as w:
        classing.classify(w, people[0], here.home.id, Facts(82, "unstable"))
    here.nightly()
    browser = here.world.browser_as("clinic", here.clinic, lang="en")
    assert "Cold-chain workers" in text(browser.get("/care"))
    first = text(browser.get("/care/groups/cold_chain"))
    assert first.count('class="queue-clock"') == 50 and "王*明" in first and "王小明" not in first
    assert text(browser.get("/care/groups/all?show=people&level=red")).count("/care/people/") == 1
    card = text(browser.get(f"/care/people/{people[0]}"))
    assert "It is not the health code" in card and "Ⅰ" in card
    visit, sample = here.tasks(person_id=people[0], kind="visit"), here.tasks(person_id=people[0])
    back = {"back": f"/care/people/{people[0]}"}
    assert browser.post(f"/care/tasks/{visit[0].id}/do", data=back).location.endswith(back["back"])
    other = next(one for one in sample if one.kind == "sample_at_home")
    assert browser.post(f"/care/tasks/{other.id}/fail", data={"reason": "bored"}).status_code == 422
    assert browser.post(f"/care/tasks/{other.id}/fail", data={"reason": "not_home"}).status_code == 303
    assert browser.post(f"/care/tasks/{other.id}/cancel").status_code == 403
    assert [one.state for one in here.tasks(person_id=people[0])] in (
        ["done", "not_done"],
        ["not_done", "done"],
    )
    assert browser.get("/care/groups/nobles").status_code == 404
    assert "/care/people/" in text(browser.get("/care/groups/cold_chain?after=2022-08-01T00:00:00%2B00:00_0"))
    assert "/care/people/" in text(browser.get("/care/groups/cold_chain?after=nonsense"))


def test_a_lead_arranges_groups_class_ways_and_teams_by_the_pages(here: Ground) -> None:
    [one] = here.people(1)
    here.world.signed_in("clinic", here.clinic, "dr-wang")
    first, second = (here.world.site(here.district, "hospital") for _ in range(2))
    browser = here.world.browser_as("clinic_lead", here.district)
    card = f"/care/people/{one}"
    assert "尚未纳入" in text(browser.get(card))
    joined = {"group": "dialysis", "source": "hospital", "evidence": "病历 12"}
    facts = {"age": "82", "disease": "unstable", "vaccine": "none", "urgent": "none"}
    way = {"kind": "dialysis", "site": first.id, "fallback": second.id, "weekday": ["1", "4"], "hour": "9"}
    for path, data in (("join", joined), ("class", facts), ("way", way | {"transport": "own"})):
        assert browser.post(f"{card}/{path}", data=data).status_code == 303, path
    named = {"kind": "three_person", "place": here.home.code, "login_doctor": "dr-wang"}
    assert browser.post("/care/teams", data=named).status_code == 303
    assert browser.post("/care/teams", data=named | {"login_doctor": "nobody"}).status_code == 422
    assert browser.post("/care/teams", data=named | {"place": "NOWHERE"}).status_code == 404
    with here.world.as_system() as w:
        route, team = w.session.query(CareRoute).one(), w.session.query(CareTeam).one()
        assert (route.weekdays, route.hour, route.fallback_id) == ([1, 4], 9, second.id)
        assert team.members == [{"role": "doctor", "login": "dr-wang"}]
    said = text(browser.get(card)) + text(browser.get("/care/ways")) + text(browser.get("/care/teams"))
    assert "从未核实" in said and "缺：" in said and "红标" in said
    for path in (f"/care/ways/{route.id}/check", f"/care/ways/{route.id}/end", f"{card}/leave"):
        assert browser.post(path, data={"group": "dialysis"}).status_code == 303
    with here.world.as_system() as w:
        row, ended = w.session.query(Membership).one(), w.session.get(CareRoute, route.id)
        assert row.until is not None and ended is not None and ended.ended_on is not None


def test_a_list_is_handed_in_by_the_page(here: Ground) -> None:
    browser = here.world.browser_as("community_officer", here.home, lang="en")
    assert "Check only" in text(browser.get("/care/lists"))
    content = f"id number,community code\n{resident(5001)},{here.home.code}\n12,{here.home.code}\n".encode()

    def sent(verb: str, **more: Any) -> Any:
        given = {"group": "elderly", "source": "register", "verb": verb, **more}
        return browser.post("/care/lists", data={"file": (BytesIO(content), "list.csv"), **given})

    assert "nothing was changed" in text(sent("check"))
    taken = text(sent("take"))
    assert "The list was taken" in taken and "18 characters" in taken
    assert sent("take", group="nobles").status_code == 422
    assert browser.post("/care/lists", data={"group": "elderly", "source": "register"}).status_code == 422
    with here.world.as_system() as w:
        assert w.session.query(Membership).count() == 1


def test_at_21_another_community_s_key_person_is_not_there_and_the_attempt_is_told(here: Ground) -> None:
    [one] = here.people(1)
    here.joined([one], "psychiatric")
    task = here.due_task(one)
    browser = here.world.browser_as("community_officer", here.other)
    asked = [browser.get(f"/care/people/{one}"), browser.post(f"/care/tasks/{task}/do")]
    asked.append(browser.post(f"/care/people/{one}/class", data={"age": "30"}))
    assert [answer.status_code for answer in asked] == [404, 404, 404]
    assert "王" not in "".join(answer.get_data(as_text=True) for answer in asked)
    [told] = here.world.journal("people.LookupRefused")
    assert (told.data["what"], told.data["why"], told.data["subject_of"]) == ("page", "not_yours", one)
    assert told.place_id == here.home.id


def test_at_23_nobody_is_listed_without_evidence_nor_red_without_the_facts(here: Ground) -> None:
    [one] = here.people(1)
    browser = here.world.browser_as("community_officer", here.home)
    without = {"group": "elderly", "source": "register", "evidence": " "}
    assert browser.post(f"/care/people/{one}/join", data=without).status_code == 422
    assert browser.post(f"/care/people/{one}/class", data={"level": "red"}).status_code == 422
    assert browser.post(f"/care/people/{one}/class", data={"level": "red", "age": "30"}).status_code == 422
    with here.world.as_system() as w:
        assert w.session.query(Membership).count() == 0
    assert here.world.journal("care.PeopleClassed") == []


def test_a_clinic_follows_its_communities_when_they_change_hands(here: Ground) -> None:
    [one] = here.people(1)
    here.world.signed_in("clinic", here.clinic, "dr-wang")
    here.joined([one], "elderly")
    office = here.world.site(here.home, "community_office")
    with here.world.as_system() as w:
        teams.set_team(w, here.home.id, "three_person", [Member("doctor", "dr-wang")], site=office.id)
    here.nightly()
    before = here.world.browser_as("clinic", here.clinic).get(f"/care/people/{one}")
    after = here.world.browser_as("community_officer", office).get(f"/care/people/{one}")
    assert (before.status_code, after.status_code) == (404, 200)
    changed = [entry.data["what"] for entry in here.world.journal("care.CareArranged")]
    here.nightly()
    assert changed == ["team", "serving"]
    assert [entry.data["what"] for entry in here.world.journal("care.CareArranged")] == changed
