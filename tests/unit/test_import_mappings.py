"""What a mapping file may say, and what it is told when it cannot be understood."""

import pytest
from sqlalchemy import func, select

from social_rx.db import db
from social_rx.directory.contact_details import email_in, phones_in, website_from
from social_rx.directory.feeds import feed_from
from social_rx.directory.import_mappings import load_mapping, mapping_from
from social_rx.directory.keywords import Keywords
from social_rx.directory.models import Term
from social_rx.directory.opening_times import read_spans
from social_rx.directory.sheets import Row
from social_rx.directory.taxonomies import NEEDS, SUPPORTS, SUPPORTS_BY_PILLAR, ensure_taxonomies
from social_rx.directory.text_changes import CHANGES
from social_rx.errors import InvalidInput

MAPPING = {
    "source": "test_groups",
    "title": "Groups of a test",
    "identity": {"organisation": ["Charity"], "service": ["Group"]},
    "organisation": {"name": "Charity"},
    "service": {"name": "Group"},
}
ROW = Row(2, {"Group": "WALKS", "Street": "Church Lane", "Town": "Coventry", "Lift": "yes", "Blank": "", "No": "no"})


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Group", "WALKS"),
        ({"value": "trust"}, "trust"),
        ({"first_of": ["Blank", "Town"]}, "Coventry"),
        ({"join": ["Street", "Blank", "Town"], "with": "; "}, "Church Lane; Coventry"),
        ({"column": "Group", "change": ["title_case"], "after": " in the park"}, "Walks in the park"),
        ({"column": "Town", "after": " City", "after_unless": ["coventry"]}, "Coventry"),
        ({"column": "Blank", "before": "Run by "}, ""),
        ({"value": "step_free", "only_if": "Lift"}, "step_free"),
        ({"value": "step_free", "only_if": "No"}, ""),
        ({"column": "Town", "words": {"COVENTRY": "Cov"}}, "Cov"),
        ({"parts": ["Street", {"column": "Town", "before": "in "}], "with": " "}, "Church Lane in Coventry"),
    ],
)
def test_a_field_is_fed_as_its_mapping_says(written, text):
    assert feed_from(written, "here").text(ROW) == text


@pytest.mark.parametrize(
    ("change", "text", "changed"),
    [
        ("title_case", "5TH HARROW AND ST MARY'S PTA (NSPCC)", "5th Harrow and St Mary's PTA (NSPCC)"),
        ("title_case", "Already Written by Somebody", "Already Written by Somebody"),
        ("sentence_case", "ADVICE FOR ALL. FREE.", "Advice for all. Free."),
        ("shorten", "Lunch at noon. Everyone is welcome.", "Lunch at noon"),
        ("shorten", "word " * 40, "word " * 15 + "word…"),
        ("html_unescape", "The Men&#39;s Room", "The Men's Room"),
        ("yes_no", "X", "yes"),
        ("lowest_age", "Anyone over the age of 18", "18"),
        ("highest_age", "Young people from 16-25", "25"),
        ("highest_age", "under 25", "24"),
        ("lowest_age", "Military veterans", ""),
    ],
)
def test_each_named_change_does_what_it_is_called(change, text, changed):
    assert CHANGES[change](text) == changed


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("9am-5pm", [("09:00", "17:00")]),
        ("09:00 - 12:00, 13.30 - 17.00", [("09:00", "12:00"), ("13:30", "17:00")]),
        ("10am to 12 noon", [("10:00", "12:00")]),
        ("12am-12pm", [("00:00", "12:00")]),
        ("18:00-24:00", [("18:00", "23:59")]),
        ("9-5", []),
        ("25:00-26:00", []),
        ("AM Only", []),
        ("10am-noon (ring first)", []),
    ],
)
def test_only_a_text_made_of_times_is_read_as_times(text, spans):
    assert read_spans(text) == spans


def test_words_are_found_whole_and_a_star_stands_for_any_ending():
    keywords = Keywords({"rum": ["drink"], "bereave*": ["loss"], "lip reading": ["deaf"]})

    assert keywords.codes_in("A DRUM, for the Bereaved; lip\nreading") == {"loss", "deaf"}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("01632 960101 (see also below)", ["01632 960101"]),
        ("0121 507 5836/0121 607 3369", ["0121 507 5836", "0121 607 3369"]),
        ("116 123", ["116 123"]),
        ("ring the bell", []),
    ],
)
def test_numbers_to_phone_are_found_in_a_text(text, numbers):
    assert phones_in(text) == numbers


@pytest.mark.parametrize(
    ("text", "email"),
    [("Hayle Library <hayle@example.org>", "hayle@example.org"), ("a@b.org or c@d.org", None), ("a@b@c.org", None)],
)
def test_an_email_address_is_taken_only_when_there_is_just_one(text, email):
    assert email_in(text) == email


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("www.example.org", "http://www.example.org"),
        ("https://example.org/a?b=c", "https://example.org/a?b=c"),
        ("javascript:alert(1)", None),
        ("https://user:word@example.org", None),
        ("http://n/.a", None),
        ("http://[::1", None),
        ("http://example.org/a b", None),
    ],
)
def test_a_website_is_an_address_that_a_browser_may_open(text, url):
    assert website_from(text) == url


def test_our_codes_have_plain_names_and_each_kind_of_support_its_pillar():
    assert NEEDS["loneliness_isolation"] == "Loneliness and isolation"
    assert (len(NEEDS), len(SUPPORTS)) == (32, 46)
    assert {code for codes in SUPPORTS_BY_PILLAR.values() for code in codes} == set(SUPPORTS)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"sevrice": {}}, "sevrice"),
        ({"service": {"name": "Group", "nam": "x"}}, "nam"),
        ({"service": {"name": {"column": "Group", "change": ["shout"]}}}, "shout"),
        ({"service": {"name": {"column": "Group", "value": "x"}}}, "exactly one"),
        ({"service": {}}, "needs a name"),
        ({"needs": {"always": ["happiness"]}}, "happiness"),
        ({"identity": {}}, "organisation"),
        ({"status": "splendid"}, "status"),
        ({"skip": [{"column": "Closed", "why": "x"}]}, "exactly one of"),
    ],
)
def test_a_mapping_that_cannot_be_understood_says_where(changed, says):
    with pytest.raises(InvalidInput, match=says):
        mapping_from(MAPPING | changed)


def test_a_mapping_that_does_not_exist_names_those_that_do():
    with pytest.raises(InvalidInput, match="nhs_clinics"):
        load_mapping("nowhere")


def test_the_terms_are_added_once_and_keep_the_name_somebody_gave_them(app):
    term = ensure_taxonomies()["needs"]["bereavement"]
    term.name = "Losing someone"
    db.session.commit()
    count = db.session.scalar(select(func.count()).select_from(Term))

    again = ensure_taxonomies()

    assert again["needs"]["bereavement"].name == "Losing someone"
    assert db.session.scalar(select(func.count()).select_from(Term)) == count
