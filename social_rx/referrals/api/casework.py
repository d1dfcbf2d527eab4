"""What a link worker records in a case: tries, contacts, next action, plan, measures, signposts."""

import uuid
from typing import Any

from flask import Response

from social_rx.access import actor, allow
from social_rx.openapi import Doors, version_read
from social_rx.referrals import caseload, measures, onward, planning, queries
from social_rx.referrals.api.requests import answer
from social_rx.referrals.schemas import casework
from social_rx.referrals.schemas.answers import CaseSchema, LinkWorkersSchema, OnwardOutSchema, PlanOutSchema
from social_rx.users import Role

api = Doors("casework_api", __name__, url_prefix="/api/v1", description="The link worker's case.")


@api.get("/link-workers")
@allow(Role.COORDINATOR)
@api.response(200, LinkWorkersSchema)
def link_workers() -> dict[str, Any]:
    """The link workers of your teams, fewest open cases first."""
    found = queries.link_workers_for(actor().place_path or "none")
    return {"items": [{"id": user.id, "name": user.name, "email": user.email, "open_cases": n} for user, n in found]}


@api.post("/referrals/<reference>/attempts")
@allow(Role.LINK_WORKER)
@api.arguments(casework.AttemptSchema)
@api.response(201, CaseSchema)
def attempt(data: dict[str, Any], reference: str) -> Response:
    """Record a try that reached nobody."""
    return answer(caseload.record_attempt(actor(), reference, **data), 201)


@api.post("/referrals/<reference>/contacts")
@allow(Role.LINK_WORKER)
@api.arguments(casework.ContactSchema)
@api.response(201, CaseSchema)
def contact(data: dict[str, Any], reference: str) -> Response:
    """Record an appointment or a conversation."""
    return answer(caseload.record_contact(actor(), reference, **data), 201)


@api.put("/referrals/<reference>/next-action")
@allow(Role.LINK_WORKER)
@api.arguments(casework.NextActionSchema)
@api.response(200, CaseSchema)
def next_action(data: dict[str, Any], reference: str) -> Response:
    """Say what comes next, and when."""
    return answer(caseload.set_next_action(actor(), reference, **data))


@api.get("/referrals/<reference>/plan")
@allow(Role.LINK_WORKER, Role.COORDINATOR)
@api.response(200, PlanOutSchema)
def read_plan(reference: str) -> Response:
    """The plan, with its version as ETag; empty before it is written."""
    plan = queries.get_referral(actor(), reference).plan
    response = Response(PlanOutSchema().dumps(plan or {}), mimetype="application/json")
    if plan:
        response.set_etag(str(plan.version))
    return response


@api.put("/referrals/<reference>/plan")
@allow(Role.LINK_WORKER)
@api.arguments(casework.PlanSchema(exclude=("version",)))
@api.response(200, CaseSchema)
def write_plan(data: dict[str, Any], reference: str) -> Response:
    """Write the plan's words. Once there is a plan, If-Match must carry the ETag it was read with."""
    version = version_read() if queries.get_referral(actor(), reference).plan else None
    return answer(planning.save_plan(actor(), reference, version=version, **data))


@api.post("/referrals/<reference>/goals")
@allow(Role.LINK_WORKER)
@api.arguments(casework.GoalSchema)
@api.response(201, CaseSchema)
def goal(data: dict[str, Any], reference: str) -> Response:
    """Add a goal, with the actions that lead to it."""
    return answer(planning.add_goal(actor(), reference, **data), 201)


@api.put("/referrals/<reference>/goals/<uuid:goal_id>/achievement")
@allow(Role.LINK_WORKER)
@api.arguments(casework.AchievementSchema)
@api.response(200, CaseSchema)
def achievement(data: dict[str, Any], reference: str, goal_id: uuid.UUID) -> Response:
    """Say how far a goal has been reached."""
    return answer(planning.record_achievement(actor(), reference, goal_id, **data))


@api.post("/referrals/<reference>/measures")
@allow(Role.LINK_WORKER)
@api.arguments(casework.MeasureSchema)
@api.response(201, CaseSchema)
def measure(data: dict[str, Any], reference: str) -> Response:
    """Record the answers to an instrument, such as ONS4."""
    return answer(measures.record_measure(actor(), reference, **data), 201)


@api.post("/referrals/<reference>/signposts")
@allow(Role.LINK_WORKER)
@api.arguments(casework.SignpostSchema)
@api.response(201, CaseSchema)
def signpost(data: dict[str, Any], reference: str) -> Response:
    """Note that a name and a number were handed over."""
    return answer(onward.signpost(actor(), reference, **data), 201)


@api.post("/referrals/<reference>/onward-referrals")
@allow(Role.LINK_WORKER)
@api.arguments(casework.OnwardSchema)
@api.response(201, OnwardOutSchema)
def refer_onward(data: dict[str, Any], reference: str) -> Any:
    """Ask a community group to help; the person must have agreed to what is shared."""
    return onward.refer_onward(actor(), reference, **data)
