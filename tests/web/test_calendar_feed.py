"""The calendar of a service, as another program reads it."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from dateutil import rrule
from hypothesis import given, settings
from icalendar import Calendar

from social_rx.db import db
from social_rx.directory.calendar_feed import AHEAD, calendar_of
from social_rx.directory.models import ScheduleException, ServiceAtLocation
from social_rx.directory.occurrences import next_occurrences
from social_rx.directory.status import ListingStatus, ReferralMode
from tests import make, slow_calendar
from tests.slow_calendar import LONDON

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TIMES = {"opens_at": time(12), "closes_at": time(14)}
TUESDAYS = {"byday": "TU", **TIMES}


def read(feed):
    return read_from(Calendar.from_ical(feed))


def read_from(calendar):
    """What a calendar would show, by the rules of RFC 5545: the start and end of each event, in UTC."""
    return sorted(session for event in calendar.walk("VEVENT") for session in sessions_of(event))


def sessions_of(event):
    first = event.decoded("dtstart")
    length = event.decoded("dtend", first) - first if not hasattr(first, "hour") else None
    if length is None:
        length = event.decoded("dtend", first).astimezone(UTC) - first.astimezone(UTC)
    for start in starts_of(event, first):
        if hasattr(start, "hour"):
            yield start.astimezone(UTC), start.astimezone(UTC) + length
        else:
            yield midnight(start), midnight(start + length)


def starts_of(event, first):
    if "rrule" not in event:
        return [first]
    naive = first.replace(tzinfo=None) if hasattr(first, "hour") else datetime.combine(first, time())
    rule = dict(event["rrule"])
    until = rule.pop("UNTIL", [None])[0]
    ends = until and (until.astimezone(LONDON).replace(tzinfo=None) if hasattr(until, "hour") else until)
    text = ";".join(f"{name}={','.join(map(str, values))}" for name, values in rule.items())
    found = rrule.rrulestr(text, dtstart=naive).between(naive, datetime(2029, 6, 1), inc=True)
    as_first = [one.replace(tzinfo=first.tzinfo) if hasattr(first, "hour") else one.date() for one in found]
    left_out = event.get("exdate")
    out = {one.dt for one in left_out.dts} if left_out else set()
    assert out <= set(as_first), "leaves out what it never says"
    if ends:
        as_first = [day for day in as_first if (day.replace(tzinfo=None) if hasattr(day, "hour") else day) <= ends]
    return [one for one in as_first if one not in out]


def midnight(day):
    return datetime.combine(day, time(), LONDON).astimezone(UTC)


@pytest.fixture
def calendar(client):
    def ask(service):
        answer = client.get(f"/services/{service.id}.ics")
        assert answer.status_code == 200
        return Calendar.from_ical(answer.data)

    return ask


def test_the_page_of_a_service_says_when_it_is_next_and_offers_its_calendar(client):
    service = make.service(sessions=(TUESDAYS,))

    with time_machine.travel(NOW):
        page = client.get(f"/services/{service.id}").text
        results = client.get("/find?q=walking").text

    assert "Next: Tuesday 24 November, 12pm" in page and f"/services/{service.id}.ics" in page
    assert "Next: Tuesday 24 November, 12pm" in results


def test_the_api_says_when_it_is_next(client):
    service = make.service(sessions=(TUESDAYS,))

    with time_machine.travel(NOW):
        coming = client.get(f"/api/v1/services/{service.id}").json["next_sessions"]

    assert coming[0] == {"starts": "2026-11-24T12:00:00+00:00", "ends": "2026-11-24T14:00:00+00:00", "timed": True}
    assert len(coming) == 5


def test_the_calendar_says_what_where_and_until_when(calendar):
    session = TUESDAYS | {"valid_to": date(2026, 12, 15)}
    service = make.service("Lunch, and a chat; free", sessions=(session,), summary="Soup\nBEGIN:VEVENT", free=True)

    with time_machine.travel(NOW):
        feed = calendar(service)

    [event] = feed.walk("VEVENT")
    assert str(event["summary"]) == "Lunch, and a chat; free"
    assert str(event["location"]) == "Church Lane, Coventry, CV1 2AB"
    assert "Soup\nBEGIN:VEVENT\nTuesdays, 12pm to 2pm, until 15 December 2026" in str(event["description"])
    assert str(event["url"]) == f"http://localhost/services/{service.id}"
    assert event["rrule"]["UNTIL"] == [datetime(2026, 12, 15, 23, 59, 59, tzinfo=UTC)]


def test_the_calendar_brings_its_own_clock_of_london(calendar):
    [zone] = calendar(make.service(sessions=(TUESDAYS,))).walk("VTIMEZONE")

    london = zone.to_tz()
    for change in slow_calendar.CHANGES:
        for hours in range(-30, 30):
            moment = datetime.combine(change, time(1), UTC) + timedelta(hours=hours)
            assert moment.astimezone(london).utcoffset() == moment.astimezone(LONDON).utcoffset()


def test_a_refuge_is_not_to_be_found_from_its_calendar(client):
    service = make.service(sessions=(TUESDAYS,), sensitive=True)

    feed = client.get(f"/services/{service.id}.ics").text

    assert "LOCATION" not in feed and "GEO" not in feed
    assert "Church Lane" not in feed and "CV1" not in feed


def test_of_several_places_only_that_of_the_session_is_named(calendar):
    service = make.service(sessions=(TUESDAYS, {"byday": "FR", "opens_at": time(9), "closes_at": time(10)}))
    other = make.service(postcode="CV5 6EE").at_locations[0].location
    service.at_locations.append(ServiceAtLocation(location=other))
    db.session.flush()
    service.schedules[1].service_at_location_id = next(at.id for at in service.at_locations if at.location is other)
    db.session.commit()

    events = calendar(service).walk("VEVENT")

    assert [str(event.get("location", "")) for event in events] == ["", "Church Lane, Coventry, CV5 6EE"]


def test_closures_bank_holidays_and_extra_dates_are_in_the_calendar(calendar):
    changed = [
        ScheduleException(on=date(2026, 11, 30), closed=True),
        ScheduleException(on=date(2026, 12, 2), closed=False, opens_at=time(18), closes_at=time(20)),
    ]
    mondays = {"byday": "MO", **TIMES, "closed_on_bank_holidays": True}
    service = make.service(sessions=(mondays,), schedule_exceptions=changed)

    with time_machine.travel(NOW):
        coming = [start for start, _ in read_from(calendar(service)) if start > NOW][:5]

    assert [f"{start:%d %b %H}" for start in coming] == [
        "23 Nov 12",
        "02 Dec 18",
        "07 Dec 12",
        "14 Dec 12",
        "21 Dec 12",
    ]


def test_a_calendar_that_did_not_change_is_not_sent_again(client):
    service = make.service(sessions=(TUESDAYS,))
    first = client.get(f"/services/{service.id}.ics")

    again = client.get(f"/services/{service.id}.ics", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(("status", "answer"), [("draft", 404), ("paused", 410), ("archived", 410)])
def test_only_a_public_listing_has_a_calendar(client, status, answer):
    service = make.service(sessions=(TUESDAYS,), status=ListingStatus(status))

    assert client.get(f"/services/{service.id}.ics").status_code == answer


def test_a_service_that_says_no_times_has_an_empty_calendar(calendar):
    assert calendar(make.service()).walk("VEVENT") == []


@settings(max_examples=200, deadline=None)
@given(slow_calendar.services())
def test_a_calendar_shows_the_sessions_that_the_service_has(made):
    made.referral_mode, made.updated_at, made.at_locations = ReferralMode.BOTH, NOW, []

    with time_machine.travel(NOW):
        shown = [one for one in read(calendar_of(made, "https://example.org")) if one[0] >= NOW]
        coming = [(one.starts, one.ends) for one in next_occurrences(made, NOW, 3000) if one.starts >= NOW]

    until = datetime.combine(NOW.date() + AHEAD, time(), UTC)
    assert [one for one in shown if one[0] < until] == [one for one in coming if one[0] < until]
