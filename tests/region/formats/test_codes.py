"""National codes: published vectors pass, one wrong character fails, masks show no more than agreed."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from region.formats.codes import (
    credit_code,
    mask_id,
    mask_name,
    mask_phone,
    organisation_code,
    phone,
    place_code,
    resident_check,
    resident_id,
)


@pytest.mark.parametrize(
    ("text", "level", "digits", "parents"),
    [
        ("99", "province", "99", ()),
        ("310000", "province", "31", ()),
        ("310100.0", "prefecture", "3101", ("31",)),
        ("310104", "county", "310104", ("31", "3101")),
        ("310104003000", "township", "310104003", ("31", "3101", "310104")),
        ("310104003001", "village", "310104003001", ("31", "3101", "310104", "310104003")),
    ],
)
def test_place_codes(text, level, digits, parents):
    code = place_code(text).value
    assert (code.level, code.digits, code.parents) == (level, digits, parents)


def test_kinds_of_places_and_grids():
    kinds = [place_code(f"310104{number}").value.kind for number in ("003", "100", "200", "400")]
    assert kinds == ["subdistrict", "town", "township", "special"]
    assert place_code("310104003001").value.kind == "residents"
    assert place_code("310104003201").value.kind == "villagers"
    assert place_code("310104003001007").value.level == "grid"
    assert not place_code("990106").value.province_assigned
    assert place_code("310106").value.province_assigned


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "missing"),
        ("3.1E+5", "scientific_notation"),
        ("31010x", "not_digits"),
        ("12345", "wrong_length"),
        ("310104000001", "gap"),
        ("000000", "gap"),
    ],
)
def test_bad_place_codes(text, reason):
    assert place_code(text).reason == reason


@pytest.mark.parametrize(
    "number",
    [
        "11010519491231002X",
        "11010519491231002x",
        "'11010519491231002X",
        " 110105 19491231 002X ",
        "990106198803120014",
        "990106195411070026",
        "990106201506200039",
        "990106199602290046",
    ],
)
def test_resident_ids_that_pass(number):
    assert resident_id(number).certain


def test_what_a_resident_id_says():
    value = resident_id("11010519491231002X").value
    assert (value.area, value.born, value.male) == ("110105", dt.date(1949, 12, 31), False)
    assert resident_id("990106198803120014").facts["province_assigned"] is False


def test_the_old_form_is_converted_and_says_so():
    reading = resident_id("110105491231002")
    assert reading.value.number == "11010519491231002X"
    assert reading.facts["converted"] is True


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("110105194912310021", "checksum"),
        ("3.10199E+17", "scientific_notation"),
        ("13800000000", "phone_number"),
        ("310199198001150000", "digits_zeroed"),
        ("E00000000", "not_an_id"),
        ("护照 E00000000", "not_an_id"),
        ("", "missing"),
        ("无", "missing"),
        ("1101051949123100", "wrong_length"),
        ("99010619801315" + "001" + resident_check("99010619801315001"), "impossible_date"),
    ],
)
def test_bad_resident_ids(text, reason):
    assert resident_id(text).reason == reason


def test_nobody_is_born_tomorrow():
    assert resident_id("990106201506200039", latest=dt.date(2015, 6, 19)).reason == "in_future"


@given(st.dates(dt.date(1900, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.data())
def test_one_wrong_digit_is_always_found(born, sequence, place, data):
    first17 = f"990106{born:%Y%m%d}{sequence:03}"
    number = first17 + resident_check(first17)
    assert resident_id(number).value.born == born
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    assert not resident_id(number[:place] + wrong + number[place + 1 :]).certain


def test_organisation_codes():
    assert organisation_code("D2143569-X").value.code == "D2143569X"
    assert organisation_code("M000100Y-4").certain
    assert organisation_code("M000100Y-5").reason == "checksum"
    assert organisation_code("M0001").reason == "not_a_code"
    assert organisation_code("").reason == "missing"


def test_credit_codes():
    value = credit_code("91350100M000100Y43").value
    assert (value.organisation, value.area) == ("M000100Y4", "350100")
    assert credit_code("91350100M000100Y4Z").reason == "not_a_code"  # Z is not in the alphabet
    assert credit_code("91350100M000100Y44").reason == "checksum"
    for code in ("12990106MB9900013L", "12990106MB9900021F", "12990106MB990003X7"):
        assert credit_code(code).facts == {"organisation_check": True}


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("13800000000", "13800000000", "mobile"),
        ("+86 138-0000-0000", "13800000000", "mobile"),
        ("10000000001", "10000000001", "fictitious"),
        ("０２１－６０００００００", "021-60000000", "landline"),
        ("021 6000 0000", "021-60000000", "landline"),
        ("(021)60000000", "021-60000000", "landline"),
        ("+86-21-60000000", "021-60000000", "landline"),
        ("0755-26000000转123", "0755-26000000", "landline"),
        ("+1 718 334 4000", "+17183344000", "foreign"),
    ],
)
def test_phones(text, number, kind):
    value = phone(text).value
    assert (value.number, value.kind) == (number, kind)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("60000000", "no_area_code"),
        ("", "missing"),
        ("无", "missing"),
        ("12800000000", "not_a_phone"),
        ("021-60000000/13800000000", "several"),
        ("abc", "not_a_phone"),
        ("/", "missing"),
    ],
)
def test_bad_phones(text, reason):
    assert phone(text).reason == reason


def test_masks():
    assert [mask_name(name) for name in ("张伟", "张小三", "欧阳小明", "张", "")] == [
        "张*",
        "张*三",
        "欧**明",
        "*",
        "",
    ]
    assert mask_name("Zhang San") == "Z*** S***"
    assert mask_id("990106198803120014") == "990106********0014"
    assert mask_phone("13800000000") == "138****0000"
    assert mask_phone("021-60000000") == "021-******00"


@given(st.text(alphabet="ABC0123456789", min_size=1, max_size=20))
def test_masks_of_anything_hide_at_least_half_or_four(text):
    for mask in (mask_id, mask_phone):
        assert mask(text).count("*") >= min(4, len(text))
