"""The plan a person and their link worker make: what matters, goals, actions, agreement, review."""

import uuid
from datetime import date, timedelta
from typing import Any

from flask import current_app

from social_rx import clock, events
from social_rx.db import db, transactional
from social_rx.errors import ChangedMeanwhile, InvalidInput, NotFound
from social_rx.referrals import queries
from social_rx.referrals.caseload import case_to_change, open_case
from social_rx.referrals.guards import must_be_ready
from social_rx.referrals.models import Goal, Plan, PlanAction, Referral
from social_rx.referrals.status import ReferralStatus
from social_rx.users import Actor

ACHIEVEMENTS = {
    "not_started": "Not started",
    "started": "Started",
    "achieved": "Achieved",
    "partly_achieved": "Partly achieved",
    "not_achieved": "Not achieved",
    "changed": "Changed",
}


@transactional
def save_plan(actor: Actor, reference: str, *, version: int | None = None, **words: Any) -> Referral:
    """Write the plan's own words: matters, helps, hinders, agreed, agreed_with, not_agreed_reason, review_on.

    `version` is the plan's when it was read, None when there was none yet. Raises ChangedMeanwhile when somebody else
    has saved it since, and InvalidInput when it is neither agreed with somebody nor says why not.
    """
    referral = open_case(actor, reference)
    if version != (referral.plan.version if referral.plan else None):
        raise ChangedMeanwhile("Somebody else changed this plan while you were writing. Load it again and retry.")
    plan = _plan_of(referral)
    for name, value in words.items():
        setattr(plan, name, value)
    _must_say_who_agreed(plan)
    events.record("plan.saved", referral, actor, agreed=plan.agreed)
    return queries.as_it_now_is(actor, referral)


def _must_say_who_agreed(plan: Plan) -> None:
    if plan.agreed and not plan.agreed_with:
        raise InvalidInput(
            "Who agreed?", {"agreed_with": ["Enter who agreed the plan: the person, or who speaks for them."]}
        )
    if plan.agreed is False and not plan.not_agreed_reason:
        raise InvalidInput("Why not?", {"not_agreed_reason": ["Enter why the plan is not agreed."]})


def _plan_of(referral: Referral) -> Plan:
    if referral.plan is None:
        plan = Plan(id=uuid.uuid4(), referral_id=referral.id, goals=[])
        db.session.add(plan)
        referral.plan = plan
    return referral.plan


@transactional
def add_goal(
    actor: Actor,
    reference: str,
    *,
    text: str,
    importance: int | None = None,
    actions: list[dict[str, Any]] | None = None,
) -> Referral:
    """Add one goal, with the actions that lead to it; `importance` and each `confidence` are 1 to 10."""
    referral = open_case(actor, reference)
    goal = Goal(text=text, importance=importance)
    goal.actions = [PlanAction(**action) for action in actions or []]
    _plan_of(referral).goals.append(goal)
    events.record("goal.added", referral, actor)
    return queries.as_it_now_is(actor, referral)


@transactional
def record_achievement(actor: Actor, reference: str, goal_id: uuid.UUID, *, achievement: str) -> Referral:
    """Say how far a goal has been reached. Raises NotFound when the case has no such goal."""
    referral = open_case(actor, reference)
    goal = next((goal for goal in (referral.plan.goals if referral.plan else []) if goal.id == goal_id), None)
    if goal is None:
        raise NotFound("We could not find that goal in this plan.")
    goal.achievement = achievement
    events.record("goal.achievement_recorded", referral, actor, goal_id=str(goal_id), achievement=achievement)
    return queries.as_it_now_is(actor, referral)


@transactional
def start_supporting(actor: Actor, reference: str) -> Referral:
    """Begin to act on the plan. Raises InvalidInput before it has a goal and says whether it was agreed."""
    referral = case_to_change(actor, reference)
    referral.apply("start_supporting", actor)
    must_be_ready(referral, ReferralStatus.SUPPORTING)
    plan = _plan_of(referral)
    review_on = plan.review_on or clock.today() + timedelta(weeks=current_app.config["REVIEW_WEEKS"])
    plan.review_on = review_on
    referral.next_action, referral.next_action_on = "Review the plan", review_on
    events.record("referral.supporting_started", referral, actor)
    return referral


@transactional
def start_reviewing(actor: Actor, reference: str) -> Referral:
    referral = case_to_change(actor, reference)
    referral.apply("start_reviewing", actor)
    referral.next_action, referral.next_action_on = "Finish the review", clock.add_working_days(clock.today(), 5)
    events.record("referral.review_started", referral, actor)
    return referral


@transactional
def finish_reviewing(actor: Actor, reference: str, *, note: str, review_on: date) -> Referral:
    """Go on after a review, with what was found and when the next one is."""
    referral = case_to_change(actor, reference)
    referral.apply("finish_reviewing", actor)
    if review_on <= clock.today():
        raise InvalidInput("Enter a later day.", {"review_on": ["Enter a date after today."]})
    plan = _plan_of(referral)
    plan.review_on, plan.review_note = review_on, note
    referral.next_action, referral.next_action_on = "Review the plan", review_on
    events.record("referral.review_finished", referral, actor, review_on=review_on.isoformat())
    return queries.as_it_now_is(actor, referral)
