"""The end of a case: its outcome, and the letter that tells the GP what happened."""

from datetime import datetime

from flask import current_app

from social_rx import clock, events
from social_rx.db import db, transactional
from social_rx.errors import InvalidInput
from social_rx.referrals import notices, queries
from social_rx.referrals.caseload import case_to_change
from social_rx.referrals.letters import letter_to_gp
from social_rx.referrals.models import Attempt, Referral
from social_rx.referrals.status import ONWARD_LIVE, ClosureReason, OnwardReason
from social_rx.users import Actor


@transactional
def close_case(
    actor: Actor,
    reference: str,
    *,
    reason: ClosureReason,
    outcome: str,
    actions_for_gp: str,
    no_measure_reason: str | None = None,
    acknowledge_onward: bool = False,
) -> Referral:
    """Close a case and write to the GP.

    `outcome` says what changed for the person; `actions_for_gp` what the GP must do, "Nothing" included. Raises
    InvalidInput, naming every field, when the closure would leave something open or unsaid.
    """
    referral = case_to_change(actor, reference)
    referral.apply("close", actor)
    wrong: dict[str, list[str]] = {}
    if not actions_for_gp.strip():
        wrong["actions_for_gp"] = ['Enter what the GP needs to do. If there is nothing, write "Nothing".']
    if not referral.measures and not no_measure_reason:
        wrong["no_measure_reason"] = ["Record a wellbeing measure, or enter why there is none."]
    if any(onward.status in ONWARD_LIVE for onward in referral.onward) and not acknowledge_onward:
        wrong["acknowledge_onward"] = ["A group has not finished. Say that you know this, or end it first."]
    if reason == ClosureReason.UNABLE_TO_CONTACT and (why := why_not_given_up(referral.attempts)):
        wrong["reason"] = [why]
    if wrong:
        raise InvalidInput("This case cannot be closed yet.", wrong)
    for onward in referral.onward:
        onward.acknowledged = onward.acknowledged or onward.status in ONWARD_LIVE
    referral.closure_reason, referral.ending_note, referral.closed_at = reason, outcome, clock.now()
    if reason == ClosureReason.DIED:
        end_requests(actor, referral)
    referral.next_action, referral.next_action_on = None, None
    db.session.add(letter_to_gp(actor, referral, actions_for_gp=actions_for_gp, no_measure_reason=no_measure_reason))
    events.record("referral.closed", referral, actor, reason=reason)
    notices.tell_referrer(referral)
    return queries.as_it_now_is(actor, referral)


def why_not_given_up(attempts: list[Attempt]) -> str | None:
    """Why somebody has not been tried for long enough to close the case, in words; None when they have.

    Local policy: so many tries, on two different days at least, through two channels at least.
    """
    tries = current_app.config["CONTACT_ATTEMPTS"]
    days = {_day(attempt.at) for attempt in attempts}
    channels = {attempt.channel for attempt in attempts}
    if len(attempts) < tries:
        return f"Try at least {tries} times before you give up. You have tried {len(attempts)} times."
    if len(days) < 2:
        return "Try on at least 2 different days before you give up."
    if len(channels) < 2:
        return "Try in at least 2 different ways before you give up: phone and a letter, for example."
    return None


def _day(at: datetime) -> str:
    return at.astimezone(clock.LONDON).date().isoformat()


def end_requests(actor: Actor, referral: Referral) -> None:
    """Cancel whatever groups were asked and have not finished, and tell them that nothing more is needed."""
    for onward in queries.live_requests(referral):
        onward.apply("cancel", actor)
        onward.ended_at, onward.reason = clock.now(), OnwardReason.OTHER
        events.record("onward.cancelled", referral, actor, onward_id=str(onward.id), reason=onward.reason)
        notices.tell_group_it_is_over(onward)


@transactional
def enter_in_error(actor: Actor, reference: str, *, reason: str) -> Referral:
    """Strike out a referral that should never have been; what it said stays in the record."""
    referral = queries.referral_entered_in_error(reference)
    referral.apply("enter_in_error", actor)
    referral.next_action, referral.next_action_on = None, None
    referral.closed_at = referral.closed_at or clock.now()
    end_requests(actor, referral)
    events.record("referral.entered_in_error", referral, actor, reason=reason)
    return referral


@transactional
def read_letter(actor: Actor, reference: str) -> Referral:
    """Note that the practice has read what it was told about this referral."""
    referral = queries.referral_to_change(actor, reference)
    unread = [message for message in referral.messages if message.read_at is None]
    for message in unread:
        message.read_at = clock.now()
    if unread:
        events.record("letter.read", referral, actor)
    return referral
