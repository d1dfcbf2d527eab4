"""What comes in about a listing, field by field, and what the API says of it to those who keep it."""

import re
from collections.abc import Mapping
from datetime import time
from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from social_rx.directory.contact_details import phones_in, website_from
from social_rx.directory.listing_contents import byday, contents, place_problem
from social_rx.directory.listings import actions_for
from social_rx.directory.models import Service
from social_rx.directory.opening_times import read_time
from social_rx.directory.schemas import LANGUAGE, OLDEST, capacity
from social_rx.directory.status import CapacityStatus, ListingStatus, ReferralMode
from social_rx.directory.taxonomies import NEEDS, SUPPORTS
from social_rx.directory.wording import ACCESS, REMOTE
from social_rx.fields import Choice, Codes, PostcodeField, Prose, StrictSchema, Words
from social_rx.users import Actor

FREQUENCIES = ("WEEKLY", "MONTHLY", "DAILY", "YEARLY")
MOST_PHONES, MOST_PRICES, MOST_SESSIONS, MOST_LANGUAGES = 5, 20, 60, 40
MOST_DATES = 100
LONGEST_WAIT = 104
MOST_POUNDS = 9999
DAYS_OF_MONTH = re.compile(r"-?[0-9]{1,2}(,-?[0-9]{1,2})*\Z")
AGE = validate.Range(0, OLDEST, error="Enter an age between 0 and 130.")
A_COUNT = validate.Range(1, 1000, error="Enter how often it takes place, from 1 to 1000.")
NOT_AN_AGE: dict[str, Any] = {"invalid": "Enter an age in years, like 55."}
NOT_AN_AMOUNT = "Enter an amount in pounds, like 4.50."
NOT_AN_EMAIL: dict[str, Any] = {"invalid": "Enter an email address, like name@example.com."}
NO_NAME = "Enter the name of the service."


class GroupPhone(fields.String):
    """A number to phone, short ones such as 116 123 among them."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        found = phones_in(super()._deserialize(value, attr, data, **kwargs))
        if len(found) != 1:
            raise ValidationError("Enter one UK phone number, like 024 7600 0000.")
        return found[0]


class Website(fields.String):
    """The address of a website, with http:// put before it where it is missing."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        found = website_from(super()._deserialize(value, attr, data, **kwargs))
        if found is None:
            raise ValidationError("Enter the address of a website, like www.example.org.")
        return found


class TimeOfDay(fields.Time):
    """2pm, 2.30pm or 14:30."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> time:
        found = read_time(str(value)[:20])
        if found is None:
            raise ValidationError("Enter a time, like 2pm or 10:30am.")
        return time.fromisoformat(found)


def _affordable(amount: Decimal) -> None:
    """A function and not a Range: it goes out as text, so the API's description must not bound it as a number."""
    if not 0 <= amount <= MOST_POUNDS:
        raise ValidationError(f"Enter an amount between 0 and {MOST_POUNDS} pounds.")


class Pounds(fields.Decimal):
    """An amount of money; £4 is 4.00."""

    def __init__(self, **kwargs: Any):
        wrong: dict[str, Any] = {"invalid": NOT_AN_AMOUNT, "special": NOT_AN_AMOUNT, "too_large": NOT_AN_AMOUNT}
        super().__init__(places=2, as_string=True, validate=_affordable, error_messages=wrong, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = str(value).strip().removeprefix("£").strip()
        return super()._deserialize(text[:20], attr, data, **kwargs)


def optional_prose(longest: int) -> Prose:
    return Prose(longest, load_default=None, allow_none=True)


class SessionSchema(StrictSchema):
    """When a service runs, in the words of RFC 5545: WEEKLY by TU,TH; MONTHLY by 1TH,3TH."""

    freq = Choice(FREQUENCIES, load_default="WEEKLY", select="Select how often.")
    interval = fields.Integer(load_default=1, validate=validate.Range(1, 52, error="Enter a number from 1 to 52."))
    byday = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=60))
    bymonthday = fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(max=60), validate.Regexp(DAYS_OF_MONTH, error="Enter days of the month, like 1,15.")],
    )
    opens_at = TimeOfDay(load_default=None, allow_none=True)
    closes_at = TimeOfDay(load_default=None, allow_none=True)
    dtstart = fields.Date(load_default=None, allow_none=True)
    valid_from = fields.Date(load_default=None, allow_none=True)
    valid_to = fields.Date(load_default=None, allow_none=True)
    count = fields.Integer(load_default=None, allow_none=True, validate=A_COUNT)
    until = fields.Date(load_default=None, allow_none=True)
    closed_on_bank_holidays = fields.Boolean(load_default=None, allow_none=True)
    note = optional_prose(500)

    @validates_schema
    def together(self, data: dict[str, Any], **_: Any) -> None:
        days = data["byday"]
        if days and byday(days) != days.upper():
            raise ValidationError("Enter days, like TU,TH or 1TH.", "byday")
        if days and data["freq"] == "WEEKLY" and re.search(r"\d", days):
            raise ValidationError("Days of every week have no number. Enter days, like TU,TH.", "byday")

    @post_load
    def in_capitals(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"byday": byday(data["byday"])}


class ExtraDateSchema(StrictSchema):
    """One date more than the sessions say."""

    on = fields.Date(required=True)
    opens_at = TimeOfDay(load_default=None, allow_none=True)
    closes_at = TimeOfDay(load_default=None, allow_none=True)
    note = optional_prose(500)


class PriceSchema(StrictSchema):
    amount = Pounds(load_default=None, allow_none=True)
    note = optional_prose(500)


class SaidSchema(StrictSchema):
    """What a page and the API take in the same shape: all but phone numbers, prices and times."""

    name = Words(200, required=True, enter=NO_NAME)
    summary = optional_prose(500)
    description = optional_prose(5000)
    needs = Codes(NEEDS, load_default=list, select="Select what it helps with from the list.")
    supports = Codes(SUPPORTS, load_default=list, select="Select the kind of support from the list.")
    how_to_join = optional_prose(2000)
    who_for = optional_prose(2000)
    not_for = optional_prose(2000)
    minimum_age = fields.Integer(load_default=None, allow_none=True, validate=AGE, error_messages=NOT_AN_AGE)
    maximum_age = fields.Integer(load_default=None, allow_none=True, validate=AGE, error_messages=NOT_AN_AGE)
    free = fields.Boolean(load_default=None, allow_none=True)
    fees = optional_prose(2000)
    referral_mode = Choice(ReferralMode, load_default=ReferralMode.BOTH, select="Select how people join.")
    languages = fields.List(
        fields.String(validate=LANGUAGE), load_default=list, validate=validate.Length(max=MOST_LANGUAGES)
    )
    remote = Codes(REMOTE, load_default=list, select="Select from the list.")
    email = fields.Email(
        load_default=None, allow_none=True, validate=validate.Length(max=254), error_messages=NOT_AN_EMAIL
    )
    website = Website(load_default=None, allow_none=True)
    place_name = Words(200, load_default=None, allow_none=True)
    address_1 = Words(200, load_default=None, allow_none=True)
    address_2 = Words(200, load_default=None, allow_none=True)
    city = Words(100, load_default=None, allow_none=True)
    postcode = PostcodeField(load_default=None, allow_none=True)
    address_private = fields.Boolean(load_default=False)
    access = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z_]{2,40}\Z", error="Select from the list.")),
        load_default=list,
        validate=validate.Length(max=2 * len(ACCESS)),
    )

    @validates_schema
    def ages(self, data: dict[str, Any], **_: Any) -> None:
        least, most = data["minimum_age"], data["maximum_age"]
        if least is not None and most is not None and least > most:
            raise ValidationError("Enter an oldest age that is not below the youngest.", "maximum_age")

    @post_load
    def as_mode(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"referral_mode": ReferralMode(data["referral_mode"])}


class ListingSchema(SaidSchema):
    """The whole of what a listing says. What is left out is not said any more."""

    phones = fields.List(GroupPhone(), load_default=list, validate=validate.Length(max=MOST_PHONES))
    cost_options = fields.List(fields.Nested(PriceSchema), load_default=list, validate=validate.Length(max=MOST_PRICES))
    sessions = fields.List(fields.Nested(SessionSchema), load_default=list, validate=validate.Length(max=MOST_SESSIONS))
    closed_dates = fields.List(fields.Date(), load_default=list, validate=validate.Length(max=MOST_DATES))
    extra_dates = fields.List(
        fields.Nested(ExtraDateSchema), load_default=list, validate=validate.Length(max=MOST_DATES)
    )

    @validates_schema
    def prices(self, data: dict[str, Any], **_: Any) -> None:
        if data["free"] and any(price["amount"] for price in data["cost_options"]):
            raise ValidationError("Remove the prices, or say that it is not free.", "cost_options")


class NewListingSchema(ListingSchema):
    """An editor says whose it is; a group's is its own."""

    organisation_id = fields.UUID(load_default=None, allow_none=True)


class SendBackSchema(StrictSchema):
    note = Prose(1000, required=True, enter="Enter what they should change.")


class PlacesSchema(StrictSchema):
    """Whether there is room."""

    status = Choice(CapacityStatus, required=True, select="Select if you can take new people.")
    note = Words(200, load_default=None, allow_none=True)
    waiting_weeks = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, LONGEST_WAIT, error="Enter a number of weeks, up to 104."),
        error_messages={"invalid": "Enter a number of weeks, like 6."},
    )

    @post_load
    def as_status(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"status": CapacityStatus(data["status"])}


class UnchangedSchema(StrictSchema):
    """An action that needs no words."""


class ListingOutSchema(ListingSchema):
    """One listing as those who keep it see it, and what they may do with it."""

    id = fields.UUID()
    status = fields.Enum(ListingStatus, by_value=True)
    version = fields.Integer()
    organisation = fields.Function(
        lambda held: {"id": str(held["organisation"].id), "name": held["organisation"].name},
        metadata={"type": "object"},
    )
    capacity = fields.Dict(keys=fields.String())
    verified_at = fields.AwareDateTime(allow_none=True)
    freshness = fields.String()
    place_problem = fields.String(allow_none=True)
    updated_at = fields.AwareDateTime()
    actions = fields.List(fields.String())


class ListingsSchema(Schema):
    total = fields.Integer()
    page = fields.Integer()
    per_page = fields.Integer()
    items = fields.List(fields.Nested(ListingOutSchema))


def listing_for(actor: Actor, service: Service) -> Any:
    """The listing in words of the API."""
    plain = ("id", "status", "version", "organisation", "verified_at", "freshness", "updated_at")
    return ListingOutSchema().dump(
        contents(service)
        | {name: getattr(service, name) for name in plain}
        | {"capacity": capacity(service), "place_problem": place_problem(service)}
        | {"actions": actions_for(actor, service)}
    )
