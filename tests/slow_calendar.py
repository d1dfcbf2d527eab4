"""An oracle for opening times that knows no recurrence rule: it looks at every day, and at every minute of a clock."""

import calendar
import uuid
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from social_rx.directory.models import Schedule, ScheduleException, Service

LONDON = ZoneInfo("Europe/London")
FIRST, LAST = date(2026, 1, 1), date(2028, 12, 31)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
START = datetime(2026, 1, 3, tzinfo=LONDON)  # from here on, no session of an earlier year is open
END = datetime(2029, 1, 1, tzinfo=LONDON)
CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
CHANGES = [date(2026, 3, 29), date(2026, 10, 25), date(2027, 3, 28), date(2027, 10, 31)]
CHANGES += [date(2028, 3, 26), date(2028, 10, 29)]
# As published for England and Wales.
BANK_HOLIDAYS = {
    *(date(2026, month, day) for month, day in ((1, 1), (4, 3), (4, 6), (5, 4), (5, 25), (8, 31), (12, 25), (12, 28))),
    *(
        date(2027, month, day)
        for month, day in ((1, 1), (3, 26), (3, 29), (5, 3), (5, 31), (8, 30), (12, 27), (12, 28))
    ),
    *(
        date(2028, month, day)
        for month, day in ((1, 3), (4, 14), (4, 17), (5, 1), (5, 29), (8, 28), (12, 25), (12, 26))
    ),
}


def service(*schedules, exceptions=(), **fields):
    """A service as the database would give it back."""
    made = Service(id=uuid.uuid4(), name="Walking group", version=1, **fields)
    made.schedules, made.schedule_exceptions = list(schedules), list(exceptions)
    return made


def schedule(byday=None, opens_at=None, closes_at=None, **more):
    fields = {"id": uuid.uuid4(), "freq": "WEEKLY", "interval": 1, **more}
    return Schedule(byday=byday, opens_at=opens_at, closes_at=closes_at, **fields)


def closure(on, of=None, **more):
    fields = {"id": uuid.uuid4(), "closed": True, **more}
    return ScheduleException(on=on, schedule_id=of.id if of else None, **fields)


def extra(on, opens_at=None, closes_at=None, of=None):
    return closure(on, of, closed=False, opens_at=opens_at, closes_at=closes_at)


# ---------------------------------------------------------------- every day


def days():
    day = date(2024, 1, 1)
    while day <= LAST:
        yield day
        day += DAY


@cache
def place_in(day, whole):
    """Which of its weekday a day is, from the front and from the back, in its month or its year."""
    months = [day.month] if whole == "MONTHLY" else range(1, 13)
    alike = [
        date(day.year, month, number)
        for month in months
        for number in range(1, calendar.monthrange(day.year, month)[1] + 1)
        if date(day.year, month, number).weekday() == day.weekday()
    ]
    return {alike.index(day) + 1, alike.index(day) - len(alike)}


def is_named(named, day, whole):
    """Is this day TU, or 1TU, or -1TU?"""
    number = named[:-2]
    return CODES[day.weekday()] == named[-2:] and (not number or int(number) in place_in(day, whole))


def keeps_step(freq, interval, anchor, day):
    monday, first_monday = (one - timedelta(days=one.weekday()) for one in (day, anchor))
    apart = {
        "DAILY": (day - anchor).days,
        "WEEKLY": (monday - first_monday).days // 7,
        "MONTHLY": (day.year - anchor.year) * 12 + day.month - anchor.month,
        "YEARLY": day.year - anchor.year,
    }
    return apart[freq] % interval == 0


def falls_on(one, day, anchor):
    named, dates = one.byday.split(",") if one.byday else [], one.bymonthday
    if not keeps_step(one.freq, one.interval, anchor or day, day):
        return False
    if named and not any(is_named(code, day, one.freq) for code in named):
        return False
    length = calendar.monthrange(day.year, day.month)[1]
    if dates and not {day.day, day.day - length - 1} & {int(number) for number in dates.split(",")}:
        return False
    if named or dates or one.freq == "DAILY":
        return True
    return (
        anchor is not None
        and {
            "WEEKLY": day.weekday() == anchor.weekday(),
            "MONTHLY": day.day == anchor.day,
            "YEARLY": (day.day, day.month) == (anchor.day, anchor.month),
        }[one.freq]
    )


@lru_cache(maxsize=50)
def dates_by_looking(one):
    anchor = one.dtstart or one.valid_from
    if anchor is None and (one.interval > 1 or one.count):
        return []
    found = [day for day in days() if (anchor is None or day >= anchor) and falls_on(one, day, anchor)]
    found = found[: one.count] if one.count else found
    after, before = one.valid_from or date.min, min(one.valid_to or date.max, one.until or date.max)
    return [day for day in found if after <= day <= before]


# ---------------------------------------------------------------- every minute


@cache
def reached(local):
    """The first minute at which a clock shows this time or a later one of that day."""
    if not any(abs(local.date() - change) <= DAY for change in CHANGES):
        return local.replace(tzinfo=LONDON).astimezone(UTC)
    moment = local.replace(tzinfo=UTC) - timedelta(hours=2)
    while moment.astimezone(LONDON).replace(tzinfo=None) < local:
        moment += MINUTE
    return moment


def session_by_looking(day, opens, closes):
    """When it starts and ends, and whether somebody said so; None when there is not a minute of it."""
    if opens is None:
        return reached(datetime.combine(day, time())), reached(datetime.combine(day + DAY, time())), False
    starts = reached(datetime.combine(day, opens))
    if closes is None:
        return starts, starts, True
    overnight = closes <= opens or closes == time(23, 59)
    closes = time() if closes == time(23, 59) else closes
    ends = reached(datetime.combine(day + DAY if overnight else day, closes))
    return None if starts == ends else (starts, ends, True)


def sessions_by_looking(service):
    """Every session that begins from 2026 to 2028, soonest first."""
    found, usual = [], {one.id: one for one in service.schedules}
    for one in service.schedules:
        for day in dates_by_looking(one):
            shut = [e for e in service.schedule_exceptions if e.closed and e.on == day]
            closed = one.closed_on_bank_holidays and day in BANK_HOLIDAYS
            if not closed and all(e.schedule_id not in (None, one.id) for e in shut):
                found.append((day, one.opens_at, one.closes_at))
    for e in service.schedule_exceptions:
        if not e.closed:
            said = usual[e.schedule_id] if e.opens_at is None and e.schedule_id else e
            found.append((e.on, said.opens_at, said.closes_at))
    sessions = [session_by_looking(*one) for one in found if FIRST <= one[0] <= LAST]
    return sorted(filter(None, sessions))


# ---------------------------------------------------------------- what there may be

TIMES = st.sampled_from([time(0), time(0, 30), time(1), time(1, 30), time(2), time(2, 30), time(22), time(23, 59)])
TIMES |= st.builds(time, st.integers(0, 23), st.sampled_from([0, 5, 15, 30, 45]))
DATES = st.dates(date(2024, 1, 1), date(2028, 6, 1)) | st.sampled_from(CHANGES) | st.just(date(2024, 2, 29))
maybe = st.none()


def lists(codes, most=3):
    return st.lists(st.sampled_from(codes), min_size=1, max_size=most, unique=True).map(",".join)


RULES = st.one_of(
    st.fixed_dictionaries({"freq": st.just("WEEKLY"), "byday": lists(CODES, 7)}),
    st.fixed_dictionaries({"freq": st.just("WEEKLY"), "byday": maybe}),
    st.fixed_dictionaries({"freq": st.just("DAILY"), "byday": maybe | lists(CODES)}),
    st.fixed_dictionaries({"freq": st.just("DAILY"), "bymonthday": lists(["1", "15", "29", "31", "-1", "-2"])}),
    st.fixed_dictionaries(
        {"freq": st.just("MONTHLY"), "byday": lists(["1TH", "3TH", "-1FR", "5MO", "2SU", "-5SA", "TU"])}
    ),
    st.fixed_dictionaries(
        {"freq": st.just("MONTHLY"), "bymonthday": lists(["1", "13", "29", "30", "31", "-1", "-31"])}
    ),
    st.fixed_dictionaries({"freq": st.just("MONTHLY"), "bymonthday": lists(["13", "-1"]), "byday": lists(CODES)}),
    st.fixed_dictionaries({"freq": st.just("MONTHLY"), "byday": maybe}),
    st.fixed_dictionaries({"freq": st.just("YEARLY"), "byday": maybe | lists(["1MO", "-1SU", "20WE", "53TH", "TU"])}),
    st.fixed_dictionaries({"freq": st.just("YEARLY"), "bymonthday": lists(["5", "-1"])}),
)


@st.composite
def schedules(draw):
    fields = draw(RULES) | {
        "interval": draw(st.sampled_from([1, 1, 1, 2, 2, 3, 4, 12])),
        "opens_at": draw(maybe | TIMES | TIMES | TIMES),
        "closes_at": draw(maybe | TIMES | TIMES | TIMES),
        "dtstart": draw(maybe | DATES | DATES),
        "valid_from": draw(maybe | DATES),
        "valid_to": draw(maybe | maybe | DATES),
        "until": draw(maybe | maybe | DATES),
        "count": draw(maybe | maybe | st.integers(1, 40)),
        "closed_on_bank_holidays": draw(maybe | st.booleans()),
    }
    return schedule(**fields)


@st.composite
def services(draw):
    """A service of up to three schedules, closed on some of the dates on which it would be open, with extra dates."""
    runs = draw(st.lists(schedules(), min_size=1, max_size=3))
    usual = [day for one in runs for day in dates_by_looking(one) if day >= FIRST] or CHANGES
    dates = st.sampled_from(usual) | st.sampled_from(CHANGES)
    shut = draw(st.lists(st.builds(closure, dates, maybe | st.sampled_from(runs)), max_size=4))
    more = draw(
        st.lists(st.builds(extra, dates, maybe | TIMES, maybe | TIMES, maybe | st.sampled_from(runs)), max_size=3)
    )
    return service(*runs, exceptions=[*shut, *more])
