"""Our records as the JSON of Open Referral UK: the standard's names, and nothing that is null or empty.

What the UK profile has no place for, such as telephone numbers, goes out under its international HSDS name while
`extensions` is on. A row is anything with the attributes that `reading` selects.
"""

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from social_rx import clock
from social_rx.directory.open_referral.formats import (
    clock_time,
    day,
    email,
    identifier,
    instant,
    outcode,
    uri,
    web_address,
)
from social_rx.directory.status import CapacityStatus, ReferralMode
from social_rx.directory.wording import ACCESS, HOW, REMOTE, language_name

Shape = dict[str, Any]

NOT_RECORDED = "Not recorded"  # where the standard insists on words that nobody has given us
WITHHELD = "Address not published"
EVERY_DAY = "MO,TU,WE,TH,FR,SA,SU"
CHARITIES = {"SC": "GB-SC", "NI": "GB-NIC"}  # org-id.guide: the registers of Scotland and Northern Ireland


def present(shape: Shape) -> Shape:
    """What is there; a nought is."""
    return {name: value for name, value in shape.items() if value or value == 0}


def service(row: Any, extensions: bool) -> Shape:
    """What one service says that is one to one, with its organisation."""
    shape = {
        "id": identifier(row.id),
        "organization_id": identifier(row.organisation_id),
        "name": row.name,
        "description": row.description or row.summary,
        "url": web_address(row.website),
        "email": email(row.email),
        "status": "active",
        "fees": row.fees or ("Free" if row.free else None),
        "minimum_age": row.minimum_age,
        "maximum_age": row.maximum_age,
        "assured_date": row.verified_at and day(row.verified_at.astimezone(clock.LONDON).date()),
        "alert": _alert(row),
        "last_modified": instant(row.updated_at),
        "organization": organization(row, "organisation_"),
    }
    if extensions:
        shape |= {
            "application_process": row.how_to_join or HOW[ReferralMode(row.referral_mode)],
            "eligibility_description": "\n".join(filter(None, (row.who_for, row.not_for))),
            "wait_time": _wait(row),
        }
    return present(shape)


def _alert(row: Any) -> str | None:
    if row.capacity_status != CapacityStatus.FULL:
        return None
    return f"Full: {row.capacity_note}" if row.capacity_note else "Full"


def _wait(row: Any) -> str | None:
    if row.waiting_weeks:
        return f"About {row.waiting_weeks} week{'' if row.waiting_weeks == 1 else 's'}"
    known = {CapacityStatus.PLACES: "No wait", CapacityStatus.WAITING_LIST: "Waiting list"}
    return known.get(row.capacity_status)


def organization(row: Any, prefix: str = "") -> Shape:
    """What one organisation says that is one to one; `prefix` stands before the names of its columns."""
    return present(
        {
            "id": identifier(getattr(row, f"{prefix}id")),
            "name": getattr(row, f"{prefix}name"),
            "description": getattr(row, f"{prefix}description") or NOT_RECORDED,
            "email": email(getattr(row, f"{prefix}email")),
            "website": web_address(getattr(row, f"{prefix}website")),
        }
    )


def organization_identifiers(row: Any, prefix: str = "") -> list[Shape]:
    """The numbers by which registers know the organisation. Their keys follow from its own."""
    charity = getattr(row, f"{prefix}charity_number")
    numbers = (
        (CHARITIES.get((charity or "")[:2].upper(), "GB-CHC"), "Charity number", charity),
        ("GB-COH", "Company number", getattr(row, f"{prefix}company_number")),
        ("GB-NHS", "Organisation Data Service code", getattr(row, f"{prefix}ods_code")),
    )
    owner = identifier(getattr(row, f"{prefix}id"))
    return [
        {
            "id": str(uuid.uuid5(uuid.UUID(owner), scheme)),
            "identifier_scheme": scheme,
            "identifier_type": kind,
            "identifier": number,
        }
        for scheme, kind, number in numbers
        if number
    ]


def phone(row: Any) -> Shape:
    """A number to phone. The standard's extension is a number; words in its place go into the description."""
    extension = row.extension or ""
    digits = extension.isdecimal() and not extension.startswith("0")
    said = [row.description, f"Extension {extension}" if extension and not digits else None]
    shape = {"id": identifier(row.id), "number": row.number, "extension": int(extension) if digits else None}
    return present({**shape, "description": ". ".join(filter(None, said))})


def contact(row: Any, phones: Sequence[Any], extensions: bool) -> Shape:
    shape = {"id": identifier(row.id), "name": row.name, "title": row.title}
    if extensions:
        shape |= {"email": email(row.email), "phones": [phone(one) for one in phones]}
    return present(shape)


def schedule(row: Any, attending: str | None, extensions: bool) -> Shape:
    """When it happens. The profile knows weeks and months alone: every day is a week of seven days."""
    freq, interval, byday, bymonthday = row.freq.upper(), max(row.interval, 1), row.byday, row.bymonthday
    if freq == "DAILY" and interval == 1:
        freq, byday = "WEEKLY", byday or EVERY_DAY
    elif freq == "YEARLY" and row.dtstart and not byday:
        freq, interval, bymonthday = "MONTHLY", interval * 12, bymonthday or str(row.dtstart.day)
    told = freq in {"WEEKLY", "MONTHLY"}
    more = {"until": day(row.until), "count": row.count} if extensions else {}
    holidays = "Not on bank holidays." if row.closed_on_bank_holidays else None
    return present(
        {
            "id": identifier(row.id),
            "service_at_location_id": identifier(row.service_at_location_id),
            "valid_from": day(row.valid_from),
            "valid_to": day(min(filter(None, (row.valid_to, row.until)), default=None)),
            "dtstart": day(row.dtstart),
            "freq": freq if told else None,
            "interval": interval if told else None,
            "byday": byday if told else None,
            "bymonthday": bymonthday if told else None,
            "opens_at": clock_time(row.opens_at),
            "closes_at": clock_time(row.closes_at),
            "attending_type": attending,
            "notes": " ".join(filter(None, (row.note, holidays))),
            **more,
        }
    )


def attending(remote: Iterable[str] | None, at_a_place: bool) -> str | None:
    """How people take part, where it is not in person alone: "In person or online"."""
    ways = [REMOTE[way] for way in remote or () if way in REMOTE]
    if not ways:
        return None
    words = " or ".join(["in person", *ways] if at_a_place else ways)
    return words[:1].upper() + words[1:]


def cost_option(row: Any, extensions: bool) -> Shape:
    shape = {"id": identifier(row.id), "amount": row.amount, "amount_description": row.note}
    if extensions:
        shape["currency"] = row.currency
    return present(shape)


def service_area(row: Any) -> Shape:
    return present({"id": identifier(row.id), "name": row.name, "extent_type": row.extent_type})


def language(row: Any, extensions: bool) -> Shape:
    shape = {"id": identifier(row.id)}
    if extensions:
        shape |= {"name": language_name(row.code), "code": row.code, "note": row.note}
    return present(shape)


def taxonomy(row: Any) -> Shape:
    known = {"id": identifier(row.id), "name": row.name, "description": row.description or row.name}
    return present({**known, "uri": uri(row.uri)})


def taxonomy_term(row: Any, extensions: bool, prefix: str = "") -> Shape:
    name = getattr(row, f"{prefix}name")
    shape = {
        "id": identifier(getattr(row, f"{prefix}id")),
        "name": name,
        "description": getattr(row, f"{prefix}description") or name,
        "parent_id": identifier(getattr(row, f"{prefix}parent_id")),
        "taxonomy": row.taxonomy,
        "taxonomy_id": identifier(row.taxonomy_id),
        "term_uri": uri(row.term_uri),
    }
    if extensions:
        shape["code"] = getattr(row, f"{prefix}code")
    return present(shape)


def location(row: Any, extensions: bool) -> Shape:
    """What one location says that is one to one. A sensitive one has no name, and its point is that of its district."""
    shape = {"id": identifier(row.location_id), "location_type": "physical"}
    if not row.sensitive:
        shape |= {"name": row.location_name, "description": row.location_description}
        if extensions:
            shape["transportation"] = row.transportation
    if row.latitude is not None and row.longitude is not None and not (row.approximate and not row.sensitive):
        shape |= {"latitude": row.latitude, "longitude": row.longitude}
    return present(shape)


def addresses(row: Any, extensions: bool) -> list[Shape]:
    """The one address of a location, if anything of it is known; of a sensitive place its district alone."""
    if row.address_id is None or not any((row.address_1, row.address_2, row.city, row.region, row.postcode)):
        return []
    lines = [line for line in (row.address_1, row.address_2) if line]
    shape = {
        "id": identifier(row.address_id),
        "address_1": WITHHELD if row.sensitive else (lines[0] if extensions else ", ".join(lines)) if lines else None,
        "address_2": lines[1] if extensions and not row.sensitive and len(lines) > 1 else None,
        "city": row.city or NOT_RECORDED,
        "state_province": row.region or row.city or NOT_RECORDED,
        "postal_code": (outcode(row.postcode) if row.sensitive else row.postcode) or NOT_RECORDED,
        "country": row.country or "GB",
        "address_type": "physical",
    }
    shape["address_1"] = shape["address_1"] or row.location_name or NOT_RECORDED
    return [present(shape)]


def accessibility(row: Any) -> Shape:
    said = ACCESS.get(row.feature, row.feature.replace("_", " ").capitalize())
    return present({"id": identifier(row.id), "accessibility": said, "description": row.description})


def whole_location(row: Any, accessibilities: Sequence[Any], extensions: bool) -> Shape:
    more = {
        "addresses": addresses(row, extensions),
        "accessibility": [accessibility(one) for one in accessibilities],
    }
    return location(row, extensions) | present(more)
