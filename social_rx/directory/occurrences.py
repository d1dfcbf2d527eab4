"""When a service is open: the moments of its sessions, in London time.

A session opens the first time that clocks in England reach its opening minute, and closes the first time they reach
its closing minute. So 1am to 2am lasts two hours in the night when clocks go back, and does not happen at all in the
night when they go forward. What closes at or before its opening time closes on the next day; 23:59 means midnight.
Bank holidays and closures count for the date on which a session begins.
"""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from social_rx import clock
from social_rx.directory.models import Schedule, ScheduleException, Service
from social_rx.directory.recurrence import LOOK_AHEAD, MIDNIGHT, ONE_DAY, dates_of, has_ended, weekdays_of

DAY_MINUTES = 24 * 60
LAST_MINUTE = time(23, 59)


class Occurrence(NamedTuple):
    """One session, in UTC. `schedule` is None for an extra date.

    When nobody has said when it opens it is the whole day and not `timed`; when nobody has said when it closes, it
    ends as it starts.
    """

    starts: datetime
    ends: datetime
    schedule: Schedule | None
    timed: bool = True


def clock_reaches(local: datetime) -> datetime:
    """The first moment, in UTC, at which clocks in England show this time or jump over it."""
    shown = local.replace(tzinfo=clock.LONDON).astimezone(UTC)
    there = shown.astimezone(clock.LONDON)
    if there.replace(tzinfo=None) == local:
        return shown
    return there.replace(minute=0, second=0, microsecond=0).astimezone(UTC)  # they jump on the hour, by an hour


def session_on(day: date, opens: time | None, closes: time | None, schedule: Schedule | None) -> Occurrence | None:
    """The session that begins on this date; None when the clocks jump over the whole of it."""
    if opens is None:
        begins, ends = (clock_reaches(datetime.combine(at, MIDNIGHT)) for at in (day, day + ONE_DAY))
        return Occurrence(begins, ends, schedule, timed=False)
    starts = clock_reaches(datetime.combine(day, opens))
    if closes is None:
        return Occurrence(starts, starts, schedule)
    ends = clock_reaches(datetime.combine(day, MIDNIGHT) + timedelta(minutes=closing_minute(opens, closes)))
    return Occurrence(starts, ends, schedule) if ends > starts else None


def closing_minute(opens: time, closes: time) -> int:
    """The minute of closing, counted from the midnight before the opening."""
    minute = DAY_MINUTES if closes == LAST_MINUTE else _minute(closes)
    return minute if minute > _minute(opens) else minute + DAY_MINUTES


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


@lru_cache(maxsize=400)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(clock.bank_holidays(year))


def is_closed(schedule: Schedule, day: date, exceptions: Iterable[ScheduleException]) -> bool:
    """Whether a schedule that falls on this date does not happen."""
    if schedule.closed_on_bank_holidays and day in _bank_holidays(day.year):
        return True
    return any(one.closed and one.on == day and one.schedule_id in (None, schedule.id) for one in exceptions)


def occurrences(service: Service, first: date, last: date) -> Iterator[Occurrence]:
    """Every session of a service that begins on these dates, in order."""
    exceptions = service.schedule_exceptions
    extra = [one for one in exceptions if not one.closed and first <= one.on <= last]
    found = [_extra(service, one) for one in sorted(extra, key=lambda one: one.on)]
    runs = [_sessions(schedule, exceptions, first, last) for schedule in service.schedules]
    extras = sorted((one for one in found if one), key=_when)
    return heapq.merge(*runs, extras, key=_when)


def _when(occurrence: Occurrence) -> tuple[datetime, datetime]:
    return occurrence[:2]


def _sessions(
    schedule: Schedule, exceptions: Sequence[ScheduleException], first: date, last: date
) -> Iterator[Occurrence]:
    for day in dates_of(schedule, first, last):
        if not is_closed(schedule, day, exceptions):
            session = session_on(day, schedule.opens_at, schedule.closes_at, schedule)
            if session:
                yield session


def _extra(service: Service, exception: ScheduleException) -> Occurrence | None:
    return session_on(exception.on, *times_of(service, exception), None)


def times_of(service: Service, exception: ScheduleException) -> tuple[time | None, time | None]:
    """The times of an extra date: its own, or else those of the schedule that it belongs to."""
    if exception.opens_at is None and exception.schedule_id is not None:
        for schedule in service.schedules:
            if schedule.id == exception.schedule_id:
                return schedule.opens_at, schedule.closes_at
    return exception.opens_at, exception.closes_at


def open_at(service: Service, moment: datetime) -> bool:
    """Whether it is open: at the opening minute it is, at the closing minute it is not.

    A session of which nobody has said when it opens and closes is never said to be open.
    """
    day = moment.astimezone(clock.LONDON).date()
    return any(one.timed and one.starts <= moment < one.ends for one in occurrences(service, day - ONE_DAY, day))


def next_occurrences(service: Service, after: datetime, limit: int) -> list[Occurrence]:
    """The sessions that begin at this moment or later, soonest first, within ten years.

    One without times still counts on its day.
    """
    day = after.astimezone(clock.LONDON).date()
    coming = occurrences(service, day, day + LOOK_AHEAD)
    return list(islice((one for one in coming if one.starts >= after or (not one.timed and one.ends > after)), limit))


def runs_on(service: Service, weekday: int, from_time: time | None = None, to_time: time | None = None) -> bool:
    """Whether it runs on this day of the week (0 is Monday), and then at any minute between these times.

    From 2pm to 4pm, a session from 3pm counts and so does one until 2:01pm; one that ends at 2pm or begins at 4pm
    does not. No `from_time` is the beginning of the day; no `to_time`, or midnight, its end. A night from Friday to
    Saturday counts on both days. A session without times counts only when no time is asked for, and one by the date
    of the month on no weekday. Single dates, closures and bank holidays are not looked at; what has ended is not.
    """
    running = [one for one in service.schedules if not has_ended(one)]
    if from_time is None and to_time is None:
        return any(weekday in weekdays_of(one) for one in running)
    first, last = asked_minutes(from_time, to_time)
    spans = [span for one in running for span in weekly_spans(one)]
    return any(day == weekday and opens < last and closes > first for day, opens, closes in spans)


def asked_minutes(from_time: time | None, to_time: time | None) -> tuple[int, int]:
    """The same times as minutes of the day, the second after the first or nothing lies between them."""
    return _minute(from_time or MIDNIGHT), _minute(to_time or MIDNIGHT) or DAY_MINUTES


def weekly_spans(schedule: Schedule) -> list[tuple[int, int, int]]:
    """The weekday, opening and closing minute of what it does each week, cut at midnight; empty without times."""
    if schedule.opens_at is None or schedule.closes_at is None:
        return []
    opens, closes = _minute(schedule.opens_at), closing_minute(schedule.opens_at, schedule.closes_at)
    spans = []
    for day in sorted(weekdays_of(schedule)):
        spans.append((day, opens, min(closes, DAY_MINUTES)))
        if closes > DAY_MINUTES:
            spans.append(((day + 1) % 7, 0, closes - DAY_MINUTES))
    return spans
