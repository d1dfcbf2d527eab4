"""What comes in from pages, where a form on paper-like pages has another shape than the API's JSON."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from social_rx.fields import Choice, Prose, StrictSchema, Words
from social_rx.referrals.contacting import HAPPENINGS
from social_rx.referrals.measures import INSTRUMENTS
from social_rx.referrals.schemas.casework import A_DATE, FROM_ONE_TO_TEN, ONE_TO_TEN, SignpostSchema


class HappenedSchema(StrictSchema):
    """What happened, in one choice; a button sends it alone."""

    quick = Choice(HAPPENINGS, required=True, select="Select what happened.", attribute="happened")
    note = Prose(4000, load_default=None)
    minutes = fields.Integer(
        load_default=None,
        validate=validate.Range(1, 600, error="Enter a number of minutes from 1 to 600."),
        error_messages={"invalid": "Enter a number of minutes, like 20."},
    )


class GoalFormSchema(StrictSchema):
    """A goal with one action, side by side on the page."""

    text = Words(500, required=True, enter="Enter the goal in the person's own words.")
    importance = fields.Integer(load_default=None, validate=ONE_TO_TEN, error_messages={"invalid": FROM_ONE_TO_TEN})
    what = Words(500, load_default=None)
    who = Words(70, load_default=None)
    due_on = fields.Date(load_default=None, error_messages=A_DATE)
    confidence = fields.Integer(load_default=None, validate=ONE_TO_TEN, error_messages={"invalid": FROM_ONE_TO_TEN})

    @validates_schema
    def a_whole_action(self, data: dict[str, Any], **_: Any) -> None:
        if data["what"] and not data["who"]:
            raise ValidationError({"who": ["Enter who will do it."]})
        if not data["what"] and (data["who"] or data["due_on"] or data["confidence"]):
            raise ValidationError({"what": ["Enter what will be done."]})

    @post_load
    def as_actions(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        action = {name: data.pop(name) for name in ("what", "who", "due_on", "confidence")}
        return data | {"actions": [action] if action["what"] else []}


class SignpostFormSchema(SignpostSchema):
    """A service in words, where no listing was chosen before."""

    @validates_schema
    def to_somebody(self, data: dict[str, Any], **_: Any) -> None:
        if not data["to"] and not data["service_id"]:
            raise ValidationError({"to": ["Enter whose details you gave."]})


class FirstVisitSchema(StrictSchema):
    first_visit_on = fields.Date(required=True, error_messages=A_DATE)


def answers_schema(instrument: str) -> Schema:
    """The questions of one instrument as a form; a question left for later is not there."""
    questions = INSTRUMENTS[instrument].questions
    items: dict[str, Any] = {
        item: fields.Integer(validate=validate.OneOf(question.answers, error="Select one of the answers."))
        for item, question in questions.items()
    }
    return StrictSchema.from_dict(items)()
