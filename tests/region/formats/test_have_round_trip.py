"""What is written as HAVE 2.0 keeps the rules and is read back the same, whatever it says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from region.formats import have
from region.formats.have import grammar

TEXT = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=20
    )
    .map(str.strip)
    .filter(bool)
)
TIMES = st.builds(
    lambda seconds, minutes: datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes))),
    st.integers(600_000_000, 3_800_000_000),
    st.sampled_from([0, 480, -300, 330]),
)
PERIODS = st.builds(have.Period, TIMES, st.just(datetime(2095, 1, 1, tzinfo=UTC)))
WHOLE = st.none() | st.integers(0, 10**9)
SPREAD = st.floats(-1, 1).map(lambda part: round(part, 6) + 0.0)


def some(one: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[Any]:
    return st.lists(one, min_size=least, max_size=2).map(tuple)


def perhaps(name: str) -> st.SearchStrategy[Any]:
    return st.none() | st.sampled_from(grammar.WORDS[name])


COLOURS = st.builds(have.Colour, TEXT, st.none() | st.just("urn:example:colours"), st.none() | TEXT)
COUNTS = st.builds(
    have.Counts,
    *(st.integers(-(10**6), 0), WHOLE, WHOLE, WHOLE, st.none() | TIMES),
    *(perhaps("availability"), st.none() | TEXT),
)
SERVICES = st.builds(
    have.Service,
    *(
        TEXT,
        TEXT,
        st.just(True) | st.just(False),
        st.none() | COLOURS,
        st.none() | TEXT,
        perhaps("stability"),
    ),
    *(st.none() | COUNTS, st.none() | TEXT, st.none() | TEXT),
)
LISTS = st.builds(have.ServiceList, some(SERVICES, least=1), st.none() | TEXT, st.none() | TEXT)
RESOURCES = st.builds(
    have.Resource,
    *(TEXT, st.integers(-(10**6), 10**6).map(lambda n: n / 8), st.none() | TEXT, st.none() | TEXT),
    *(st.none() | TEXT, WHOLE, WHOLE, WHOLE, st.none() | TIMES),
)
FACILITIES = st.builds(
    have.Facility,
    id=st.from_regex(r"[A-Za-z][A-Za-z0-9._-]{0,9}", fullmatch=True),
    name=TEXT,
    organization=st.none() | TEXT,
    kind=perhaps("facilityKind"),
    point=st.none() | st.tuples(SPREAD.map(lambda n: n * 180), SPREAD.map(lambda n: n * 90)),
    clinical=perhaps("clinicalStatusDefault"),
    period=st.none() | PERIODS,
    lists=some(LISTS),
    needs=some(RESOURCES),
    offers=some(RESOURCES),
    comments=some(TEXT),
    colour=st.none() | COLOURS,
)
REPORTS = st.builds(
    have.Report,
    TEXT,
    st.lists(FACILITIES, min_size=1, max_size=2, unique_by=lambda one: one.id).map(tuple),
    st.none() | PERIODS,
    st.none() | TEXT,
)


def rounded(report: have.Report) -> have.Report:
    """Points to the millionth of a degree, as they are written."""
    places = (
        replace(one, point=one.point and (round(one.point[0], 6), round(one.point[1], 6)))
        for one in report.facilities
    )
    return replace(report, facilities=tuple(places))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(REPORTS.map(rounded))
def test_what_is_written_keeps_the_rules_and_is_read_back_the_same(report: have.Report) -> None:
    data = have.write(report)
    assert have.check(data) == []
    assert have.read(data) == report
