"""What a group says on its listing, as one flat dictionary: read from the records, and written back into them.

`contents` and `change` know the same names. Only what differs is written, so an address that was typed again as it
was keeps its point, and what the dictionary does not name (areas, rules about who may come) stays as it is.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, time
from typing import Any, TypeVar

from sqlalchemy import func, select

from social_rx import clock
from social_rx.db import db
from social_rx.directory import postcodes
from social_rx.directory.contact_details import phones_in
from social_rx.directory.geocoding import place_location
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    CostOption,
    Language,
    Location,
    Phone,
    Schedule,
    ScheduleException,
    Service,
    ServiceAtLocation,
)
from social_rx.directory.taxonomies import ensure_taxonomies

Record = TypeVar("Record")
Contents = dict[str, Any]

PLAIN = (
    *("name", "summary", "description", "how_to_join", "who_for", "not_for", "minimum_age", "maximum_age"),
    *("free", "fees", "referral_mode", "email", "website"),
)
SETS = {"needs", "supports", "languages", "remote", "access", "phones", "closed_dates"}  # whose order says nothing
ADDRESS = ("address_1", "address_2", "city", "postcode")
PLACE = ("place_name", *ADDRESS, "address_private", "access")
SESSION = (
    *("freq", "interval", "byday", "bymonthday", "opens_at", "closes_at", "dtstart", "count", "until"),
    *("valid_from", "valid_to", "closed_on_bank_holidays"),
)
EXTRA_DATE = ("on", "opens_at", "closes_at", "note")
_DAY = re.compile(r"[+-]?\d{0,2}(?:MO|TU|WE|TH|FR|SA|SU)")


def contents(service: Service) -> Contents:
    """All that is said on a listing loaded with `queries.EVERYTHING`."""
    return {
        **{name: getattr(service, name) for name in PLAIN},
        **_place(_location(service)),
        "needs": service.needs,
        "supports": service.supports,
        "languages": sorted(language.code for language in service.languages),
        "remote": sorted(service.remote or []),
        "phones": [_tidy(phone) for phone in service.phones],
        "cost_options": [{"amount": price.amount, "note": price.note} for price in service.cost_options],
        "sessions": [_session(schedule) for schedule in service.schedules],
        "closed_dates": sorted({one.on for one in coming_exceptions(service) if one.closed}),
        "extra_dates": _in_order(
            {name: getattr(one, name) for name in EXTRA_DATE} for one in coming_exceptions(service) if not one.closed
        ),
    }


def change(service: Service, said: Mapping[str, Any]) -> list[str]:
    """Write what is said differently now; the names of what changed, in order."""
    before = contents(service)
    said = {name: _still_to_come(name, value) for name, value in said.items()}
    changed = {name: value for name, value in said.items() if _differs(name, before[name], value)}
    for name, value in changed.items():
        if name not in PLACE:
            _write(service, name, value)
    if changed.keys() & set(PLACE):
        _write_place(service, {**{name: before[name] for name in PLACE}, **changed}, changed.keys())
    return sorted(changed)


def place_problem(service: Service) -> str | None:
    """What to tell whoever entered a postcode that our tables do not know; None when there is nothing to tell."""
    location = _location(service)
    postcode = location.address.postcode if location and location.address else None
    if location is None or not postcode:
        return None
    if location.latitude is not None and not location.approximate:
        return None
    if location.approximate:
        return f"We know only roughly where {postcode} is, so distances are rough. Check the postcode."
    return f"We do not know where {postcode} is yet, so no distance is shown. Check the postcode."


def _differs(name: str, old: Any, new: Any) -> bool:
    return set(old) != set(new) if name in SETS else old != new


def _write(service: Service, name: str, value: Any) -> None:
    match name:
        case "needs" | "supports":
            _code(service, name, set(value))
        case "languages":
            service.languages = _keep(service.languages, lambda one: one.code, value, lambda code: Language(code=code))
        case "phones":
            service.phones = _keep(service.phones, _tidy, value, lambda number: Phone(number=number))
        case "cost_options":
            service.cost_options = [CostOption(**price) for price in value]
        case "sessions":
            service.schedules = [_schedule(service, position, one) for position, one in enumerate(value)]
        case "closed_dates":
            _close_on(service, set(value))
        case "extra_dates":
            kept = [one for one in service.schedule_exceptions if one.closed or one.on < clock.today()]
            service.schedule_exceptions = kept + [ScheduleException(closed=False, **one) for one in value]
        case _:
            setattr(service, name, value)


def coming_exceptions(service: Service) -> list[ScheduleException]:
    """The dates from today on that are not as usual, in order."""
    return [one for one in service.schedule_exceptions if one.on >= clock.today()]


def _still_to_come(name: str, value: Any) -> Any:
    """What is over is no longer said, however often it is sent."""
    match name:
        case "closed_dates":
            return sorted({day for day in value if day >= clock.today()})
        case "extra_dates":
            return _in_order(one for one in value if one["on"] >= clock.today())
    return value


def _in_order(extra_dates: Iterable[Contents]) -> list[Contents]:
    return sorted(extra_dates, key=lambda one: (one["on"], one["opens_at"] or time()))


def _close_on(service: Service, days: set[date]) -> None:
    """Closed as a whole on the days that are new; a closure of one session stays one while its day is named."""
    known = {one.on for one in coming_exceptions(service) if one.closed}
    gone = [one for one in coming_exceptions(service) if one.closed and one.on not in days]
    kept = [one for one in service.schedule_exceptions if one not in gone]
    service.schedule_exceptions = kept + [ScheduleException(on=day, closed=True) for day in sorted(days - known)]


def _code(service: Service, taxonomy: str, wanted: set[str]) -> None:
    terms = ensure_taxonomies()[taxonomy]
    codes = {term.id: code for code, term in terms.items()}
    given = {codes[one.term.id]: one for one in service.attributes if one.term.id in codes}
    for code in given.keys() - wanted:
        service.attributes.remove(given[code])
    service.attributes += [Attribute(term=terms[code]) for code in sorted(wanted - given.keys())]


def _keep(
    old: Sequence[Record], key: Callable[[Record], str], wanted: Sequence[str], make: Callable[[str], Record]
) -> list[Record]:
    """The records for these keys: those there are, with all that belongs to them, and new ones for the rest."""
    known = {key(one): one for one in old}
    return [known[one] if one in known else make(one) for one in dict.fromkeys(wanted)]


def _tidy(phone: Phone) -> str:
    """The number as a group would be shown it had it typed it here."""
    found = phones_in(phone.number)
    return found[0] if len(found) == 1 else phone.number


def byday(text: str | None) -> str | None:
    """The days of a rule as we write them: 1TH,3TH. None when there are none."""
    return ",".join(_DAY.findall((text or "").upper())) or None


def _session(schedule: Schedule) -> Contents:
    rule = {"freq": schedule.freq.upper(), "interval": max(schedule.interval, 1), "byday": byday(schedule.byday)}
    return {name: getattr(schedule, name) for name in SESSION} | rule | {"note": schedule.note}


def _schedule(service: Service, position: int, said: Mapping[str, Any]) -> Schedule:
    """The schedule that stands there already, or a new one, saying this."""
    known = position < len(service.schedules)
    schedule = service.schedules[position] if known else Schedule()
    for name, value in {**said, "position": position}.items():
        setattr(schedule, name, value)
    return schedule


def _location(service: Service) -> Location | None:
    """The first place of a service: the one its group can change here."""
    return service.at_locations[0].location if service.at_locations else None


def _place(location: Location | None) -> Contents:
    said: Contents = dict.fromkeys(PLACE) | {"address_private": False, "access": []}
    if location is None:
        return said
    address = {name: getattr(location.address, name) for name in ADDRESS} if location.address else {}
    if key := postcodes.key_of(address.get("postcode")):
        address["postcode"] = postcodes.parse(key).text
    access = sorted(item.feature for item in location.accessibilities)
    return said | address | {"place_name": location.name, "address_private": location.sensitive, "access": access}


def _write_place(service: Service, said: Mapping[str, Any], changed: Any) -> None:
    if not any(said[name] for name in PLACE):
        _leave_place(service)
        return
    location = _own_location(service)
    location.name, location.sensitive = said["place_name"], said["address_private"]
    for name in ADDRESS:
        setattr(location.address, name, said[name])
    location.accessibilities = _keep(
        location.accessibilities, lambda one: one.feature, said["access"], lambda code: Accessibility(feature=code)
    )
    if "postcode" in changed:
        place_location(location)


def _leave_place(service: Service) -> None:
    """Nothing happens at the first place any more; its address goes unless another service needs it."""
    left = service.at_locations.pop(0)
    for schedule in service.schedules:
        if schedule.service_at_location_id == left.id:
            schedule.service_at_location_id = None
    if not _is_shared(left.location):
        db.session.delete(left.location)


def _own_location(service: Service) -> Location:
    """The first place, made when there is none; of a place that other services share, a copy for this one alone."""
    location = _location(service)
    if location is None:
        location = Location(organisation_id=service.organisation_id, accessibilities=[])
        service.at_locations.append(ServiceAtLocation(location=location))
    elif _is_shared(location):
        location = _copy(service.organisation_id, location)
        service.at_locations[0].location = location
    location.address = location.address or Address()
    return location


def _copy(organisation_id: Any, location: Location) -> Location:
    point = {name: getattr(location, name) for name in ("latitude", "longitude", "approximate")}
    words = {name: getattr(location, name) for name in ("description", "transportation")}
    return Location(organisation_id=organisation_id, accessibilities=[], **point, **words)


def _is_shared(location: Location) -> bool:
    there = select(func.count()).where(ServiceAtLocation.location_id == location.id)
    return (db.session.scalar(there) or 0) > 1
