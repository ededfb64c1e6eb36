"""Every pack that is shipped loads, and every example that its rules carry comes true."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

import rules
from rules.examples import failed_examples
from rules.pack import Pack, RuleError, load_packs

PACKS = load_packs(Path(rules.__file__).parent / "packs")
LIMITS = [
    "acknowledge",
    "deliver",
    "begin",
    "report",
    "review",
    "approve",
    "issue",
    "close",
    "supervise",
    "stop",
]
URGENCIES = ["flash", "urgent", "priority", "routine"]


@pytest.mark.parametrize("pack", list(PACKS), ids=lambda pack: pack.id)
def test_every_example_comes_true(pack: Pack) -> None:
    assert list(failed_examples(pack)) == []


@pytest.mark.parametrize("pack", list(PACKS), ids=lambda pack: pack.id)
def test_unverified_values_are_marked_and_verified_ones_name_their_source(pack: Pack) -> None:
    for rule in pack.document.values.values():
        assert rule.mark != "verified" and (rule.source or not rule.mark.startswith("verified"))


def test_the_packs_that_are_asked_for_exist() -> None:
    assert PACKS.ids() == [
        "CN-COVID-10M",
        "CN-COVID-20M",
        "CN-COVID-8ED",
        "CN-COVID-9ED",
        "CN-COVID-BB",
        "CN-GENERIC",
        "WHO-MPOX-2024",
        "care",
        "directives",
        "people",
        "quarantine",
        "roles",
        "sampling",
        "supply",
        "surveillance",
        "tracing",
        "zones",
    ]


@pytest.mark.parametrize("limit", LIMITS)
def test_every_limit_exists_for_every_urgency_and_grows_as_urgency_falls(limit: str) -> None:
    lengths = [PACKS.get("directives").duration(f"{limit}.{urgency}") for urgency in URGENCIES]
    assert lengths == sorted(lengths) and lengths[0] > timedelta(0)


def test_acknowledgement_clocks() -> None:
    pack = PACKS.get("directives")
    got = [pack.minutes(f"acknowledge.{urgency}") for urgency in URGENCIES]
    assert got == [timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60), timedelta(hours=24)]


def test_templates_name_kinds_and_urgencies_that_exist() -> None:
    pack = PACKS.get("directives")
    kinds, urgencies = pack.value("kinds").value, pack.value("urgencies").value
    assert len(pack.templates()) >= 8
    for task in filter(None, (template.task for template in pack.templates().values())):
        assert task.kind in kinds and task.urgency in urgencies


def test_tables_close_over_the_same_kinds_and_urgencies_as_the_values() -> None:
    pack = PACKS.get("directives")
    facts = pack.document.tables["approval"].facts
    assert facts["kind"].choices == list(pack.value("kinds").value)
    assert facts["urgency"].choices == list(pack.value("urgencies").value)


def test_escalation_names_only_limits_that_exist() -> None:
    pack = PACKS.get("directives")
    assert set(pack.document.tables["escalation"].facts["limit"].choices or ()) == set(LIMITS)


def test_the_two_highest_urgencies_need_a_second_person() -> None:
    pack = PACKS.get("directives")
    kinds = pack.value("kinds").value
    for kind in set(kinds) - {"roll_call"}:
        for passed_on, right in ((False, [True, True, False, False]), (True, [False] * 4)):
            facts = [{"kind": kind, "urgency": urgency, "passed_on": passed_on} for urgency in URGENCIES]
            assert [pack.decide("approval", one).outcome["second_person"] for one in facts] == right


def test_roles_use_only_named_capabilities_and_approvers_need_a_second_factor() -> None:
    pack = PACKS.get("roles")
    known = set(pack.value("capabilities").value)
    guarded = set(pack.value("totp.capabilities").value)
    roles = pack.values_under("role")
    assert len(roles) == 23 and guarded <= known
    for name, role in roles.items():
        held = set(role.value["capabilities"])
        assert held <= known, name
        if role.value["holder"] == "person":
            assert role.value["totp"] == bool(held & guarded), name
    assert roles["wall_display"].value["capabilities"] == ("board.read",)
    used = {capability for role in roles.values() for capability in role.value["capabilities"]}
    assert used == known


def test_nobody_may_both_compose_and_read_the_audit_trail_but_the_commander() -> None:
    roles = PACKS.get("roles").values_under("role")
    both = {n for n, r in roles.items() if {"dispatch.compose", "audit.read"} <= set(r.value["capabilities"])}
    assert both == {"commander", "system"}


def test_later_measures_change_single_values_and_keep_the_rest() -> None:
    ninth, twenty, ten = (PACKS.get(f"CN-COVID-{name}") for name in ("9ED", "20M", "10M"))
    stages = [p.value("schedule.close_contact").value["stages"] for p in (ninth, twenty, ten)]
    assert [[stage["days"] for stage in each] for each in stages] == [[7, 3], [5, 3], [5]]
    assert twenty.value("lookback_days") == ninth.value("lookback_days")
    with pytest.raises(RuleError, match="value_unknown"):
        twenty.value("schedule.secondary_contact")


def test_unsure_transfer_limits_are_marked_unverified() -> None:
    pack = PACKS.get("CN-COVID-9ED")
    assert pack.value("clock.contact_transfer").mark == "unverified"
    assert pack.value("clock.infected_transfer").source == ()


def test_the_editions_follow_each_other_without_a_gap() -> None:
    chain = [PACKS.get(f"CN-COVID-{name}").effective for name in ("8ED", "9ED", "20M", "10M", "BB")]
    for before, after in pairwise(chain):
        assert before.last and after.first == before.last + timedelta(days=1)
    assert PACKS.get("CN-COVID-BB", date(2026, 1, 1)).id == "CN-COVID-BB"
    with pytest.raises(RuleError, match="pack_not_in_effect"):
        PACKS.get("CN-COVID-9ED", date(2022, 11, 11))
