"""Putting what a source says into an organisation, a service, and what belongs to them.

Only what the source changed since the last time is touched, so that what people corrected here stays.
"""

from collections.abc import Callable, Mapping
from datetime import time
from typing import Any

from social_rx.directory import postcodes
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Language,
    Location,
    Organisation,
    OrganisationKind,
    Phone,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    Term,
)

Content = Mapping[str, Any]
ADDRESS = ("address_1", "address_2", "city", "region", "postcode")


class Filler:
    """Fills records in one import; `place` sets the point of a location from its postcode."""

    def __init__(self, terms: Mapping[str, Mapping[str, Term]], place: Callable[[Location], None]):
        self.terms = terms
        self.place = place

    def organisation(self, organisation: Organisation, new: Content, old: Content) -> None:
        for name in _changed(new, old):
            match name:
                case "phone":
                    organisation.phones = _phones(new[name])
                case "kind":
                    organisation.kind = OrganisationKind(new[name] or OrganisationKind.VCSE)
                case _:
                    setattr(organisation, name, new[name])

    def service(self, service: Service, new: Content, old: Content) -> None:
        for name in _changed(new, old):
            match name:
                case "phone":
                    service.phones = _phones(new[name])
                case "location":
                    self._locate(service, new[name], old.get(name) or {})
                case "schedules":
                    service.schedules = [_schedule(position, one) for position, one in enumerate(new[name])]
                case "areas":
                    service.areas = [ServiceArea(name=area, extent_type=_extent(area)) for area in new[name]]
                case "languages":
                    service.languages = [Language(code=code) for code in new[name]]
                case "needs" | "supports":
                    self._code(service, name, set(new[name]), set(old.get(name) or ()))
                case _:
                    setattr(service, name, new[name])

    def _locate(self, service: Service, new: Content | None, old: Content) -> None:
        """A source that no longer says where leaves the place as we know it."""
        if new is None:
            return
        location = _first_location(service)
        changed = _changed(new, old)
        for name in changed:
            if name in ADDRESS:
                setattr(location.address, name, new[name])
            elif name == "access":
                location.accessibilities = [Accessibility(feature=feature) for feature in new[name]]
            else:
                setattr(location, name, new[name])
        if new.get("latitude") is not None:
            location.approximate = False
        elif {"postcode", "latitude"} & changed or old.get("latitude") is not None:
            self.place(location)

    def _code(self, service: Service, taxonomy: str, new: set[str], old: set[str]) -> None:
        terms = self.terms[taxonomy]
        codes = {term.id: code for code, term in terms.items()}
        given = {codes[one.term.id]: one for one in service.attributes if one.term.id in codes}
        for code in (old - new) & set(given):
            service.attributes.remove(given[code])
        service.attributes += [Attribute(term=terms[code]) for code in sorted(new - set(given))]


def _changed(new: Content, old: Content) -> set[str]:
    return {name for name, value in new.items() if value != old.get(name)}


def _first_location(service: Service) -> Location:
    if not service.at_locations:
        location = Location(organisation_id=service.organisation_id, address=Address(), accessibilities=[])
        service.at_locations = [ServiceAtLocation(location=location)]
    location = service.at_locations[0].location
    location.address = location.address or Address()
    return location


def _phones(numbers: list[str]) -> list[Phone]:
    return [Phone(number=number) for number in numbers]


def _schedule(position: int, one: Content) -> Schedule:
    opens, closes = (time.fromisoformat(one[name]) if one[name] else None for name in ("opens_at", "closes_at"))
    return Schedule(position=position, byday=one["byday"], opens_at=opens, closes_at=closes, note=one["note"])


def _extent(area: str) -> str:
    return "outcode" if postcodes.OUTCODE.fullmatch(postcodes.squeezed(area)) else "text"
