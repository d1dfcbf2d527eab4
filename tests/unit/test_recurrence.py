"""When a service is open: examples that a group would give, and everything else against an oracle that looks."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from social_rx.directory.occurrences import next_occurrences, occurrences, open_at, runs_on
from social_rx.directory.recurrence import dates_of, last_day
from tests import slow_calendar
from tests.slow_calendar import BANK_HOLIDAYS, CHANGES, FIRST, LAST, LONDON, closure, extra, schedule, service

NOON, TWO, FOUR = time(12), time(14), time(16)
NOVEMBER = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
EXAMPLES = settings(max_examples=200, deadline=None)


def at(day, hour, minute=0, fold=0):
    """A moment on an English clock; `fold` is 1 for the second time that it shows this in October."""
    return datetime(day.year, day.month, day.day, hour, minute, fold=fold, tzinfo=LONDON)


def days_of(one, first=date(2026, 11, 1), last=date(2027, 1, 31)):
    return [f"{day:%d %b}" for day in dates_of(one, first, last)]


def told(found):
    return [(one.starts, one.ends, one.timed) for one in found]


# ---------------------------------------------------------------- dates


@pytest.mark.parametrize(
    ("byday", "rule", "dates"),
    [
        ("TU", {"count": 3, "dtstart": date(2026, 11, 3)}, ["03 Nov", "10 Nov", "17 Nov"]),
        (
            "MO",
            {"interval": 2, "dtstart": date(2026, 11, 9), "until": date(2026, 12, 7)},
            ["09 Nov", "23 Nov", "07 Dec"],
        ),
        ("SU,MO", {"interval": 2, "dtstart": date(2026, 11, 9), "count": 3}, ["09 Nov", "15 Nov", "23 Nov"]),
        ("1TH,3TH", {"freq": "MONTHLY", "valid_to": date(2026, 12, 10)}, ["05 Nov", "19 Nov", "03 Dec"]),
        ("-1FR", {"freq": "MONTHLY"}, ["27 Nov", "25 Dec", "29 Jan"]),
        ("WE,1MO", {"freq": "MONTHLY", "until": date(2026, 11, 12)}, ["02 Nov", "04 Nov", "11 Nov"]),
        (None, {"freq": "MONTHLY", "bymonthday": "-1"}, ["30 Nov", "31 Dec", "31 Jan"]),
        (None, {"freq": "MONTHLY", "dtstart": date(2026, 1, 31)}, ["31 Dec", "31 Jan"]),
        ("FR", {"freq": "MONTHLY", "bymonthday": "13"}, ["13 Nov"]),
        (None, {"freq": "YEARLY", "dtstart": date(2020, 11, 5)}, ["05 Nov"]),
        (None, {"dtstart": date(2027, 1, 23)}, ["23 Jan", "30 Jan"]),
        ("MO", {"valid_from": date(2027, 1, 12), "valid_to": date(2027, 1, 25)}, ["18 Jan", "25 Jan"]),
    ],
)
def test_a_schedule_falls_on_the_dates_that_it_says(byday, rule, dates):
    assert days_of(schedule(byday, **rule)) == dates


@pytest.mark.parametrize(
    ("byday", "rule"),
    [
        ("MO", {"interval": 2}),
        ("MO", {"count": 6}),
        (None, {}),
        (None, {"freq": "MONTHLY"}),
        ("1TH", {}),
        ("6MO", {"freq": "MONTHLY"}),
        ("MO,whenever", {}),
        (None, {"freq": "MONTHLY", "bymonthday": "32"}),
        ("MO", {"freq": "HOURLY"}),
        ("MO", {"interval": 10**9, "dtstart": date(2026, 11, 2)}),
    ],
)
def test_nobody_is_sent_anywhere_by_a_schedule_that_does_not_say_which_dates(byday, rule):
    assert days_of(schedule(byday, **rule)) == []


@pytest.mark.parametrize(
    "never",
    [
        {"freq": "MONTHLY", "bymonthday": "31", "interval": 12, "dtstart": date(2026, 4, 1)},
        {"freq": "DAILY", "interval": 7, "byday": "TU", "dtstart": date(2026, 11, 2)},
        {"freq": "YEARLY", "bymonthday": "31", "byday": "MO", "valid_to": date(2026, 1, 2)},
    ],
)
def test_a_schedule_that_never_happens_has_no_dates_and_costs_no_time(never):
    assert next_occurrences(service(schedule(**never)), NOVEMBER, 1) == []


@EXAMPLES
@given(slow_calendar.schedules(), st.dates(FIRST, LAST), st.integers(0, 500))
def test_the_dates_of_any_schedule_are_those_that_looking_at_every_day_finds(one, first, length):
    last = min(first + timedelta(days=length), LAST)

    expected = [day for day in slow_calendar.dates_by_looking(one) if first <= day <= last]
    assert list(dates_of(one, first, last)) == expected


def test_a_course_of_six_ends_with_the_sixth_and_holidays_do_not_lengthen_it():
    course = schedule("TU", dtstart=date(2026, 12, 1), count=6, closed_on_bank_holidays=True)

    assert last_day(course) == date(2027, 1, 5)
    assert last_day(schedule("TU")) is None


# ---------------------------------------------------------------- moments


def test_it_is_open_at_the_opening_minute_and_not_at_the_closing_minute():
    lunch, tuesday = service(schedule("TU", NOON, TWO)), date(2026, 11, 24)

    assert [open_at(lunch, at(tuesday, *clock)) for clock in ((11, 59), (12,), (13, 59), (14,))] == [0, 1, 1, 0]


def test_a_night_that_ends_on_the_next_day_is_open_after_midnight():
    line, saturday = service(schedule("FR", time(22), time(2))), date(2026, 11, 28)

    assert open_at(line, at(saturday, 1, 59))
    assert not open_at(line, at(saturday, 2))
    assert not open_at(line, at(saturday, 22))


def test_in_october_half_past_one_comes_twice_and_in_march_not_at_all():
    night = service(schedule("SU", time(1), time(2)))
    october, march = date(2026, 10, 25), date(2026, 3, 29)

    assert open_at(night, at(october, 1, 30)) and open_at(night, at(october, 1, 30, fold=1))
    assert list(occurrences(night, march, march)) == []


def test_what_begins_while_the_clocks_jump_begins_when_they_have_jumped():
    [session] = occurrences(service(schedule("SU", time(1, 30), time(4))), date(2026, 3, 29), date(2026, 3, 29))

    assert (session.starts, session.ends) == (at(date(2026, 3, 29), 2), at(date(2026, 3, 29), 4))


def test_a_session_before_the_clocks_change_and_one_after_begin_at_the_same_time_on_the_clock():
    found = next_occurrences(service(schedule("SA", NOON, TWO)), datetime(2026, 10, 23, tzinfo=UTC), 2)

    assert [one.starts.hour for one in found] == [11, 12]
    assert [one.starts.astimezone(LONDON).hour for one in found] == [12, 12]


def test_it_is_closed_on_bank_holidays_only_where_the_group_says_so():
    monday = date(2026, 12, 28)

    assert not open_at(service(schedule("MO", NOON, TWO, closed_on_bank_holidays=True)), at(monday, 13))
    assert open_at(service(schedule("MO", NOON, TWO)), at(monday, 13))


def test_a_closure_is_of_everything_or_of_one_session():
    tuesday = date(2026, 11, 24)
    early, late = schedule("TU", time(9), time(10)), schedule("TU", NOON, TWO)

    assert not open_at(service(early, late, exceptions=[closure(tuesday)]), at(tuesday, 13))
    assert open_at(service(early, late, exceptions=[closure(tuesday, early)]), at(tuesday, 13))


def test_different_times_on_one_day_are_a_closure_and_an_extra_date():
    tuesday = date(2026, 11, 24)
    lunch = service(schedule("TU", NOON, TWO), exceptions=[closure(tuesday), extra(tuesday, time(18), time(20))])

    assert [open_at(lunch, at(tuesday, hour)) for hour in (13, 18)] == [False, True]


def test_an_extra_date_of_a_session_has_its_times():
    lunch = schedule("TU", NOON, TWO)

    assert open_at(service(lunch, exceptions=[extra(date(2026, 11, 25), of=lunch)]), at(date(2026, 11, 25), 13))


def test_it_is_never_said_to_be_open_when_nobody_said_at_what_time():
    drop_in = service(schedule("TU"), schedule("TU", NOON))

    assert not open_at(drop_in, at(date(2026, 11, 24), 12))
    assert [one.timed for one in next_occurrences(drop_in, at(date(2026, 11, 24), 9), 2)] == [False, True]


def test_the_bank_holidays_that_we_reckon_are_those_that_were_published():
    everyday = service(schedule(freq="DAILY", closed_on_bank_holidays=True))

    open_days = {one.starts.astimezone(LONDON).date() for one in occurrences(everyday, FIRST, LAST)}
    assert {FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)} - open_days == BANK_HOLIDAYS


@EXAMPLES
@given(slow_calendar.services(), st.dates(FIRST, date(2028, 6, 1)) | st.sampled_from(CHANGES), st.integers(0, 1440))
def test_the_next_sessions_are_those_that_looking_finds(made, day, minute):
    after = datetime.combine(day, time(), UTC) + timedelta(minutes=minute)

    looked = slow_calendar.sessions_by_looking(made)
    coming = [one for one in looked if one[0] >= after or (not one[2] and one[1] > after)]
    found = [one for one in told(next_occurrences(made, after, 8)) if one[0] < slow_calendar.END]
    assert [one[:2] for one in found] == [one[:2] for one in coming[:8]]


@EXAMPLES
@given(slow_calendar.services(), st.data())
def test_it_is_open_exactly_in_the_minutes_that_looking_finds(made, data):
    sessions = slow_calendar.sessions_by_looking(made)
    edges = [edge for one in sessions for edge in one[:2] if edge > slow_calendar.START] or [
        at(day, 1).astimezone(UTC) for day in CHANGES
    ]
    near = data.draw(st.sampled_from(edges))

    for minutes in (-61, -1, 0, 1, 59, 60):
        moment = near + timedelta(minutes=minutes)
        expected = any(timed and starts <= moment < ends for starts, ends, timed in sessions)
        assert open_at(made, moment) == expected or moment >= slow_calendar.END


@settings(max_examples=25, deadline=None)
@given(slow_calendar.services(), st.sampled_from(CHANGES))
def test_through_the_nights_when_clocks_change_every_minute_is_right(made, night):
    sessions = slow_calendar.sessions_by_looking(made)
    first = datetime.combine(night, time(), UTC) - timedelta(hours=2)

    for minutes in range(0, 360, 5):
        moment = first + timedelta(minutes=minutes)
        assert open_at(made, moment) == any(timed and a <= moment < b for a, b, timed in sessions)


# ---------------------------------------------------------------- on Thursdays between 2 and 4


@pytest.mark.parametrize(
    ("opens", "closes", "runs"),
    [
        (time(13), time(14), False),
        (time(13), time(14, 1), True),
        (time(15), time(15, 30), True),
        (time(15, 59), time(18), True),
        (time(16), time(18), False),
        (time(9), time(23, 59), True),
        (None, None, False),
        (time(15), None, False),
    ],
)
def test_on_thursdays_between_two_and_four_it_is_open_for_at_least_a_minute(opens, closes, runs):
    club = service(schedule("TH", opens, closes))

    assert runs_on(club, 3, TWO, FOUR) == runs
    assert not runs_on(club, 4, TWO, FOUR)
    assert runs_on(club, 3)


def test_a_night_is_on_both_its_days():
    night = service(schedule("SU", time(22), time(2)))

    assert runs_on(night, 6, time(23)) and runs_on(night, 0, time(1), time(3))
    assert not runs_on(night, 0, time(2), time(3)) and not runs_on(night, 6, None, time(3))


@time_machine.travel("2026-11-21")
def test_what_has_ended_runs_on_no_day_and_what_goes_by_the_date_neither():
    assert not runs_on(service(schedule("TH", valid_to=date(2026, 11, 20))), 3)
    assert runs_on(service(schedule("TH", valid_to=date(2026, 11, 21))), 3)
    assert not any(runs_on(service(schedule(freq="MONTHLY", bymonthday="1")), day) for day in range(7))


@settings(max_examples=100, deadline=None)
@given(
    st.lists(slow_calendar.schedules(), min_size=1, max_size=3), st.sampled_from(range(0, 1440, 5)), st.integers(1, 9)
)
def test_what_is_open_on_a_thursday_in_an_ordinary_week_runs_on_thursdays(runs, minute, length):
    made = service(*runs)
    asked = [time(*divmod(minute, 60)), time(*divmod((minute + 30 * length) % 1440, 60))]

    seen = {
        day.weekday()
        for one in runs
        if one.byday or one.freq in {"WEEKLY", "DAILY"}
        for starts, ends, timed in slow_calendar.sessions_by_looking(service(one))
        for day in {starts.astimezone(LONDON).date(), ends.astimezone(LONDON).date()}
        if timed
        and starts < ends
        and starts < slow_calendar.reached(datetime.combine(day, asked[1]))
        and ends > slow_calendar.reached(datetime.combine(day, asked[0]))
        and asked[0] < asked[1]
    }
    with time_machine.travel("2024-01-01"):
        assert all(runs_on(made, weekday, *asked) for weekday in seen)
