"""What goes out about a referral: one schema for each kind of viewer, each listing what that viewer may see."""

from typing import Any

from marshmallow import Schema, fields

from social_rx.referrals.measures import score
from social_rx.referrals.models import MeasureResponse, OnwardReferral, Referral
from social_rx.referrals.sharing import what_the_group_may_see
from social_rx.referrals.status import ONWARD, REFERRAL
from social_rx.users import Actor, Role


class NameSchema(Schema):
    name = fields.String()


class PersonLineSchema(Schema):
    """Enough of a person to know who is meant."""

    given_name = fields.String()
    family_name = fields.String()
    date_of_birth = fields.Date()
    nhs_number = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)


class PersonSchema(PersonLineSchema):
    gender = fields.String()
    language = fields.String()
    interpreter = fields.Boolean()
    address = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    safe_to_phone = fields.Boolean()
    safe_to_leave_message = fields.Boolean()
    contact_note = fields.String(allow_none=True)
    access_needs = fields.String(allow_none=True)


class NeedSchema(Schema):
    code = fields.String()
    text = fields.String(allow_none=True)
    reporter = fields.String()


class RiskSchema(Schema):
    code = fields.String()
    text = fields.String(allow_none=True)
    started_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)


class ConsentSchema(Schema):
    purpose = fields.String()
    given = fields.Boolean()
    method = fields.String(allow_none=True)
    at = fields.AwareDateTime()
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class AttemptOutSchema(Schema):
    at = fields.AwareDateTime()
    channel = fields.String()
    outcome = fields.String()
    note = fields.String(allow_none=True)
    by_name = fields.String()


class ContactOutSchema(Schema):
    at = fields.AwareDateTime()
    mechanism = fields.String()
    attended = fields.String()
    minutes = fields.Integer(allow_none=True)
    summary = fields.String(allow_none=True)
    by_name = fields.String()


class PlanActionOutSchema(Schema):
    what = fields.String()
    who = fields.String()
    due_on = fields.Date(allow_none=True)
    confidence = fields.Integer(allow_none=True)
    status = fields.String()


class GoalOutSchema(Schema):
    id = fields.UUID()
    text = fields.String()
    importance = fields.Integer(allow_none=True)
    achievement = fields.String()
    actions = fields.List(fields.Nested(PlanActionOutSchema))


class PlanOutSchema(Schema):
    matters = fields.String(allow_none=True)
    helps = fields.String(allow_none=True)
    hinders = fields.String(allow_none=True)
    agreed = fields.Boolean(allow_none=True)
    agreed_with = fields.String(allow_none=True)
    not_agreed_reason = fields.String(allow_none=True)
    review_on = fields.Date(allow_none=True)
    review_note = fields.String(allow_none=True)
    goals = fields.List(fields.Nested(GoalOutSchema))
    version = fields.Integer()


class MeasureOutSchema(Schema):
    instrument = fields.String()
    instrument_version = fields.String()
    at = fields.AwareDateTime()
    answers = fields.Dict(keys=fields.String(), values=fields.Integer())
    scores = fields.Function(lambda response: _scores(response), metadata={"type": "object"})


class OnwardOutSchema(Schema):
    """An onward referral as the practice, link worker and hub see it."""

    id = fields.UUID()
    service_id = fields.UUID()
    service_name = fields.String()
    organisation = fields.Pluck("NameSchema", "name")
    status = fields.String()
    sent_at = fields.AwareDateTime()
    accepted_at = fields.AwareDateTime(allow_none=True)
    started_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    first_visit_on = fields.Date(allow_none=True)
    reason = fields.String(allow_none=True)
    group_note = fields.String(allow_none=True)


class SignpostOutSchema(Schema):
    to = fields.String()
    service_id = fields.UUID(allow_none=True)
    reason = fields.String(allow_none=True)
    at = fields.AwareDateTime()


class LetterSchema(Schema):
    kind = fields.String()
    subject = fields.String()
    actions_text = fields.String()
    body = fields.String()
    sent_at = fields.AwareDateTime()
    read_at = fields.AwareDateTime(allow_none=True)


class ReferralLineSchema(Schema):
    """One line of a list; what practice reception and connected systems see of a whole referral."""

    reference = fields.String()
    status = fields.String()
    actions = fields.List(fields.String())
    person = fields.Nested(PersonLineSchema)
    needs = fields.List(fields.Nested(NeedSchema))
    service_id = fields.UUID(allow_none=True)
    service_name = fields.String(allow_none=True)
    urgent = fields.Boolean()
    referrer_name = fields.String()
    link_worker = fields.Pluck("NameSchema", "name", allow_none=True)
    created_at = fields.AwareDateTime()
    received_at = fields.AwareDateTime(allow_none=True)
    first_contact_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    rejection_reason = fields.String(allow_none=True)
    cancellation_reason = fields.String(allow_none=True)
    closure_reason = fields.String(allow_none=True)
    version = fields.Integer()


class ReferralForPracticeSchema(ReferralLineSchema):
    """A referral as the clinician who sent it sees it: no team notes, plan or scores."""

    person = fields.Nested(PersonSchema)
    reason = fields.String()
    risks = fields.List(fields.Nested(RiskSchema))
    consents = fields.List(fields.Nested(ConsentSchema))
    ending_note = fields.String(allow_none=True)
    waiting_reason = fields.String(allow_none=True)
    expected_on = fields.Date(allow_none=True)
    onward = fields.List(fields.Nested(OnwardOutSchema))
    messages = fields.List(fields.Nested(LetterSchema))


class CaseSchema(ReferralForPracticeSchema):
    """A referral as its link worker and the hub see it."""

    next_action = fields.String(allow_none=True)
    next_action_on = fields.Date(allow_none=True)
    hold_reason = fields.String(allow_none=True)
    review_on = fields.Date(allow_none=True)
    attempts = fields.List(fields.Nested(AttemptOutSchema))
    contacts = fields.List(fields.Nested(ContactOutSchema))
    plan = fields.Nested(PlanOutSchema, allow_none=True)
    measures = fields.List(fields.Nested(MeasureOutSchema))
    signposts = fields.List(fields.Nested(SignpostOutSchema))


class EnteredInErrorSchema(Schema):
    """All that an administrator sees of a referral."""

    reference = fields.String()
    status = fields.String()


class RequestToGroupSchema(Schema):
    """An onward referral as the community group sees it."""

    id = fields.UUID()
    service_name = fields.String()
    status = fields.String()
    actions = fields.List(fields.String())
    person = fields.Dict(keys=fields.String(), values=fields.Raw())
    needs = fields.List(fields.String())
    message = fields.String(allow_none=True)
    link_worker = fields.String(allow_none=True)
    sent_at = fields.AwareDateTime()
    first_visit_on = fields.Date(allow_none=True)
    reason = fields.String(allow_none=True)
    group_note = fields.String(allow_none=True)
    version = fields.Integer()


class LinkWorkerSchema(Schema):
    id = fields.UUID()
    name = fields.String()
    email = fields.String()
    open_cases = fields.Integer()


class LinkWorkersSchema(Schema):
    items = fields.List(fields.Nested(LinkWorkerSchema))


class EventSchema(Schema):
    at = fields.AwareDateTime()
    name = fields.String()
    actor_name = fields.String()
    actor_role = fields.String()


VIEWS: dict[Role, type[Schema]] = {
    Role.REFERRER: ReferralForPracticeSchema,
    Role.PRACTICE_ADMIN: ReferralLineSchema,
    Role.API_CLIENT: ReferralLineSchema,
    Role.LINK_WORKER: CaseSchema,
    Role.COORDINATOR: CaseSchema,
    Role.ADMINISTRATOR: EnteredInErrorSchema,
}


def _scores(response: MeasureResponse) -> dict[str, Any]:
    return score(response.instrument, response.answers)


def referral_for(actor: Actor, referral: Referral) -> dict[str, Any]:
    """One referral as this actor may see it, with the actions they may take now."""
    view = VIEWS.get(actor.role, EnteredInErrorSchema)
    shown = view(exclude=("actions",) if "actions" in view().fields else ()).dump(referral)
    return shown | {"actions": REFERRAL.actions(referral.status, actor.role)}


def line_for(actor: Actor, referral: Referral) -> dict[str, Any]:
    """One referral in a list."""
    shown = ReferralLineSchema(exclude=("actions",)).dump(referral)
    return shown | {"actions": REFERRAL.actions(referral.status, actor.role)}


def request_for(actor: Actor, onward: OnwardReferral) -> dict[str, Any]:
    """One onward referral as the group it was sent to may see it."""
    worker = onward.referral.link_worker
    person = what_the_group_may_see(onward)
    message, needs = person.pop("message", None), person.pop("needs", [])
    more = {
        "actions": ONWARD.actions(onward.status, actor.role),
        "person": person,
        "message": message,
        "needs": needs,
        "link_worker": worker.name if worker else None,
    }
    return RequestToGroupSchema(exclude=tuple(more)).dump(onward) | more
