"""Reading a postcode as people type it, and from the national grid to degrees."""

import csv

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_rx.directory import postcodes
from social_rx.directory.national_grid import to_wgs84
from social_rx.errors import InvalidInput
from tests.shared_data import SHARED, needs_shared_data

WRITTEN = [
    ("CV1 2AB", "CV1", "CV1 2AB"),
    ("cv1 2ab", "CV1", "CV1 2AB"),
    ("cv12ab", "CV1", "CV1 2AB"),
    ("  CV1  2AB ", "CV1", "CV1 2AB"),
    ("CV1\u00a02AB", "CV1", "CV1 2AB"),
    ("c v 1 2 a b", "CV1", "CV1 2AB"),
    ("M1 1AE", "M1", "M1 1AE"),
    ("B33 8TH", "B33", "B33 8TH"),
    ("CR2 6XH", "CR2", "CR2 6XH"),
    ("DN55 1PT", "DN55", "DN55 1PT"),
    ("W1A 1HQ", "W1A", "W1A 1HQ"),
    ("EC1A 1BB", "EC1A", "EC1A 1BB"),
    ("BT1 5GS", "BT1", "BT1 5GS"),
    ("JE2 3AB", "JE2", "JE2 3AB"),
    ("BF1 3AA", "BF1", "BF1 3AA"),
    ("GIR 0AA", "GIR", "GIR 0AA"),
    ("zz993vz", "ZZ99", "ZZ99 3VZ"),
    ("ZZ99 6CZ", "ZZ99", "ZZ99 6CZ"),
]
NOT_POSTCODES = [
    "Coventry",
    "12345",
    "CV1 2A",
    "CV1 2ABC",
    "CV1 2CI",
    "CV111 2AB",
    "QV1 2AB",
    "ZZ98 3VZ",
    "CV1;2AB",
    "CV1 ٢AB",
    "CV1 2AB\x00",
    "A" * 50_000,
]

areas = st.sampled_from(["B", "M", "W", "CV", "SW", "EC", "ZE"])
districts = st.sampled_from(["1", "9", "12", "1A"])
incodes = st.from_regex(r"\A[0-9][ABD-HJLNP-UW-Z]{2}\Z")
spaces = st.text(" \t\n\u00a0", max_size=3)


@pytest.mark.parametrize(("typed", "outcode", "text"), WRITTEN)
def test_a_postcode_is_understood_however_it_is_typed(typed, outcode, text):
    postcode = postcodes.parse(typed)

    assert (postcode.outcode, postcode.text, postcode.key) == (outcode, text, text.replace(" ", ""))


@pytest.mark.parametrize("typed", NOT_POSTCODES)
def test_what_is_no_postcode_is_refused_with_what_to_enter_instead(typed):
    with pytest.raises(InvalidInput) as refused:
        postcodes.parse(typed)

    assert refused.value.message == "This is not a postcode. Enter a full postcode, like CV1 2AB."
    assert postcodes.key_of(typed) is None


@pytest.mark.parametrize("typed", ["", "   "])
def test_nothing_at_all_is_answered_by_what_to_enter(typed):
    with pytest.raises(InvalidInput) as refused:
        postcodes.parse(typed)

    assert refused.value.message == "Enter a full postcode, like CV1 2AB."


def test_a_first_part_alone_is_named_as_such():
    with pytest.raises(InvalidInput) as refused:
        postcodes.parse("cv1")

    assert refused.value.message == "CV1 is the first part of a postcode. Enter a full postcode, like CV1 2AB."


@pytest.mark.parametrize(("typed", "outcode"), [("cv1", "CV1"), (" ec1a ", "EC1A"), ("zz99", "ZZ99")])
def test_a_district_is_understood_by_itself(typed, outcode):
    assert postcodes.parse_outcode(typed) == outcode


@pytest.mark.parametrize("typed", ["", "CV1 2AB", "CV", "111"])
def test_what_is_no_district_is_refused(typed):
    with pytest.raises(InvalidInput):
        postcodes.parse_outcode(typed)


@pytest.mark.parametrize(("typed", "stands_for_no_place"), [("ZZ99 3VZ", True), ("CV1 2AB", False)])
def test_the_nhs_codes_for_no_place_are_told_apart(typed, stands_for_no_place):
    assert postcodes.parse(typed).is_pseudo is stands_for_no_place


@given(areas, districts, incodes, spaces, spaces, st.booleans())
def test_formatting_a_formatted_postcode_changes_nothing(area, district, incode, before, between, small):
    typed = f"{before}{area}{district}{between}{incode}"
    once = postcodes.parse(typed.lower() if small else typed)

    assert once.text == f"{area}{district} {incode}"
    assert postcodes.parse(once.text) == postcodes.parse(once.key) == once


@given(st.text())
def test_any_text_is_either_a_postcode_or_politely_refused(typed):
    try:
        postcode = postcodes.parse(typed)
    except InvalidInput as refused:
        assert refused.message.endswith("like CV1 2AB.")
    else:
        assert postcodes.key_of(typed) == postcode.key


def test_the_worked_example_of_ordnance_survey_comes_out_within_five_metres():
    latitude, longitude = to_wgs84(np.array([651409.903]), np.array([313177.270]))

    assert metres_apart(latitude, longitude, 52.65800783, 1.71607397)[0] < 5


@needs_shared_data
def test_coventrys_postcodes_come_out_where_another_tool_puts_them():
    known, rows = {}, []
    with (SHARED / "data/postcodes/coventry_warwickshire_postcodes.csv").open() as file:
        for row in csv.DictReader(file):
            known[postcodes.squeezed(row["postcode"])] = (float(row["lat"]), float(row["lon"]))
    with (SHARED / "data/postcodes/codepoint_open_2014-08_cv.csv").open() as file:
        rows = [row for row in csv.reader(file) if postcodes.squeezed(row[0]) in known]

    latitudes, longitudes = to_wgs84(
        np.array([float(row[2]) for row in rows]), np.array([float(row[3]) for row in rows])
    )

    expected = np.array([known[postcodes.squeezed(row[0])] for row in rows])
    assert len(rows) > 19_000
    assert metres_apart(latitudes, longitudes, expected[:, 0], expected[:, 1]).max() < 10


def metres_apart(latitude, longitude, other_latitude, other_longitude):
    across = np.cos(np.radians(latitude)) * (longitude - other_longitude)
    return np.hypot(latitude - other_latitude, across) * 111_320
