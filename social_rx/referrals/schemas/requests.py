"""What comes in when a practice refers, and when the hub decides."""

from datetime import date
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from social_rx import clock
from social_rx.directory.taxonomies import NEEDS
from social_rx.fields import Choice, Codes, NhsNumber, PhoneNumber, PostcodeField, Prose, StrictSchema, Words
from social_rx.referrals.models import NO_KNOWN_RISKS
from social_rx.referrals.status import CancellationReason, RejectionReason

GENDERS = {"1": "Male", "2": "Female", "9": "Other", "X": "Not known"}
ETHNICITIES = {
    "A": "White British",
    "B": "White Irish",
    "C": "Any other White background",
    "D": "White and Black Caribbean",
    "E": "White and Black African",
    "F": "White and Asian",
    "G": "Any other mixed background",
    "H": "Indian",
    "J": "Pakistani",
    "K": "Bangladeshi",
    "L": "Any other Asian background",
    "M": "Caribbean",
    "N": "African",
    "P": "Any other Black background",
    "R": "Chinese",
    "S": "Any other ethnic group",
    "Z": "Asked, and not stated",
    "99": "Not asked yet",
}
NO_NUMBER_REASONS = {
    "nhs-number-not-known": "Not known",
    "overseas-patient": "From overseas",
    "devolved-nation": "From Scotland, Wales or Northern Ireland",
}
CONSENTS = {"in_person": "Yes, in person", "by_phone": "Yes, by phone", "refused": "No"}
RISKS = {NO_KNOWN_RISKS: "No risks are known", "known_risk": "There is a risk"}
YOUNGEST, OLDEST = 18, 120  # PRSB v1.1: children are not currently referred for social prescribing
PERSON = [
    *("given_name", "family_name", "date_of_birth", "nhs_number", "nhs_number_absent_reason"),
    *("gender", "ethnicity", "language", "interpreter", "address", "postcode", "phone", "email"),
    *("safe_to_phone", "safe_to_leave_message", "contact_note", "access_needs"),
]


def why_not_born(born: date) -> str | None:
    """Why nobody we help was born on that day, in words; None when somebody may have been."""
    today = clock.today()
    if born > today:
        return "Date of birth must be in the past."
    if not YOUNGEST <= clock.years_between(born, today) <= OLDEST:
        return f"Check the year of birth. We help people aged {YOUNGEST} and over."
    return None


class DraftSchema(StrictSchema):
    """A referral as it is typed: the person, why, what they need, the risk and their agreement."""

    given_name = Words(35, required=True, enter="Enter the patient's first name.")
    family_name = Words(35, required=True, enter="Enter the patient's family name.")
    date_of_birth = fields.Date(
        required=True,
        error_messages={
            "required": "Enter the patient's date of birth, like 27 3 1954.",
            "invalid": "Enter a date of birth that exists, like 27 3 1954.",
        },
    )
    nhs_number = NhsNumber(load_default=None, allow_none=True)
    nhs_number_absent_reason = Choice(NO_NUMBER_REASONS, load_default=None, allow_none=True)
    gender = Choice(GENDERS, load_default="X")
    ethnicity = Choice(ETHNICITIES, load_default="99")
    language = fields.String(
        load_default="en", validate=validate.Regexp(r"^[a-z]{2,3}\Z", error="Enter a language code.")
    )
    interpreter = fields.Boolean(load_default=False)
    address = Prose(500, load_default=None, allow_none=True)
    postcode = PostcodeField(load_default=None, allow_none=True)
    phone = PhoneNumber(load_default=None, allow_none=True)
    email = fields.Email(
        load_default=None,
        allow_none=True,
        error_messages={"invalid": "Enter an e-mail address, like name@example.com."},
    )
    safe_to_phone = fields.Boolean(load_default=None, allow_none=True)
    safe_to_leave_message = fields.Boolean(load_default=None, allow_none=True)
    contact_note = Prose(500, load_default=None, allow_none=True)
    access_needs = Prose(500, load_default=None, allow_none=True)
    needs = Codes(NEEDS, required=True, least=1, select="Select at least one need.")
    reason = Prose(500, required=True, enter="Enter why you are referring them.")
    urgent = fields.Boolean(load_default=False)
    service_id = fields.UUID(load_default=None, allow_none=True)
    return_response_to = Words(70, load_default=None, allow_none=True)
    risk = Choice(RISKS, required=True, select="Select if there is a risk. Say so if none is known.")
    risk_text = Prose(500, load_default=None, allow_none=True)
    consent = Choice(CONSENTS, required=True, select="Select if the patient agrees to this referral.")
    consent_given_by = Words(70, load_default=None, allow_none=True)

    @validates_schema(skip_on_field_errors=False)
    def together(self, data: dict[str, Any], **_: Any) -> None:
        """Also while a single field is wrong, so that everything is said at once; a wrong field is not in `data`."""
        wrong: dict[str, list[str]] = {}
        if data.get("nhs_number", "") is None and data.get("nhs_number_absent_reason", "") is None:
            wrong["nhs_number"] = ["Enter the patient's NHS number, or say why there is none."]
        if "date_of_birth" in data and (why := why_not_born(data["date_of_birth"])):
            wrong["date_of_birth"] = [why]
        if data.get("risk", NO_KNOWN_RISKS) != NO_KNOWN_RISKS and data.get("risk_text", "") is None:
            wrong["risk_text"] = ["Say in words what the risk is."]
        if data.get("consent") == "refused":
            wrong["consent"] = ["The patient must agree before you refer them. Give them a leaflet instead."]
        if all(data.get(name, "") is None for name in ("phone", "address", "email")):
            wrong["phone"] = ["Enter a phone number, or an address to write to."]
        if wrong:
            raise ValidationError(wrong)

    @post_load(pass_original=True)
    def sorted_out(self, data: dict[str, Any], sent: dict[str, Any], **_: Any) -> dict[str, Any]:
        """As the use case takes it: what is about the person apart from what is asked for.

        What was not said of the person is left out, so that it does not replace what their record says: a referral
        that does not mention it must not make a phone safe to call.
        """
        known = {name: data.pop(name) for name in PERSON}
        person = {name: value for name, value in known.items() if name in sent}
        if person.get("nhs_number"):
            person["nhs_number_absent_reason"] = None
        risk = {"code": data.pop("risk"), "text": data.pop("risk_text")}
        method = data.pop("consent")
        consent = {"given": True, "method": method, "given_by": data.pop("consent_given_by")}
        return {"person": person, "risk": risk, "consent": consent, **data}


class SubmitSchema(StrictSchema):
    even_if_open = fields.Boolean(load_default=False)


class CancelSchema(StrictSchema):
    reason = Choice(CancellationReason, required=True, select="Select why you are cancelling.")
    note = Prose(500, load_default=None, allow_none=True)

    @post_load
    def as_reason(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"reason": CancellationReason(data["reason"])}


class RejectSchema(StrictSchema):
    reason = Choice(RejectionReason, required=True, select="Select why you are saying no.")
    note = Prose(500, load_default=None, allow_none=True)

    @post_load
    def as_reason(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"reason": RejectionReason(data["reason"])}


class WaitlistSchema(StrictSchema):
    reason = Prose(500, required=True, enter="Enter why they have to wait.")
    expected_on = fields.Date(required=True, error_messages={"required": "Enter when you expect room."})


class AllocateSchema(StrictSchema):
    link_worker_id = fields.UUID(required=True, error_messages={"required": "Select a link worker."})
    override_reason = Words(500, load_default=None, allow_none=True)


class NothingSchema(StrictSchema):
    """An action that needs no words."""
