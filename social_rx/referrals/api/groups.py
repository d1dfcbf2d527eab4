"""What a community group was asked, and its answers; a link worker records those given by phone."""

import uuid
from typing import Any

from flask import Response, jsonify
from marshmallow import Schema, fields, validate

from social_rx.access import actor, allow
from social_rx.openapi import Doors
from social_rx.referrals import onward, queries
from social_rx.referrals.schemas.answers import RequestToGroupSchema, request_for
from social_rx.referrals.schemas.casework import AnswerSchema
from social_rx.referrals.status import GROUP, ONWARD
from social_rx.users import Role

api = Doors("groups_api", __name__, url_prefix="/api/v1/onward-referrals", description="The community group's side.")
READERS = (*sorted(GROUP), Role.LINK_WORKER, Role.COORDINATOR)


class PageSchema(Schema):
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))
    per_page = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class InboxSchema(Schema):
    total = fields.Integer()
    page = fields.Integer()
    per_page = fields.Integer()
    items = fields.List(fields.Nested(RequestToGroupSchema))


@api.get("")
@allow(*READERS)
@api.arguments(PageSchema, location="query")
@api.response(200, InboxSchema)
def index(query: dict[str, Any]) -> Response:
    """What your group was asked, newest first."""
    found, total = queries.inbox(actor(), **query)
    return jsonify(total=total, items=[request_for(actor(), onward_) for onward_ in found], **query)


@api.get("/<uuid:onward_id>")
@allow(*READERS)
@api.response(200, RequestToGroupSchema)
def read(onward_id: uuid.UUID) -> Response:
    """One request, with as much of the person as may be seen today."""
    return jsonify(request_for(actor(), queries.get_onward(actor(), onward_id)))


def _open(action: str) -> None:
    def view(data: dict[str, Any], onward_id: uuid.UUID) -> Response:
        return jsonify(request_for(actor(), onward.answer_onward(actor(), onward_id, action, **data)))

    words = action.replace("_", " ")
    view.__name__, view.__doc__ = action, f"{words.capitalize()}: an action of the onward referral's lifecycle."
    view = api.arguments(AnswerSchema)(api.response(200, RequestToGroupSchema)(view))
    view = allow(*map(Role, sorted(ONWARD.steps[action].by & set(READERS))))(view)
    api.post(f"/<uuid:onward_id>/{action}")(view)


for _action in ONWARD.steps:
    _open(_action)
