"""What a listing says, in the words people read: what it costs, where it is, who it is for, how long the wait is.

Where a sensitive place is, such as a refuge, is said by its postcode district and nothing more.
"""

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import partial
from typing import Protocol

from social_rx.directory import schedules
from social_rx.directory.models import CostOption, Location, Service
from social_rx.directory.status import CapacityStatus, Freshness, ReferralMode

LANGUAGES = {
    "en": "English",
    "ar": "Arabic",
    "bfi": "British Sign Language",
    "bn": "Bengali",
    "cy": "Welsh",
    "es": "Spanish",
    "fa": "Farsi",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "it": "Italian",
    "ku": "Kurdish",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "so": "Somali",
    "ta": "Tamil",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "yue": "Cantonese",
    "zh": "Chinese",
}
ACCESS = {
    "step_free": "Step-free",
    "accessible_toilet": "Accessible toilet",
    "hearing_loop": "Hearing loop",
    "bsl": "British Sign Language",
    "assistance_dogs": "Assistance dogs welcome",
    "baby_change": "Baby changing",
    "blue_badge_parking": "Blue Badge parking",
    "carer_welcome": "Carers welcome",
    "large_print": "Large print",
    "near_bus_stop": "Near a bus stop",
    "parking": "Parking",
    "quiet_space": "Quiet space",
    "transport_provided": "Transport provided",
}
REMOTE = {"home": "at home", "phone": "by phone", "online": "online"}
HOW = {
    ReferralMode.SIGNPOST_ONLY: "Contact the group yourself.",
    ReferralMode.SELF_REFER: "Contact the group yourself.",
    ReferralMode.PROFESSIONAL_REFERRAL: "Ask your GP practice or your link worker to refer you.",
    ReferralMode.BOTH: "Contact the group yourself, or ask your GP practice or link worker to refer you.",
}
# Status of the places: what the tag says, and the colour that the words stand on.
CAPACITY = {
    CapacityStatus.PLACES: ("Has places", "green"),
    CapacityStatus.WAITING_LIST: ("Waiting list", "yellow"),
    CapacityStatus.FULL: ("Full", "red"),
}


def when(service: Service) -> list[str]:
    """Each schedule, and then the dates that are not as usual."""
    return [*schedules.all_in_words(service.schedules), *schedules.single_dates(service)]


def next_session(service: Service) -> str:
    return schedules.next_in_words(service)


def cost(service: Service) -> str:
    """Free, the cheapest price, or what the group says about it; empty when nobody has said."""
    prices = [said for option in service.cost_options if (said := _price(option))]
    if service.free or (not prices and any(option.amount == 0 for option in service.cost_options)):
        return "Free"
    return "; ".join(prices) or service.fees or ""


def _price(option: CostOption) -> str:
    if option.note:
        return option.note
    return pounds(option.amount) if option.amount else ""


def pounds(amount: Decimal) -> str:
    """£4, £4.50."""
    return f"£{amount:.2f}".removesuffix(".00")


def wait(service: Service) -> str:
    """How long until there is room; empty when nobody has said."""
    if service.waiting_weeks:
        return f"About {service.waiting_weeks} week{'' if service.waiting_weeks == 1 else 's'}"
    return "No wait" if service.capacity_status == CapacityStatus.PLACES else ""


def room(service: Service) -> tuple[str, str] | None:
    """The words of the tag and their colour; None when nobody has said whether there is room."""
    return CAPACITY.get(service.capacity_status)


def old(service: Service) -> str:
    """Why the listing may be out of date, in words; empty while it is fresh."""
    if service.freshness == Freshness.FRESH:
        return ""
    never = {Freshness.NEVER: "Not checked yet", Freshness.EXPIRED: "Not checked for over a year"}
    return never.get(service.freshness, "Not checked for 6 months")


def ages(service: Service) -> str:
    least, most = service.minimum_age, service.maximum_age
    if least is not None and most is not None:
        return f"Aged {least} to {most}"
    if least is not None:
        return f"Aged {least} and over"
    return f"Aged {most} and under" if most is not None else ""


def who_for(service: Service) -> list[str]:
    """Everyone, unless the group says otherwise."""
    rules = [rule.value.replace("_", " ") for rule in service.eligibilities]
    areas = f"People who live in {_listed([area.name for area in service.areas])}" if service.areas else ""
    said = [service.who_for, ages(service), *rules, areas, service.not_for]
    return [part for part in said if part] or ["Everyone"]


def how_to_join(service: Service) -> str:
    return service.how_to_join or HOW[service.referral_mode]


def remotely(service: Service) -> str:
    """At home, by phone or online; empty when people come to a place."""
    ways = _listed([REMOTE[way] for way in service.remote or () if way in REMOTE], "or")
    return ways[:1].upper() + ways[1:]


def where(service: Service) -> list[str]:
    """Each place on a line, and what happens without one."""
    places = [line for at in service.at_locations if (line := address(at.location))]
    return [*dict.fromkeys(places), *filter(None, [remotely(service)])]


def address(place: Location) -> str:
    if place.sensitive:
        area = district(place)
        return f"{area} area. Phone for the address." if area else "Phone for the address."
    held = place.address
    lines = [place.name, held.address_1, held.address_2, held.city, held.postcode] if held else [place.name]
    return ", ".join(dict.fromkeys(line for line in lines if line))


class OnTheMap(Protocol):
    """A point in degrees."""

    @property
    def latitude(self) -> float: ...

    @property
    def longitude(self) -> float: ...


def town(service: Service, near: OnTheMap | None = None) -> str:
    """The town of the place that is nearest, or of the first; of a sensitive place the area alone."""
    places = [at.location for at in service.at_locations]
    if not places:
        return ""
    known = [place for place in places if place.latitude is not None and place.longitude is not None]
    place = min(known, key=partial(_apart, near)) if near and known else places[0]
    if place.sensitive:
        area = district(place)
        return f"{area} area" if area else ""
    return (place.address.city if place.address else None) or ""


def _apart(near: OnTheMap, place: Location) -> float:
    """Good enough for telling which of two places is nearer."""
    north = (place.latitude or 0) - near.latitude
    east = ((place.longitude or 0) - near.longitude) * math.cos(math.radians(near.latitude))
    return math.hypot(north, east)


def district(place: Location) -> str | None:
    """The first part of the postcode: CV1."""
    postcode = place.address.postcode if place.address else None
    return postcode.split()[0].upper() if postcode and " " in postcode.strip() else None


def access(service: Service) -> list[str]:
    return [ACCESS.get(feature, feature.replace("_", " ").capitalize()) for feature in service.access]


def languages(service: Service) -> list[str]:
    return [language_name(language.code) for language in service.languages]


def language_name(code: str) -> str:
    return LANGUAGES.get(code, code)


def phone_numbers(service: Service) -> list[str]:
    """The service's own numbers, or else its organisation's."""
    return [phone.number for phone in service.phones or service.organisation.phones]


def _listed(words: Iterable[str], joined: str = "and") -> str:
    found: Sequence[str] = list(words)
    return "".join(found) if len(found) < 2 else f"{', '.join(found[:-1])} {joined} {found[-1]}"
