"""What may be asked of the feed, in the parameters of the standard. A parameter that nobody knows is passed over."""

from datetime import UTC, time
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, pre_load, validate, validates_schema

PER_PAGE = 20
MOST_PER_PAGE = 1000
FARTHEST_METRES = 500_000
DAYS = {"mo": "monday", "tu": "tuesday", "we": "wednesday", "th": "thursday", "fr": "friday"} | {
    "sa": "saturday",
    "su": "sunday",
}
NUMBER, YES_OR_NO, TIME = "Enter a number.", "Enter true or false.", "Enter a time, like 14:30."
KEY = "Enter an id, as this feed gives it."


def one_to(most: int) -> validate.Range:
    return validate.Range(1, most, error=f"Enter a number between 1 and {most}.")


def number(**more: Any) -> fields.Float:
    return fields.Float(error_messages={"invalid": NUMBER, "special": NUMBER}, **more)


def yes_or_no() -> fields.Boolean:
    return fields.Boolean(error_messages={"invalid": YES_OR_NO})


def key() -> fields.UUID:
    return fields.UUID(error_messages={"invalid_uuid": KEY})


def of_day() -> fields.Time:
    return fields.Time(error_messages={"invalid": TIME, "format": TIME})


class Day(fields.String):
    """A day of the week by its name, or by the two letters of RFC 5545: MO."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        said = super()._deserialize(value, attr, data, **kwargs).strip().lower()
        for short, name in DAYS.items():
            if said in {short, name, name[:3]}:
                return short.upper()
        raise ValidationError("Enter a day of the week, like Monday or MO.")


class PageSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    page = fields.Integer(load_default=1, validate=one_to(1_000_000), error_messages={"invalid": NUMBER})
    per_page = fields.Integer(load_default=PER_PAGE, validate=one_to(MOST_PER_PAGE), error_messages={"invalid": NUMBER})

    @pre_load
    def both_spellings(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """One validator of the standard says `perPage`."""
        return {"per_page": data["perPage"], **data} if "perPage" in data else data


class SearchedPageSchema(PageSchema):
    search = fields.String(validate=validate.Length(max=500, error="Enter at most 500 characters."))
    format = fields.String(validate=validate.OneOf(["json", "ndjson"], error="Enter json or ndjson."))


class ServicesSchema(SearchedPageSchema):
    taxonomy_term_id = key()
    taxonomy_id = key()
    organization_id = key()
    minimum_age = number()
    maximum_age = number()
    day = Day()
    start_time = of_day()
    end_time = of_day()
    postcode = fields.String()
    proximity = number(
        validate=validate.Range(1, FARTHEST_METRES, error=f"Enter metres, between 1 and {FARTHEST_METRES}.")
    )
    modified_after = fields.AwareDateTime(
        default_timezone=UTC, error_messages={"invalid": "Enter a date and time, like 2026-11-01T09:00:00Z."}
    )
    minimal = yes_or_no()
    full = yes_or_no()

    @pre_load
    def a_plus_that_became_a_space(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        asked = data.get("modified_after")
        return {**data, "modified_after": asked.replace(" ", "+")} if asked and "T" in asked else data

    @validates_schema
    def proximity_is_from_somewhere(self, data: dict[str, Any], **_: Any) -> None:
        if "proximity" in data and "postcode" not in data:
            raise ValidationError("Enter a postcode too: proximity is counted from it.", "proximity")

    @post_load
    def on_the_clocks_of_london(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        times = {name: at.replace(tzinfo=None) for name, at in data.items() if isinstance(at, time)}
        return {**data, **times}


class OrganizationsSchema(SearchedPageSchema):
    full = yes_or_no()
    full_service = yes_or_no()


class TaxonomyTermsSchema(SearchedPageSchema):
    taxonomy_id = key()
    parent_id = key()
    top_only = yes_or_no()
