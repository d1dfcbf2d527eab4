"""A group tells us on which dates it is closed, on which weeks it meets, and whether it keeps bank holidays."""

from datetime import UTC, date, datetime, time

import pytest
import time_machine

from social_rx.db import db
from social_rx.directory import listing_queries
from social_rx.directory.listing_contents import contents
from social_rx.directory.models import ScheduleException
from social_rx.directory.occurrences import next_occurrences
from social_rx.users import Role
from tests import make
from tests.web.test_listing_pages import typed_in

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
TUESDAYS = {"byday": "TU", "opens_at": time(12), "closes_at": time(14)}


@pytest.fixture
def owner(app):
    return make.organisation("Green Steps")


@pytest.fixture
def group(client, owner):
    with time_machine.travel(NOW):
        yield client.sign_in(make.user(Role.PROVIDER_MANAGER, organisation=owner))


def listing(owner, *sessions, **fields):
    return make.service("Lunch club", organisation=owner, sessions=sessions or (TUESDAYS,), **fields)


def read(service):
    db.session.expire_all()
    return listing_queries.get_listing(make.actor(Role.EDITOR), service.id)


def save(group, service, **changes):
    form = typed_in(group.get(f"/my-listings/{service.id}/edit").text)
    return group.post(f"/my-listings/{service.id}/edit", data=form | changes)


def test_a_group_says_on_which_dates_it_is_closed(group, owner):
    service = listing(owner)

    answer = save(group, service, closed_dates="25 December 2026\r\n\r\n24/11/2026, 1 Jan 2027")

    assert answer.status_code == 303
    assert contents(read(service))["closed_dates"] == [date(2026, 11, 24), date(2026, 12, 25), date(2027, 1, 1)]
    assert next_occurrences(read(service), NOW, 1)[0].starts.day == 1
    assert "Closed on Tuesday 24 November 2026" in group.get(f"/services/{service.id}").text


@pytest.mark.parametrize("typed", ["Christmas", "31 February 2027", "25 December"])
def test_what_is_no_date_is_not_taken_for_one(typed, group, owner):
    answer = save(group, listing(owner), closed_dates=typed)

    assert answer.status_code == 422
    assert "Enter each date on a line of its own, like 25 December 2026." in answer.text


def test_a_date_that_is_taken_away_is_open_again_and_one_that_stays_keeps_its_note(group, owner):
    closed = [ScheduleException(on=date(2026, 12, day), closed=True, note=f"note {day}") for day in (1, 8)]
    closed.append(ScheduleException(on=date(2026, 11, 3), closed=True))
    service = listing(owner, schedule_exceptions=closed)

    save(group, service, closed_dates="8 December 2026")

    kept = [(one.on.isoformat(), one.note) for one in read(service).schedule_exceptions]
    assert kept == [("2026-11-03", None), ("2026-12-08", "note 8")]


def test_saving_the_form_as_it_opened_keeps_every_date(group, owner):
    fortnightly = TUESDAYS | {"interval": 2, "dtstart": date(2026, 11, 3), "closed_on_bank_holidays": True}
    course = TUESDAYS | {"count": 6, "dtstart": date(2026, 12, 1), "until": date(2027, 3, 1)}
    extra = ScheduleException(on=date(2026, 12, 2), closed=False, opens_at=time(18), note="Party")
    closed = ScheduleException(on=date(2026, 12, 8), closed=True)
    service = listing(owner, fortnightly, course, schedule_exceptions=[extra, closed])
    version, before = service.version, contents(read(service))

    answer = save(group, service)

    assert answer.status_code == 303
    assert (contents(read(service)), read(service).version) == (before, version)


def test_a_group_that_meets_every_two_weeks_says_in_which(group, owner):
    service = listing(owner)
    first = {"session-1-dtstart-day": "1", "session-1-dtstart-month": "12", "session-1-dtstart-year": "2026"}

    save(group, service, **{"session-1-repeat": "fortnightly", "session-1-closed_on_bank_holidays": "true"}, **first)

    assert [one.starts.day for one in next_occurrences(read(service), NOW, 2)] == [1, 15]
    page = group.get(f"/services/{service.id}").text
    assert "Every second Tuesday, 12pm to 2pm, from 1 December 2026. Not on bank holidays" in page


def test_a_session_that_is_taken_away_takes_its_closures_along(group, owner):
    service = listing(owner, TUESDAYS, {"byday": "FR"})
    shut = ScheduleException(service_id=service.id, on=date(2026, 12, 25), closed=True)
    shut.schedule_id = service.schedules[1].id
    make.save(shut)

    answer = save(group, service, **{"session-2-repeat": "remove"})

    assert answer.status_code == 303
    assert (len(read(service).schedules), read(service).schedule_exceptions) == (1, [])


def test_a_session_and_its_closure_are_taken_away_together(group, owner):
    service = listing(owner, TUESDAYS, {"byday": "FR"})
    shut = ScheduleException(service_id=service.id, on=date(2026, 12, 25), closed=True)
    shut.schedule_id = service.schedules[1].id
    make.save(shut)

    answer = save(group, service, **{"session-2-repeat": "remove", "closed_dates": ""})

    assert answer.status_code == 303
    assert (len(read(service).schedules), read(service).schedule_exceptions) == (1, [])
