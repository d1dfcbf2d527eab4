"""Searching for what is open on a day between two times: the same services that `runs_on` names."""

from datetime import date, time

import pytest
import time_machine
from hypothesis import given, settings

from social_rx import clock
from social_rx.directory import search
from social_rx.directory.occurrences import runs_on
from social_rx.directory.search import SearchQuery
from social_rx.errors import InvalidInput
from tests import make, slow_calendar

NOON, TWO, FOUR = time(12), time(14), time(16)
SESSIONS = {
    "Lunch": ({"byday": "TU,TH", "opens_at": NOON, "closes_at": TWO},),
    "Cards": ({"byday": "TH", "opens_at": TWO, "closes_at": FOUR},),
    "Night line": ({"byday": "WE", "opens_at": time(22), "closes_at": time(2)},),
    "Drop in": ({"byday": "TH"},),
    "Old club": ({"byday": "TH", "opens_at": TWO, "closes_at": FOUR, "valid_to": date(2026, 11, 1)},),
    "Course": ({"byday": "TH", "opens_at": TWO, "closes_at": FOUR, "dtstart": date(2026, 10, 1), "count": 4},),
    "Fortnightly": ({"byday": "TH", "interval": 2, "opens_at": time(13), "closes_at": time(15)},),
    "Two times": (
        {"byday": "TH", "opens_at": time(9), "closes_at": time(10)},
        {"byday": "TH", "opens_at": time(15, 30), "closes_at": time(23, 59)},
    ),
}


@pytest.fixture
def services(app):
    with time_machine.travel("2026-11-21 09:00", tick=False):
        yield [make.service(name, sessions=sessions) for name, sessions in SESSIONS.items()]


def found(**asked):
    return sorted(service.name for service in search.find_services(SearchQuery(**asked)).services)


def test_on_thursdays_between_two_and_four(services):
    assert found(day=3, from_time=TWO, to_time=FOUR) == ["Cards", "Fortnightly", "Two times"]
    assert found(day=3) == ["Cards", "Drop in", "Fortnightly", "Lunch", "Two times"]
    assert found(day=3, to_time=time(2)) == ["Night line"]
    assert found(from_time=time(23)) == ["Night line", "Two times"]


def test_times_in_the_wrong_order_are_refused(app):
    with pytest.raises(InvalidInput) as refused:
        SearchQuery(from_time=FOUR, to_time=TWO)

    assert refused.value.fields == {"to_time": "Enter a time that is later than the first."}
    assert SearchQuery(from_time=FOUR, to_time=time(0))


def test_the_search_and_the_listing_agree_on_every_hour_of_the_week(services):
    for day in range(7):
        for hour in range(24):
            asked = {"from_time": time(hour), "to_time": time((hour + 1) % 24)}
            named = sorted(one.name for one in services if runs_on(one, day, *asked.values()))
            assert found(day=day, **asked) == named


def test_the_page_and_the_api_take_times_and_keep_them(services, client):
    page = client.get("/find?day=3&from_time=14:00&to_time=16:00").text
    answer = client.get("/api/v1/services?day=3&from_time=14:00&to_time=16:00").json

    assert "From 2pm to 4pm" in page and 'name="from_time" value="14:00"' in page
    assert sorted(item["name"] for item in answer["items"]) == ["Cards", "Fortnightly", "Two times"]
    assert "Enter a time, like 14:00." in client.get("/api/v1/services?from_time=two").text


@settings(max_examples=50, deadline=None)
@given(slow_calendar.schedules())
def test_a_service_that_is_open_some_day_is_found_on_a_day_of_the_week_or_goes_by_the_date(one):
    made = slow_calendar.service(one)
    by_date = one.freq in {"MONTHLY", "YEARLY"} and not one.byday

    with clock.pretend(slow_calendar.reached(slow_calendar.datetime(2024, 1, 1))):
        days = {day for day in range(7) if runs_on(made, day)}
    assert {day.weekday() for day in slow_calendar.dates_by_looking(one)} <= days or by_date
