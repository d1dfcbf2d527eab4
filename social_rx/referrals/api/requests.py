"""Drafting, sending, listing and reading referrals, and every action of the referral's lifecycle."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from social_rx.access import actor, allow
from social_rx.openapi import Doors, version_read
from social_rx.referrals import caseload, closing, feedback, planning, queries, referring, triage
from social_rx.referrals.schemas import casework, requests
from social_rx.referrals.schemas.answers import CaseSchema, EventSchema, ReferralLineSchema, line_for, referral_for
from social_rx.referrals.status import PRACTICE, REFERRAL, ReferralStatus
from social_rx.users import Role

api = Doors("referrals_api", __name__, url_prefix="/api/v1/referrals", description="From request to outcome.")
READERS = (*sorted(PRACTICE), Role.LINK_WORKER, Role.COORDINATOR)


class ListQuerySchema(Schema):
    status = fields.List(fields.Enum(ReferralStatus, by_value=True), load_default=list)
    mine = fields.Boolean(load_default=False)
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))
    per_page = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class ReferralsSchema(Schema):
    total = fields.Integer()
    page = fields.Integer()
    per_page = fields.Integer()
    items = fields.List(fields.Nested(ReferralLineSchema))


class TimelineSchema(Schema):
    items = fields.List(fields.Nested(EventSchema))


def answer(referral: Any, status: int = 200) -> Response:
    """One referral as this actor may see it, with its version as ETag."""
    response = jsonify(referral_for(actor(), referral))
    response.status_code = status
    response.set_etag(str(referral.version))
    return response


@api.get("")
@allow(*READERS)
@api.arguments(ListQuerySchema, location="query")
@api.response(200, ReferralsSchema)
def index(query: dict[str, Any]) -> Response:
    """The referrals you may see, newest first."""
    found, total = queries.list_referrals(actor(), **query)
    items = [line_for(actor(), referral) for referral in found]
    return jsonify(total=total, page=query["page"], per_page=query["per_page"], items=items)


@api.post("")
@allow(*sorted(PRACTICE))
@api.arguments(requests.DraftSchema)
@api.response(201, CaseSchema)
def draft(data: dict[str, Any]) -> Response:
    """Write a draft; nobody but your practice sees it until you submit it."""
    return answer(referring.draft_referral(actor(), **data), 201)


@api.get("/<reference>")
@allow(*READERS)
@api.response(200, CaseSchema)
def read(reference: str) -> Response:
    """One referral, with as much of it as your role may see."""
    return answer(queries.get_referral(actor(), reference))


@api.put("/<reference>")
@allow(*sorted(PRACTICE))
@api.arguments(requests.DraftSchema)
@api.response(200, CaseSchema)
def revise(data: dict[str, Any], reference: str) -> Response:
    """Write a draft again; If-Match must carry the ETag it was read with."""
    return answer(referring.revise_draft(actor(), reference, version=version_read(), **data))


@api.get("/<reference>/timeline")
@allow(*READERS)
@api.response(200, TimelineSchema)
def timeline(reference: str) -> dict[str, Any]:
    """What has happened to it, oldest first."""
    return {"items": feedback.timeline_for(actor(), reference)}


class Door(NamedTuple):
    """What an action takes, and the use case it opens."""

    takes: type[Schema]
    use_case: Callable[..., Any]


def _resume(to: str) -> Door:
    return Door(requests.NothingSchema, partial(caseload.resume_case, to=to))


DOORS = {
    "submit": Door(requests.SubmitSchema, referring.submit_referral),
    "start_triage": Door(requests.NothingSchema, triage.start_triage),
    "accept": Door(requests.NothingSchema, triage.accept_referral),
    "reject": Door(requests.RejectSchema, triage.reject_referral),
    "cancel": Door(requests.CancelSchema, referring.cancel_referral),
    "waitlist": Door(requests.WaitlistSchema, triage.waitlist_referral),
    "allocate": Door(requests.AllocateSchema, triage.allocate_referral),
    "start_contacting": Door(requests.NothingSchema, caseload.start_contacting),
    "start_assessing": Door(requests.NothingSchema, caseload.start_assessing),
    "start_supporting": Door(requests.NothingSchema, planning.start_supporting),
    "start_reviewing": Door(requests.NothingSchema, planning.start_reviewing),
    "finish_reviewing": Door(casework.FinishReviewSchema, planning.finish_reviewing),
    "hold": Door(casework.HoldSchema, caseload.hold_case),
    "resume_contacting": _resume("contacting"),
    "resume_assessing": _resume("assessing"),
    "resume_supporting": _resume("supporting"),
    "resume_reviewing": _resume("reviewing"),
    "close": Door(casework.CloseSchema, closing.close_case),
    "enter_in_error": Door(casework.ErrorReasonSchema, closing.enter_in_error),
}


def _open(action: str, door: Door) -> None:
    def view(data: dict[str, Any], reference: str) -> Response:
        return answer(door.use_case(actor(), reference, **data))

    words = action.replace("_", " ")
    view.__name__, view.__doc__ = (
        action,
        f"{words.capitalize()}: an action of the lifecycle, refused with 409 when not allowed.",
    )
    view = api.arguments(door.takes)(api.response(200, CaseSchema)(view))
    view = allow(*map(Role, sorted(REFERRAL.steps[action].by)))(view)
    api.post(f"/<reference>/{action}")(view)


for _action, _door in DOORS.items():
    _open(_action, _door)
