"""A service's sessions as a calendar (RFC 5545) that people can subscribe to.

Each schedule is one repeating event from the beginning of this year. Bank holidays and closures are left out of it
for the coming two years: a calendar asks again every day. A session that a rule cannot express, in the nights when
clocks change, is left out too and stands beside it as an event of its own, as every extra date does.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID, uuid5

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDuration, vRecur

from social_rx import clock
from social_rx.directory import schedules, wording
from social_rx.directory.models import Schedule, Service
from social_rx.directory.occurrences import Occurrence, closing_minute, is_closed, occurrences, session_on
from social_rx.directory.recurrence import MIDNIGHT, ONE_DAY, WEEK, Rule, dates_of, has_ended, last_day, rule_of

PRODUCT = "-//Social Rx//Directory of community services//EN"
ZONE = "Europe/London"
AHEAD = timedelta(days=731)
ASK_AGAIN = timedelta(days=1)
# In force since 1996: clocks go forward on the last Sunday of March and back on the last Sunday of October.
CHANGES = (
    (TimezoneDaylight, "BST", datetime.fromisoformat("1996-03-31T01:00"), 3, timedelta(0), timedelta(hours=1)),
    (TimezoneStandard, "GMT", datetime.fromisoformat("1996-10-27T02:00"), 10, timedelta(hours=1), timedelta(0)),
)


def calendar_of(service: Service, address: str) -> bytes:
    """The calendar of a listing loaded with `queries.EVERYTHING`; `address` is that of its page."""
    feed = Calendar()
    feed.add("prodid", PRODUCT)
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("name", service.name)
    feed.add("x-wr-calname", service.name)
    feed.add("refresh-interval", vDuration(ASK_AGAIN), parameters={"VALUE": "DURATION"})
    feed.add_component(_london())
    for event, schedule in _events(service):
        _describe(event, service, schedule, address)
        feed.add_component(event)
    return feed.to_ical()


def _london() -> Timezone:
    zone = Timezone()
    zone.add("tzid", ZONE)
    for kind, name, first, month, before, after in CHANGES:
        change = kind()
        change.add("dtstart", first)
        change.add("tzname", name)
        change.add("tzoffsetfrom", before)
        change.add("tzoffsetto", after)
        change.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        zone.add_component(change)
    return zone


def _events(service: Service) -> Iterator[tuple[Event, Schedule | None]]:
    first, last = date(clock.today().year, 1, 1), clock.today() + AHEAD
    for schedule in service.schedules:
        rule = rule_of(schedule)
        if rule and not has_ended(schedule):
            yield from ((event, schedule) for event in _of_schedule(service, schedule, rule, first, last))
    for found in occurrences(service, first, last):
        if found.schedule is None:
            yield _single(found, service.id), None


def _of_schedule(service: Service, schedule: Schedule, rule: Rule, first: date, last: date) -> Iterator[Event]:
    """One event with its rule, and one for each session that the rule would tell wrongly."""
    days = list(dates_of(schedule, first, last))
    sessions = {day: session_on(day, schedule.opens_at, schedule.closes_at, schedule) for day in days}
    held = [day for day in days if sessions[day] and not is_closed(schedule, day, service.schedule_exceptions)]
    told = [day for day in held if _is_told_rightly(sessions[day], day)]
    if told:
        event = Event()
        event.add("uid", str(schedule.id))
        _set_times(event, schedule, told[0])
        event.add("rrule", _recurrence(rule, schedule))
        left_out = [_local(day, schedule.opens_at) for day in days if day > told[0] and day not in set(told)]
        if left_out:
            event.add("exdate", left_out)
        yield event
    yield from (_single(found, schedule.id) for day in held if day not in told and (found := sessions[day]))


def _local(day: date, at: time | None) -> date:
    """The moment that an event names: in London time, or the whole day."""
    return day if at is None else datetime.combine(day, at, clock.LONDON)


def _is_told_rightly(found: Occurrence | None, day: date) -> bool:
    """Whether other programs, which add the length of the first session to the start of each, come to the same."""
    if found is None or found.schedule is None or found.schedule.opens_at is None:
        return found is not None
    opens, closes = found.schedule.opens_at, found.schedule.closes_at
    starts = datetime.combine(day, opens, clock.LONDON).astimezone(UTC)
    return found.starts == starts and (closes is None or found.ends - found.starts == _length(opens, closes))


def _length(opens: time, closes: time) -> timedelta:
    midnight = datetime.combine(date.min, MIDNIGHT)
    return midnight + timedelta(minutes=closing_minute(opens, closes)) - datetime.combine(date.min, opens)


def _set_times(event: Event, schedule: Schedule, day: date) -> None:
    opens, closes = schedule.opens_at, schedule.closes_at
    event.add("dtstart", _local(day, opens))
    if opens is None:
        event.add("dtend", day + ONE_DAY)
    elif closes is not None:
        ends = datetime.combine(day, opens) + _length(opens, closes)
        event.add("dtend", ends.replace(tzinfo=clock.LONDON))


def _single(found: Occurrence, of: UUID) -> Event:
    """One session by itself, in UTC, which no clock makes uncertain."""
    event = Event()
    event.add("uid", str(uuid5(of, found.starts.isoformat())))
    if not found.timed:
        day = found.starts.astimezone(clock.LONDON).date()
        event.add("dtstart", day)
        event.add("dtend", day + ONE_DAY)
        return event
    event.add("dtstart", found.starts)
    if found.ends > found.starts:
        event.add("dtend", found.ends)
    return event


def _recurrence(rule: Rule, schedule: Schedule) -> vRecur:
    parts: dict[str, object] = {"freq": rule.freq, "interval": rule.interval}
    parts |= {"byday": [f"{number or ''}{WEEK[day]}" for number, day in rule.days]} if rule.days else {}
    parts |= {"bymonthday": list(rule.dates)} if rule.dates else {}
    parts |= {"bymonth": list(rule.months)} if rule.months else {}
    if ends := last_day(schedule):
        midnight = datetime.combine(ends, time(23, 59, 59), clock.LONDON).astimezone(UTC)
        parts["until"] = ends if schedule.opens_at is None else midnight
    return vRecur(parts)


def _describe(event: Event, service: Service, schedule: Schedule | None, address: str) -> None:
    when = schedules.in_words(schedule) if schedule else ""
    said = [service.summary, when, wording.how_to_join(service), address]
    event.add("summary", service.name)
    event.add("description", "\n".join(part for part in said if part))
    event.add("url", address)
    event.add("dtstamp", service.updated_at)
    event.add("last-modified", service.updated_at)
    event.add("sequence", service.version)
    if where := _where(service, schedule):
        event.add("location", where)


def _where(service: Service, schedule: Schedule | None) -> str:
    """The address of the one place that it can be; of a sensitive place nothing is said."""
    linked = schedule.service_at_location_id if schedule else None
    places = [at.location for at in service.at_locations if linked is None or at.id == linked]
    return wording.address(places[0]) if len(places) == 1 and not places[0].sensitive else ""
