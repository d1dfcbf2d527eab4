"""What comes in while a link worker carries a case, and when a community group answers."""

from typing import Any

from marshmallow import fields, post_load, validate

from social_rx.fields import Choice, Codes, Prose, StrictSchema, Words
from social_rx.referrals.caseload import ATTEMPT_OUTCOMES, ATTENDED, CHANNELS, MECHANISMS
from social_rx.referrals.measures import INSTRUMENTS
from social_rx.referrals.onward import SHAREABLE
from social_rx.referrals.planning import ACHIEVEMENTS
from social_rx.referrals.status import ClosureReason, OnwardReason

FROM_ONE_TO_TEN = "Enter a number from 1 to 10."
ONE_TO_TEN = validate.Range(1, 10, error=FROM_ONE_TO_TEN)
A_DATE: dict[str, str | list | dict] = {
    "required": "Enter a date.",
    "invalid": "Enter a date that exists, like 27 3 2027.",
}


def _optional_words(longest: int = 500) -> Words:
    return Words(longest, load_default=None, allow_none=True)


def _optional_prose(longest: int = 500) -> Prose:
    return Prose(longest, load_default=None, allow_none=True)


class AttemptSchema(StrictSchema):
    channel = Choice(CHANNELS, required=True, select="Select how you tried.")
    outcome = Choice(ATTEMPT_OUTCOMES, required=True, select="Select what happened.")
    at = fields.AwareDateTime(load_default=None, allow_none=True)
    note = _optional_prose(2000)


class ContactSchema(StrictSchema):
    mechanism = Choice(MECHANISMS, required=True, select="Select how you spoke.")
    attended = Choice(ATTENDED, required=True, select="Select if they came.")
    at = fields.AwareDateTime(load_default=None, allow_none=True)
    minutes = fields.Integer(load_default=None, allow_none=True, strict=False, validate=validate.Range(1, 600))
    summary = _optional_prose(4000)


class NextActionSchema(StrictSchema):
    what = Words(500, required=True, enter="Enter what comes next.")
    on = fields.Date(required=True, error_messages=A_DATE)


class HoldSchema(StrictSchema):
    reason = Prose(500, required=True, enter="Enter why the case is on hold.")
    review_on = fields.Date(required=True, error_messages=A_DATE)


class PlanSchema(StrictSchema):
    matters = _optional_prose(4000)
    helps = _optional_prose(4000)
    hinders = _optional_prose(4000)
    agreed = fields.Boolean(load_default=None, allow_none=True)
    agreed_with = _optional_words(70)
    not_agreed_reason = _optional_words()
    review_on = fields.Date(load_default=None, allow_none=True, error_messages=A_DATE)
    version = fields.Integer(load_default=None, allow_none=True)


class PlanActionSchema(StrictSchema):
    what = Words(500, required=True, enter="Enter what will be done.")
    who = Words(70, required=True, enter="Enter who will do it.")
    due_on = fields.Date(load_default=None, allow_none=True, error_messages=A_DATE)
    confidence = fields.Integer(load_default=None, allow_none=True, validate=ONE_TO_TEN)


class GoalSchema(StrictSchema):
    text = Words(500, required=True, enter="Enter the goal in the person's own words.")
    importance = fields.Integer(load_default=None, allow_none=True, validate=ONE_TO_TEN)
    actions = fields.List(fields.Nested(PlanActionSchema), load_default=list, validate=validate.Length(max=20))


class AchievementSchema(StrictSchema):
    achievement = Choice(ACHIEVEMENTS, required=True, select="Select how far the goal was reached.")


class FinishReviewSchema(StrictSchema):
    note = Prose(4000, required=True, enter="Enter what the review found.")
    review_on = fields.Date(required=True, error_messages=A_DATE)


class OnwardSchema(StrictSchema):
    service_id = fields.UUID(required=True, error_messages={"required": "Select a listing."})
    message = Prose(500, required=True, enter="Enter what the group should know.")
    shared = Codes(SHAREABLE, load_default=list, select="Select what the person agreed to share.")
    consent_method = Choice(
        ("in_person", "by_phone"), required=True, select="Ask the person first, then select how they agreed."
    )


class AnswerSchema(StrictSchema):
    """Any action of an onward referral; which of them need a reason, the use case knows."""

    reason = Choice(OnwardReason, load_default=None, allow_none=True, select="Select a reason.")
    note = _optional_prose()
    first_visit_on = fields.Date(load_default=None, allow_none=True, error_messages=A_DATE)

    @post_load
    def as_reason(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"reason": OnwardReason(data["reason"]) if data["reason"] else None}


class SignpostSchema(StrictSchema):
    to = _optional_words(150)
    service_id = fields.UUID(load_default=None, allow_none=True)
    reason = _optional_prose(150)


class MeasureSchema(StrictSchema):
    instrument = Choice(INSTRUMENTS, required=True, select="Select which questions were asked.")
    answers = fields.Dict(
        keys=fields.String(validate=validate.Length(max=40)), values=fields.Integer(strict=True), required=True
    )
    mode = Choice(("assisted", "self"), load_default="assisted")


class CloseSchema(StrictSchema):
    reason = Choice(ClosureReason, required=True, select="Select how it ended.")
    outcome = Prose(2000, required=True, enter="Enter what changed for the person.")
    actions_for_gp = Prose(
        1000, required=True, enter='Enter what the GP needs to do. If there is nothing, write "Nothing".'
    )
    no_measure_reason = _optional_words(150)
    acknowledge_onward = fields.Boolean(load_default=False)

    @post_load
    def as_reason(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return data | {"reason": ClosureReason(data["reason"])}


class ErrorReasonSchema(StrictSchema):
    reason = Prose(500, required=True, enter="Enter why this referral should not have been made.")
