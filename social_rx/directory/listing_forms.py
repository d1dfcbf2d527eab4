"""A listing as one HTML form: its phone numbers, prices and times in numbered boxes, filled in and read back."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from marshmallow import Schema, ValidationError, fields, post_load

from social_rx import clock
from social_rx.directory.listing_contents import Contents
from social_rx.directory.listing_schemas import (
    A_COUNT,
    MOST_DATES,
    MOST_PHONES,
    MOST_PRICES,
    MOST_SESSIONS,
    GroupPhone,
    PlacesSchema,
    Pounds,
    SaidSchema,
    SendBackSchema,
    SessionSchema,
    TimeOfDay,
)
from social_rx.directory.models import Schedule
from social_rx.directory.schedules import DAYS, in_words
from social_rx.fields import Codes, StrictSchema, Words

# How often, as a choice: the rule's frequency, its interval, and which weeks of the month.
REPEATS = {
    "weekly": ("Every week", "WEEKLY", 1, ()),
    "fortnightly": ("Every 2 weeks", "WEEKLY", 2, ()),
    "monthly_1": ("First week of the month", "MONTHLY", 1, ("1",)),
    "monthly_2": ("Second week of the month", "MONTHLY", 1, ("2",)),
    "monthly_3": ("Third week of the month", "MONTHLY", 1, ("3",)),
    "monthly_4": ("Fourth week of the month", "MONTHLY", 1, ("4",)),
    "monthly_last": ("Last week of the month", "MONTHLY", 1, ("-1",)),
    "monthly_1_3": ("First and third week of the month", "MONTHLY", 1, ("1", "3")),
    "monthly_2_4": ("Second and fourth week of the month", "MONTHLY", 1, ("2", "4")),
}
REMOVE = "remove"
DATES = ("%d %B %Y", "%d %b %Y", "%d/%m/%Y", "%d.%m.%Y", "%Y-%m-%d", "%A %d %B %Y")
AGAIN = "Open the page again and retry."
NOT_A_DATE: dict[str, Any] = {"invalid": "Enter a date, like 27 3 2027."}
RULE = ("freq", "interval", "byday", "bymonthday")  # one that no choice stands for goes through the form as it is
KEPT = ("dtstart", "until", "valid_from", "valid_to")  # dates; all but the first are not asked for, and kept
FEWEST = {"phone": 2, "price": 2, "session": 2}
SPARE = {"phone": 1, "price": 1, "session": 1}
MOST = {"phone": MOST_PHONES, "price": MOST_PRICES, "session": MOST_SESSIONS}


class Boxes(NamedTuple):
    """How many boxes of each kind a form has: those in use, and some to spare."""

    phone: int
    price: int
    session: int


def boxes_for(said: Mapping[str, Any], typed: Mapping[str, int] | None = None) -> Boxes:
    """What a listing says fits in whatever it is; boxes besides, such as those `typed`, up to what the API takes."""
    used = {
        "phone": len(said.get("phones", ())),
        "price": len(said.get("cost_options", ())),
        "session": len(said.get("sessions", ())),
    }
    wanted = {name: max(used[name], (typed or {}).get(name, 0)) + SPARE[name] for name in FEWEST}
    return Boxes(**{name: max(FEWEST[name], used[name], min(wanted[name], MOST[name])) for name in FEWEST})


class SeenSchema(StrictSchema):
    """A button on a page that shows one version of a listing."""

    version = fields.Integer(required=True, error_messages=dict.fromkeys(("required", "invalid", "too_large"), AGAIN))


class SeenPlacesSchema(PlacesSchema):
    version = fields.Integer(load_default=None)


class SeenSendBackSchema(SendBackSchema):
    version = fields.Integer(load_default=None)


class DateLines(fields.Field[list[date]]):
    """Dates as people write them, one on each line."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> list[date]:
        lines = re.split(r"[\n,;]", str(value))
        written = [" ".join(line.split()) for line in lines if line.strip()]
        found = [day for line in written if (day := _date_in(line))]
        if len(found) != len(written) or len(found) > MOST_DATES:
            raise ValidationError("Enter each date on a line of its own, like 25 December 2026.")
        return found


def _date_in(text: str) -> date | None:
    for written in DATES:
        try:
            return datetime.strptime(text[:40], written).replace(tzinfo=clock.LONDON).date()
        except ValueError:
            continue
    return None


class ListingFormSchema(SaidSchema):
    """Numbered boxes become lists again; boxes left empty are not there."""

    error_messages = {
        "unknown": f"Enter at most {MOST_PHONES} phone numbers, {MOST_PRICES} prices and {MOST_SESSIONS} times."
    }
    closed_dates = DateLines(load_default=list)

    @post_load
    def as_listing(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        wrong: dict[str, list[str]] = {}
        phones = [value for name, value in numbered(data, "phone") if value["number"]]
        prices = [value for name, value in numbered(data, "price") if any(value.values())]
        sessions = [_session(name, value, wrong) for name, value in numbered(data, "session")]
        if data["free"] and any(price["amount"] for price in prices):
            wrong["free"] = ["Select that people pay, or remove the prices."]
        if wrong:
            raise ValidationError(wrong)
        said = {name: value for name, value in data.items() if "-" not in name}
        return said | {
            "phones": [phone["number"] for phone in phones],
            "cost_options": prices,
            "sessions": [session for session in sessions if session],
        }


def form_schema(boxes: Boxes, *, versioned: bool = True) -> Schema:
    """The form with this many boxes; `versioned` when it changes a listing that is there."""
    made: dict[str, fields.Field] = {"version": fields.Integer(required=True)} if versioned else {}
    for n in range(1, boxes.phone + 1):
        made[f"phone-{n}-number"] = GroupPhone(load_default=None)
    for n in range(1, boxes.price + 1):
        made[f"price-{n}-amount"] = Pounds(load_default=None)
        made[f"price-{n}-note"] = Words(500, load_default=None)
    for n in range(1, boxes.session + 1):
        made[f"session-{n}-days"] = Codes(DAYS, load_default=list, select="Select days from the list.")
        made[f"session-{n}-repeat"] = fields.String(load_default="weekly")
        made[f"session-{n}-opens_at"] = TimeOfDay(load_default=None)
        made[f"session-{n}-closes_at"] = TimeOfDay(load_default=None)
        made[f"session-{n}-note"] = Words(500, load_default=None)
        made |= {f"session-{n}-{name}": fields.Date(load_default=None, error_messages=NOT_A_DATE) for name in KEPT}
        made[f"session-{n}-count"] = fields.Integer(load_default=None, validate=A_COUNT)
        made[f"session-{n}-closed_on_bank_holidays"] = fields.Boolean(load_default=None)
    return ListingFormSchema.from_dict(made, name="ListingFormSchema")()


def numbered(data: Mapping[str, Any], kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The boxes of one kind: `session-1` and what is in it, in order. No form has a thousand."""
    found: dict[int, dict[str, Any]] = {}
    for name, value in data.items():
        if match := re.fullmatch(rf"{kind}-([1-9][0-9]{{0,2}})-(\w+)", name):
            found.setdefault(int(match[1]), {})[match[2]] = value
    return [(f"{kind}-{number}", found[number]) for number in sorted(found)]


def filled(said: Contents) -> dict[str, Any]:
    """What stands in the form's boxes when the page is opened."""
    shown = {name: _shown(value) for name, value in said.items() if value not in (None, [], "")}
    shown["closed_dates"] = "\n".join(f"{day.day} {day:%B %Y}" for day in said["closed_dates"])
    for number, phone in enumerate(said["phones"], 1):
        shown[f"phone-{number}-number"] = phone
    for number, price in enumerate(said["cost_options"], 1):
        shown |= {f"price-{number}-{name}": _shown(value) for name, value in price.items() if value is not None}
    for number, session in enumerate(said["sessions"], 1):
        asked = ("opens_at", "closes_at", "note", "count", "closed_on_bank_holidays", *KEPT)
        parts = {name: session[name] for name in asked if session[name]}
        repeat, days = repeat_of(session)
        parts |= {"repeat": repeat, "days": days}
        shown |= {f"session-{number}-{name}": _shown(value) for name, value in parts.items()}
    return shown


def _shown(value: Any) -> Any:
    match value:
        case bool():
            return "true" if value else "false"
        case list():
            return value
        case _ if hasattr(value, "strftime") and hasattr(value, "hour"):
            return f"{value:%H:%M}"
    return str(value)


def repeat_of(session: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The choice that stands for a rule, and its days; the rule itself when none does."""
    for choice, (_, freq, interval, weeks) in REPEATS.items():
        days = [day for day in DAYS if day in (session["byday"] or "")]
        if days and {**session, **_rule(freq, interval, weeks, days)} == {**session, "byday": _sorted(session)}:
            return choice, days
    return "|".join(str(session[name] or "") for name in RULE), []


def _rule(freq: str, interval: int, weeks: tuple[str, ...], days: list[str]) -> dict[str, Any]:
    named = [f"{week}{day}" for day in days for week in weeks or ("",)]
    return {"freq": freq, "interval": interval, "byday": ",".join(named), "bymonthday": None}


def _sorted(session: Mapping[str, Any]) -> str:
    """The days of a rule in the order in which `_rule` writes them."""
    days = list(DAYS)
    named = [(code[-2:], code[:-2].removeprefix("+")) for code in (session["byday"] or "").split(",")]
    return ",".join(f"{week}{day}" for day, week in sorted(named, key=lambda one: (days.index(one[0]), one[1])))


def _session(name: str, typed: Mapping[str, Any], wrong: dict[str, list[str]]) -> dict[str, Any] | None:
    """One session as the API would take it; None for a box that is empty or taken away. Fills `wrong`."""
    repeat, days = typed["repeat"], typed["days"]
    rest = {part: value for part, value in typed.items() if part not in {"repeat", "days"}}
    asked = ("opens_at", "closes_at", "note")
    if repeat == REMOVE or (repeat in REPEATS and not days and not any(rest[part] for part in asked)):
        return None
    if repeat in REPEATS:
        if not days:
            wrong[f"{name}-days"] = ["Select the day or days."]
        _, freq, interval, weeks = REPEATS[repeat]
        return _rule(freq, interval, weeks, [day for day in DAYS if day in days]) | rest
    return _kept_rule(name, repeat, wrong) | rest


def _kept_rule(name: str, repeat: str, wrong: dict[str, list[str]]) -> dict[str, Any]:
    given = dict(zip(RULE, repeat.split("|"), strict=False))
    try:
        said = SessionSchema().load({part: value for part, value in given.items() if value})
    except ValidationError:
        wrong[f"{name}-repeat"] = ["Select how often."]
        return {}
    return {part: said[part] for part in RULE}


def repeats_for(repeat: str) -> list[tuple[str, str]]:
    """The choices of how often, with the rule that stands there now when it is none of them."""
    choices = [(choice, words) for choice, (words, *_) in REPEATS.items()]
    wrong: dict[str, list[str]] = {}
    if repeat and repeat not in REPEATS and repeat != REMOVE:
        rule = _kept_rule("", repeat, wrong)
        choices = (
            [] if wrong else [(repeat, f"As it is now: {in_words(Schedule(**rule)) or 'no fixed days'}"), *choices]
        )
    return [*choices, (REMOVE, "Take this time away")]
