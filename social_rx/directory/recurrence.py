"""On which dates a schedule falls: RFC 5545, by python-dateutil.

A rule that cannot be understood falls on no date: nobody is sent to a door that may be closed.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, Literal, NamedTuple

from dateutil import rrule

from social_rx import clock
from social_rx.directory.models import Schedule

WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES: dict[str, Literal[0, 1, 2, 3]] = {
    "DAILY": rrule.DAILY,
    "WEEKLY": rrule.WEEKLY,
    "MONTHLY": rrule.MONTHLY,
    "YEARLY": rrule.YEARLY,
}
HIGHEST = {"MONTHLY": 5, "YEARLY": 53}  # which weekday of the month or of the year there can be
LOOK_AHEAD = timedelta(days=3660)  # far enough for 29 February
ONE_DAY = timedelta(days=1)
MIDNIGHT = time(0)
LONGEST_STEP = 1000
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_DATE = re.compile(r"-?\d{1,2}")


class Rule(NamedTuple):
    """A schedule's rule, understood. `days` have a number only in a month or a year: (-1, 4) is the last Friday."""

    freq: str
    interval: int
    days: tuple[tuple[int, int], ...]
    dates: tuple[int, ...]
    months: tuple[int, ...]
    anchor: date | None


def rule_of(schedule: Schedule) -> Rule | None:
    """What RFC 5545 makes of a schedule; None when that is not to be understood.

    `dtstart`, or else `valid_from`, says from when to count. Without either, a rule with an interval ("every second
    Monday": but which?), with a count, or without days has no dates that anybody could know.
    """
    freq, interval = (schedule.freq or "").upper(), max(schedule.interval or 1, 1)
    days, dates = _days_in(schedule.byday), _dates_in(schedule.bymonthday)
    anchor = schedule.dtstart or schedule.valid_from
    if freq not in FREQUENCIES or days is None or dates is None or interval > LONGEST_STEP:
        return None
    highest = 0 if dates else HIGHEST.get(freq, 0)
    if any(abs(number) > highest for number, _ in days) or (dates and freq == "WEEKLY"):
        return None
    days = _all_numbered(days, highest)
    says_which = days or dates or freq == "DAILY"
    if anchor is None:
        known = says_which and interval == 1 and not schedule.count
        return Rule(freq, interval, days, dates, (), None) if known else None
    if says_which:
        return Rule(freq, interval, days, dates, (), anchor)
    if freq == "WEEKLY":
        return Rule(freq, interval, ((0, anchor.weekday()),), (), (), anchor)
    return Rule(freq, interval, (), (anchor.day,), (anchor.month,) if freq == "YEARLY" else (), anchor)


def _days_in(text: str | None) -> tuple[tuple[int, int], ...] | None:
    parts = [part for part in (text or "").upper().replace(" ", "").split(",") if part]
    found = [match for part in parts if (match := _DAY.fullmatch(part))]
    if len(found) != len(parts):
        return None
    return tuple(dict.fromkeys((int(match[1] or 0), WEEK.index(match[2])) for match in found))


def _all_numbered(days: tuple[tuple[int, int], ...], highest: int) -> tuple[tuple[int, int], ...]:
    """Beside a first Monday, "Tuesday" is said as the first, second and every other: dateutil takes both for a must."""
    if not any(number for number, _ in days):
        return days
    numbers = range(1, highest + 1)
    every = [(number, day) for said, day in days for number in ([said] if said else numbers)]
    return tuple(dict.fromkeys(every))


def _dates_in(text: str | None) -> tuple[int, ...] | None:
    parts = [part for part in (text or "").replace(" ", "").split(",") if part]
    if not all(_DATE.fullmatch(part) and 1 <= abs(int(part)) <= 31 for part in parts):
        return None
    return tuple(dict.fromkeys(int(part) for part in parts))


def dates_of(schedule: Schedule, first: date, last: date) -> Iterator[date]:
    """The dates from `first` to `last` on which its rule falls, bank holidays and closures among them."""
    rule = rule_of(schedule)
    if rule is None:
        return
    begins = max(filter(None, (first, rule.anchor, schedule.valid_from)))
    ends = min(filter(None, (last, schedule.until, schedule.valid_to)))
    for seen, day in enumerate(_from(rule, rule.anchor if schedule.count and rule.anchor else begins), 1):
        if day > ends or (schedule.count and seen > schedule.count):
            return
        if day >= begins:
            yield day


def _from(rule: Rule, begins: date) -> Iterator[date]:
    """The dates of a rule from this one on, for ever; `begins` is not before its anchor."""
    start = _last_start(rule, begins)
    asked: dict[str, Any] = {"bymonth": rule.months or None}
    if rule.freq == "DAILY":
        asked = {}  # its days and dates only leave some out
    elif rule.days:
        asked["byweekday"] = [rrule.weekday(day, number or None) for number, day in rule.days]
    else:
        asked["bymonthday"] = _possible(rule, start)
        if not asked["bymonthday"]:
            return
    opening = datetime.combine(start, MIDNIGHT)
    for moment in rrule.rrule(FREQUENCIES[rule.freq], opening, interval=rule.interval, wkst=rrule.MO, **asked):
        day = moment.date()
        if day >= begins and _is_asked(rule, day):
            yield day
        elif day - begins > LOOK_AHEAD:
            return


def _last_start(rule: Rule, day: date) -> date:
    """The first day of the last day, week, month or year of the rule that began by then: a shorter way to go."""
    anchor, step = rule.anchor or day, rule.interval
    match rule.freq:
        case "DAILY":
            return day - (day - anchor) % (step * ONE_DAY)
        case "WEEKLY":
            monday = anchor - anchor.weekday() * ONE_DAY
            return day - (day - monday) % (7 * step * ONE_DAY)
        case "MONTHLY":
            month = 12 * day.year + day.month - 1
            month -= (month - 12 * anchor.year - anchor.month + 1) % step
            return date(month // 12, month % 12 + 1, 1)
    return date(day.year - (day.year - anchor.year) % step, 1, 1)


def _possible(rule: Rule, start: date) -> list[int]:
    """The dates that its months can have; a rule that always comes to the same month may never come to a 31st."""
    always = [start.month] if rule.freq == "MONTHLY" and rule.interval % 12 == 0 else range(1, 13)
    longest = max(calendar.monthrange(2024, month)[1] for month in always)
    return [number for number in rule.dates if abs(number) <= longest]


def _is_asked(rule: Rule, day: date) -> bool:
    from_the_end = day.day - calendar.monthrange(day.year, day.month)[1] - 1
    if rule.dates and not {day.day, from_the_end} & set(rule.dates):
        return False
    weekdays = {weekday for _, weekday in rule.days}
    return not weekdays or day.weekday() in weekdays


def last_day(schedule: Schedule) -> date | None:
    """The last date on which it can fall; None when it goes on."""
    ends = [day for day in (schedule.until, schedule.valid_to) if day]
    rule = rule_of(schedule) if schedule.count else None
    if rule and rule.anchor and schedule.count:
        dates = list(islice(dates_of(schedule, rule.anchor, rule.anchor + LOOK_AHEAD), schedule.count))
        ends += dates[-1:]
    return min(ends, default=None)


def has_ended(schedule: Schedule) -> bool:
    last = last_day(schedule)
    return last is not None and last < clock.today()


def weekdays_of(schedule: Schedule) -> frozenset[int]:
    """The days of the week, 0 for Monday, that it keeps to, though not in every week; none when it goes by the date."""
    freq, anchor = (schedule.freq or "").upper(), schedule.dtstart or schedule.valid_from
    if days := _days_in(schedule.byday):
        return frozenset(day for _, day in days)
    if freq == "WEEKLY" and anchor:
        return frozenset({anchor.weekday()})
    return frozenset(range(7)) if freq == "DAILY" else frozenset()
