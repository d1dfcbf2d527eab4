"""What the feed says of one record, and what it would rather leave out than say wrongly."""

from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from uuid import UUID

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_rx.directory.open_referral import formats, shapes

IS_URI, IS_EMAIL = (
    jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True) for name in ("uri", "email")
)
KEY = UUID("008227bf-42e5-4897-b6c2-5335cf8baa59")
WEEKLY = {"freq": "WEEKLY", "interval": 1, "byday": "TU", "bymonthday": None, "dtstart": None}
SAID = {"opens_at": time(14), "closes_at": time(16, 30), "note": None, "closed_on_bank_holidays": None}
BOUNDS = {"valid_from": None, "valid_to": None, "until": None, "count": None}
HALL = {
    "address_1": "12 Mill Lane",
    "address_2": "Foleshill",
    "city": "Coventry",
    "region": None,
    "postcode": "CV6 5AA",
}


def schedule(extensions=True, attending=None, **changes):
    row = SimpleNamespace(id=KEY, service_at_location_id=None, **{**WEEKLY, **SAID, **BOUNDS, **changes})
    return shapes.schedule(row, attending, extensions)


def place(**changes):
    known = {"location_id": KEY, "location_name": "Mill Hall", "location_description": "Blue door", "address_id": KEY}
    known |= {"transportation": "Bus 20", "latitude": 52.4, "longitude": -1.5, "approximate": False}
    return SimpleNamespace(**{**known, **HALL, "sensitive": False, "country": "GB", **changes})


def test_a_key_is_written_the_same_whichever_database_it_comes_from():
    assert formats.identifier(KEY.hex) == formats.identifier(KEY) == str(KEY)
    assert formats.identifier(None) is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("https://example.org/join?day=tu#when", "https://example.org/join?day=tu#when"),
        ("https://example.org/café", "https://example.org/caf%C3%A9"),
        ("www.example.org", None),
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("javascript:alert(1)", None),
        ("https://", None),
        ("https://example.org/[x", None),
        ("", None),
        (None, None),
    ],
)
def test_a_web_address_is_absolute_or_left_out(written, said):
    assert formats.web_address(written) == said


@pytest.mark.parametrize(
    "wrong", ["hello", "hello@example", "hello.@example.org", "two@example.org, three@example.org", None]
)
def test_an_e_mail_address_that_is_none_is_left_out(wrong):
    assert formats.email(wrong) is None
    assert formats.email("hello@example.org") == "hello@example.org"


ALMOST = st.text("abz09.-_@:/?#[]%+é \\'\"<>", max_size=25)


@given(ALMOST)
def test_whatever_is_typed_for_a_website_what_goes_out_is_an_address_as_rfc_3986_has_it(text):
    for typed in (text, f"https://example.org/{text}", f"http://{text}"):
        said = formats.web_address(typed)

        assert said is None or IS_URI.is_valid(said)


@given(ALMOST)
def test_whatever_is_typed_for_an_e_mail_address_what_goes_out_is_one(text):
    for typed in (text, f"{text}@example.org", f"hello@{text}.org"):
        said = formats.email(typed)

        assert said is None or IS_EMAIL.is_valid(said)


@given(ALMOST)
def test_a_persistent_identifier_that_is_none_is_left_out(text):
    for typed in (text, f"urn:{text}", f"http://example.org/{text}"):
        said = formats.uri(typed)

        assert said is None or IS_URI.is_valid(said)


def test_a_time_is_in_utc_with_its_thousandths_whichever_database_it_comes_from():
    at = datetime(2026, 11, 21, 9, 5, 0, 123456)

    assert formats.instant(at) == formats.instant("2026-11-21 09:05:00.123456") == "2026-11-21T09:05:00.123Z"
    assert formats.instant(at.replace(tzinfo=UTC)) == "2026-11-21T09:05:00.123Z"


def test_a_weekly_session_has_its_day_and_the_times_on_the_clock():
    assert schedule() == {
        "id": str(KEY),
        "freq": "WEEKLY",
        "interval": 1,
        "byday": "TU",
        "opens_at": "14:00",
        "closes_at": "16:30",
    }


def test_every_day_is_a_week_of_seven_days_because_the_profile_knows_no_other_way():
    said = schedule(freq="DAILY", byday=None)

    assert (said["freq"], said["byday"]) == ("WEEKLY", "MO,TU,WE,TH,FR,SA,SU")


def test_once_a_year_is_every_twelve_months():
    said = schedule(freq="YEARLY", byday=None, dtstart=date(2026, 5, 4))

    assert (said["freq"], said["interval"], said["bymonthday"]) == ("MONTHLY", 12, "4")


def test_a_rule_that_the_profile_cannot_say_is_not_said_wrongly():
    said = schedule(freq="DAILY", interval=3)

    assert not said.keys() & {"freq", "interval", "byday"}
    assert said["opens_at"] == "14:00"


def test_a_schedule_that_ends_says_when_by_the_earlier_of_its_two_dates():
    assert schedule(valid_to=date(2027, 1, 1), until=date(2026, 12, 1))["valid_to"] == "2026-12-01"
    assert "count" not in schedule(count=6, extensions=False)


def test_no_session_on_bank_holidays_is_said_in_words():
    assert schedule(closed_on_bank_holidays=True, note="Bring a mug.")["notes"] == "Bring a mug. Not on bank holidays."


@pytest.mark.parametrize(
    ("remote", "at_a_place", "words"),
    [
        ([], True, None),
        (["online"], False, "Online"),
        (["phone", "online"], True, "In person or by phone or online"),
    ],
)
def test_how_people_take_part_is_said_when_it_is_not_in_person_alone(remote, at_a_place, words):
    assert shapes.attending(remote, at_a_place) == words


def test_a_sensitive_place_tells_its_district_and_nothing_more():
    refuge = place(sensitive=True, latitude=52.41, longitude=-1.51, location_name="Haven House")

    said = shapes.whole_location(refuge, [], extensions=True)

    assert said["addresses"][0]["postal_code"] == "CV6"
    assert said["addresses"][0]["address_1"] == "Address not published"
    assert not said.keys() & {"name", "description", "transportation"}
    for secret in ("Mill Lane", "Foleshill", "5AA", "Haven", "Blue door", "Bus 20"):
        assert secret not in str(said)


def test_a_point_that_is_only_the_middle_of_a_district_is_not_passed_off_as_the_door():
    said = shapes.location(place(approximate=True), extensions=True)

    assert not said.keys() & {"latitude", "longitude"}


def test_an_address_without_a_county_repeats_the_town_where_the_standard_wants_one():
    [said] = shapes.addresses(place(), extensions=True)

    assert (said["city"], said["state_province"]) == ("Coventry", "Coventry")
    assert (said["address_1"], said["address_2"]) == ("12 Mill Lane", "Foleshill")


def test_without_extensions_both_lines_of_an_address_stand_in_one():
    [said] = shapes.addresses(place(), extensions=False)

    assert said["address_1"] == "12 Mill Lane, Foleshill"
    assert "address_2" not in said


def test_what_nobody_recorded_of_an_address_is_said_to_be_so_and_an_empty_one_is_left_out():
    bare = {"address_1": None, "address_2": None, "city": None, "location_name": None}

    [said] = shapes.addresses(place(**bare), extensions=True)

    assert (said["address_1"], said["city"], said["state_province"]) == ("Not recorded",) * 3
    assert shapes.addresses(place(**bare, postcode=None), extensions=True) == []


@pytest.mark.parametrize(
    ("extension", "said"),
    [(None, {}), ("204", {"extension": 204}), ("press 2", {"description": "Extension press 2"})],
)
def test_an_extension_is_a_number_or_words_of_the_description(extension, said):
    row = SimpleNamespace(id=KEY, number="024 7655 0100", extension=extension, description=None)

    assert shapes.phone(row) == {"id": str(KEY), "number": "024 7655 0100", **said}


def test_a_scottish_charity_is_known_by_the_scottish_register():
    row = SimpleNamespace(id=KEY, charity_number="SC012345", company_number="01234567", ods_code=None)

    said = shapes.organization_identifiers(row)

    assert [(one["identifier_scheme"], one["identifier"]) for one in said] == [
        ("GB-SC", "SC012345"),
        ("GB-COH", "01234567"),
    ]
    assert shapes.organization_identifiers(row) == said


def test_nothing_empty_is_said_but_a_nought_is():
    assert shapes.present({"a": None, "b": "", "c": [], "d": 0, "e": 0.0}) == {"d": 0, "e": 0.0}
