"""When a service runs, as a person would say it."""

from datetime import date, time

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from social_rx.directory.models import Schedule
from social_rx.directory.schedules import DAYS, all_in_words, in_short, in_words, next_in_words, single_dates
from tests.slow_calendar import closure, extra, service
from tests.slow_calendar import schedule as made_schedule

NOON, TWO, FOUR = time(12), time(14), time(16)


def schedule(byday=None, opens_at=None, closes_at=None, **more):
    """A schedule as the database would give it back, with its defaults filled in."""
    fields = {"freq": "WEEKLY", "interval": 1, **more}
    return Schedule(byday=byday, opens_at=opens_at, closes_at=closes_at, **fields)


@pytest.mark.parametrize(
    ("byday", "more", "words"),
    [
        ("TU", {}, "Tuesdays"),
        ("TU,TH", {}, "Tuesdays and Thursdays"),
        ("FR,MO,WE", {}, "Mondays, Wednesdays and Fridays"),
        ("MO,TU,WE,TH,FR", {}, "Monday to Friday"),
        ("SA,SU", {}, "Saturdays and Sundays"),
        ("MO,TU,WE,TH,FR,SA,SU", {}, "Every day"),
        ("MO", {"interval": 2}, "Every second Monday"),
        ("MO,TH", {"interval": 2}, "Every second Monday and Thursday"),
        ("MO", {"interval": 3}, "Mondays, every 3 weeks"),
        (None, {"dtstart": date(2026, 11, 20)}, "Fridays"),
        (None, {}, "Every week"),
        ("1TH,3TH", {"freq": "MONTHLY"}, "First and third Thursday"),
        ("-1FR", {"freq": "MONTHLY"}, "Last Friday"),
        ("1MO,-1FR", {"freq": "MONTHLY"}, "First Monday and last Friday"),
        ("2SA", {"freq": "MONTHLY", "interval": 2}, "Second Saturday, every second month"),
        ("TU", {"freq": "MONTHLY"}, "Tuesdays"),
        (None, {"freq": "MONTHLY", "bymonthday": "1,22"}, "On the 1st and the 22nd of the month"),
        (None, {"freq": "MONTHLY", "bymonthday": "-1"}, "On the last day of the month"),
        (None, {"freq": "MONTHLY", "dtstart": date(2026, 11, 13)}, "On the 13th of the month"),
        (None, {"freq": "MONTHLY"}, "Every month"),
        (None, {"freq": "DAILY"}, "Every day"),
        (None, {"freq": "DAILY", "interval": 2}, "Every second day"),
        ("MO,WE", {"freq": "DAILY"}, "Mondays and Wednesdays"),
        ("FR", {"freq": "MONTHLY", "bymonthday": "13"}, "Fridays that fall on the 13th of the month"),
        ("-1SU", {"freq": "YEARLY"}, "Last Sunday of the year"),
        (None, {"freq": "YEARLY", "dtstart": date(2020, 11, 5)}, "Every year on 5 November"),
        (None, {"freq": "YEARLY", "bymonthday": "1"}, "On the 1st of the month"),
    ],
)
def test_the_days_are_said_as_people_say_them(byday, more, words):
    assert in_words(schedule(byday, **more)) == words


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        (NOON, TWO, "Tuesdays, 12pm to 2pm"),
        (time(9, 30), time(11, 5), "Tuesdays, 9:30am to 11:05am"),
        (time(0, 30), time(1), "Tuesdays, 12:30am to 1am"),
        (time(19), time(0), "Tuesdays, 7pm to midnight"),
        (time(18), time(23, 59), "Tuesdays, 6pm to midnight"),
        (time(10), None, "Tuesdays, from 10am"),
        (None, FOUR, "Tuesdays, until 4pm"),
        (time(0), time(23, 59), "Tuesdays, all day"),
        (None, None, "Tuesdays"),
    ],
)
def test_the_times_are_said_as_people_say_them(opens, closes, words):
    assert in_words(schedule("TU", opens, closes)) == words


def test_a_monthly_session_says_its_days_and_its_time():
    said = in_words(schedule("1TH,3TH", TWO, FOUR, freq="MONTHLY"))

    assert said == "First and third Thursday, 2pm to 4pm"


def test_what_the_group_says_about_it_comes_last():
    assert in_words(schedule("TU", NOON, TWO, note="Not in August")) == "Tuesdays, 12pm to 2pm. Not in August"


@time_machine.travel("2026-11-20")
def test_a_course_says_when_it_begins_and_ends():
    course = schedule("TU", valid_from=date(2026, 12, 1), valid_to=date(2027, 1, 26))

    assert in_words(course) == "Tuesdays, from 1 December 2026, until 26 January 2027"


@time_machine.travel("2026-11-20")
def test_a_course_that_has_begun_says_only_when_it_ends():
    course = schedule("TU", valid_from=date(2026, 11, 3), valid_to=date(2027, 1, 26))

    assert in_words(course) == "Tuesdays, until 26 January 2027"


@time_machine.travel("2026-11-20")
def test_a_course_that_has_ended_is_left_out():
    ended, last_day = schedule("TU", valid_to=date(2026, 11, 19)), schedule("WE", valid_to=date(2026, 11, 20))

    assert all_in_words([ended, last_day]) == ["Wednesdays, until 20 November 2026"]


@time_machine.travel("2026-11-20")
def test_a_course_of_six_says_when_it_ends_and_one_that_begins_later_says_when():
    course = schedule("TU", dtstart=date(2026, 12, 1), count=6)

    assert in_words(course) == "Tuesdays, from 1 December 2026, until 5 January 2027"


def test_a_group_that_keeps_bank_holidays_says_so_before_anything_else():
    club = schedule("MO", NOON, TWO, closed_on_bank_holidays=True, note="Bring a cup")

    assert in_words(club) == "Mondays, 12pm to 2pm. Not on bank holidays. Bring a cup"


@time_machine.travel("2026-11-20")
def test_the_dates_that_are_not_as_usual_are_said_until_they_are_over():
    lunch, cards = made_schedule("TU", NOON, TWO), made_schedule("FR", TWO, FOUR)
    changed = [
        closure(date(2026, 12, 25), note="Happy Christmas"),
        closure(date(2026, 11, 27), cards),
        extra(date(2026, 12, 2), NOON, TWO),
        extra(date(2026, 12, 3), of=cards),
        closure(date(2026, 11, 19)),
    ]

    assert single_dates(service(lunch, cards, exceptions=changed)) == [
        "Not on Friday 27 November 2026, 2pm to 4pm",
        "Also on Wednesday 2 December 2026, 12pm to 2pm",
        "Also on Thursday 3 December 2026, 2pm to 4pm",
        "Closed on Friday 25 December 2026. Happy Christmas",
    ]


@time_machine.travel("2026-11-20")
def test_of_many_closures_the_first_few_are_said():
    shut = service(exceptions=[closure(date(2026, 12, day)) for day in range(1, 11)])

    assert single_dates(shut)[-2:] == ["Closed on Sunday 6 December 2026", "Other dates change too"]


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("2026-11-21 09:00", "Next: Tuesday 24 November, 12pm"),
        ("2026-11-24 12:00", "Next: Tuesday 24 November, 12pm"),
        ("2026-11-24 12:01", "Next: Tuesday 1 December, 12pm"),
        ("2026-12-29 15:00", "Next: Tuesday 5 January 2027, 12pm"),
    ],
)
def test_the_next_session_is_said_with_its_day_and_its_time(now, words):
    with time_machine.travel(now):
        assert next_in_words(service(made_schedule("TU", NOON, TWO))) == words


@time_machine.travel("2026-11-24 18:00")
def test_a_session_without_a_time_is_next_until_its_day_is_over():
    assert next_in_words(service(made_schedule("TU"))) == "Next: Tuesday 24 November"
    assert next_in_words(service()) == ""


def test_the_same_times_in_two_places_are_said_once():
    assert all_in_words([schedule("TU", NOON, TWO), schedule("TU", NOON, TWO)]) == ["Tuesdays, 12pm to 2pm"]


def test_a_card_names_two_times_and_says_that_there_are_others():
    days = [schedule(day) for day in ("MO", "WE", "FR")]

    assert in_short(days) == "Mondays; Wednesdays; and other times"
    assert in_short(days[:2]) == "Mondays; Wednesdays"
    assert in_short([]) == ""


@given(st.sets(st.sampled_from(sorted(DAYS)), min_size=1), st.integers(1, 5))
def test_every_weekday_is_named_or_lies_within_what_is_named(days, interval):
    said = in_words(schedule(",".join(sorted(days)), interval=interval))

    assert said.startswith("Every day") or " to " in said or all(DAYS[day] in said for day in days)
    assert not any(DAYS[day] in said for day in DAYS.keys() - days)


@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY"]),
    st.integers(0, 60),
    st.text(max_size=20) | st.lists(st.sampled_from(["1MO", "-5TU", "53WE", "TH"])).map(",".join),
    st.text(max_size=20) | st.integers(-31, 31).map(str),
)
def test_whatever_was_imported_can_be_said(freq, interval, byday, bymonthday):
    said = in_words(schedule(byday, freq=freq, interval=interval, bymonthday=bymonthday))

    assert isinstance(said, str)
