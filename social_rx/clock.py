"""Now, today and working days: the only place that asks what time it is, so that a test can set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

# England's bank holidays that no rule gives: moved or added by proclamation.
_PROCLAIMED = {date(2022, 6, 2), date(2022, 6, 3), date(2022, 9, 19), date(2023, 5, 8)}
_MOVED_AWAY = {date(2022, 5, 30)}


_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def now() -> datetime:
    """This moment, aware and in UTC."""
    return _pretended.get() or datetime.now(UTC)


@contextmanager
def pretend(moment: datetime) -> Iterator[None]:
    """Inside the block it is `moment`: for histories in a demonstration, and for tests."""
    token = _pretended.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _pretended.reset(token)


def today() -> date:
    """The date on the wall in England."""
    return now().astimezone(LONDON).date()


def years_between(born: date, day: date) -> int:
    """Whole years of age on `day`."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the anonymous algorithm, Nature 1876)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=-first.weekday() % 7)


def bank_holidays(year: int) -> set[date]:
    """England's bank holidays of one year, substitute days included.

    Source: Banking and Financial Dealings Act 1971, schedule 1, and the proclamations since.
    """
    good_friday = easter(year) - timedelta(days=2)
    last_may = _first_monday(year, 6) - timedelta(days=7)
    last_august = _first_monday(year, 9) - timedelta(days=7)
    days = {good_friday, good_friday + timedelta(days=3), _first_monday(year, 5), last_may, last_august}
    for holiday in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while holiday.weekday() >= 5 or holiday in days:
            holiday += timedelta(days=1)
        days.add(holiday)
    return days - _MOVED_AWAY | {day for day in _PROCLAIMED if day.year == year}


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def add_working_days(start: date, days: int) -> date:
    """The date that many working days after `start`; the day itself does not count."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    return day


def working_days_between(start: date, end: date) -> int:
    """How many working days lie after `start` up to and including `end`."""
    span = (end - start).days
    return sum(is_working_day(start + timedelta(days=n)) for n in range(1, span + 1))
