"""What is written as CAP 1.2 keeps the standard and is read back the same, whatever it says."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from region.formats import cap
from region.formats.cap import grammar

# What may stand in a text: all that XML carries, without blanks at its ends, which files may add.
TEXT = (
    st.text(
        st.characters(blacklist_categories=("Cs", "Cc"), blacklist_characters="\ufffe\uffff"), max_size=30
    )
    .map(str.strip)
    .filter(bool)
)
NAMES = st.from_regex(r"[A-Za-z0-9@._:\-]{1,20}", fullmatch=True)
TIMES = st.builds(
    lambda seconds, minutes: datetime.fromtimestamp(seconds, timezone(timedelta(minutes=minutes))),
    st.integers(600_000_000, 3_800_000_000),
    st.sampled_from([0, 480, -300, 330]),
)
POINTS = st.tuples(
    st.integers(-180_000_000, 180_000_000).map(lambda n: n / 1e6),
    st.integers(-90_000_000, 90_000_000).map(lambda n: n / 1e6),
)
RINGS = st.lists(POINTS, min_size=3, max_size=6).map(lambda points: (*points, points[0]))
NAMED = st.builds(cap.Named, TEXT, TEXT)
HEIGHTS = st.integers(-100, 30_000).map(float)


def some(one: st.SearchStrategy[Any], most: int = 2, least: int = 0) -> st.SearchStrategy[Any]:
    return st.lists(one, min_size=least, max_size=most).map(tuple)


def word(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(grammar.WORDS[name])


AREAS = st.builds(
    cap.Area,
    description=TEXT,
    polygons=some(RINGS),
    circles=some(st.builds(cap.Circle, POINTS, st.integers(0, 10**9).map(lambda n: n / 1e6))),
    geocodes=some(NAMED),
    altitude=st.none() | HEIGHTS,
)
RESOURCES = st.builds(
    cap.Resource,
    description=TEXT,
    mime_type=st.just("application/pdf"),
    size=st.none() | st.integers(0, 10**9),
    uri=st.none() | NAMES,
    content=st.none() | st.just("QUJD"),
    digest=st.none() | st.just("0123456789abcdef0123456789ABCDEF01234567"),
)
INFOS = st.builds(
    cap.Info,
    categories=some(word("category"), least=1),
    event=TEXT,
    urgency=word("urgency"),
    severity=word("severity"),
    certainty=word("certainty"),
    language=st.sampled_from(["zh-CN", "en-US", "fr"]),
    responses=some(word("responseType")),
    audience=st.none() | TEXT,
    event_codes=some(NAMED),
    effective=st.none() | TIMES,
    onset=st.none() | TIMES,
    expires=st.none() | TIMES.map(lambda time: time.replace(year=2095)),
    sender_name=st.none() | TEXT,
    headline=st.none() | TEXT,
    description=st.none() | TEXT,
    instruction=st.none() | TEXT,
    web=st.none() | NAMES.map(lambda name: f"https://example.org/{name}"),
    contact=st.none() | TEXT,
    parameters=some(NAMED),
    resources=some(RESOURCES, 1),
    areas=some(AREAS),
)
ALERTS = st.builds(
    cap.Alert,
    identifier=NAMES,
    sender=NAMES,
    sent=TIMES,
    status=word("status"),
    message_type=word("msgType"),
    scope=st.just("Private"),
    source=st.none() | TEXT,
    addresses=some(NAMES | st.just("two words"), least=1),
    codes=some(TEXT),
    note=st.none() | TEXT,
    references=some(st.builds(cap.Reference, NAMES, NAMES, TIMES), least=1),
    incidents=some(NAMES),
    infos=some(INFOS),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ALERTS)
def test_what_is_written_keeps_the_standard_and_is_read_back_the_same(alert: cap.Alert) -> None:
    data = cap.write(alert)
    assert cap.check(data) == []
    assert cap.read(data) == alert
