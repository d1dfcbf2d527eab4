"""The hub decides: take a referral on, say no, let it wait, or give it to a link worker."""

import uuid
from datetime import date

from flask import current_app

from social_rx import clock, events
from social_rx.db import transactional
from social_rx.errors import InvalidInput
from social_rx.referrals import notices, queries
from social_rx.referrals.models import Referral
from social_rx.referrals.status import RejectionReason
from social_rx.users import Actor


@transactional
def start_triage(actor: Actor, reference: str) -> Referral:
    """Say that somebody is looking at it."""
    referral = queries.referral_to_change(actor, reference)
    referral.apply("start_triage", actor)
    events.record("referral.triage_started", referral, actor)
    return referral


@transactional
def accept_referral(actor: Actor, reference: str) -> Referral:
    referral = queries.referral_to_change(actor, reference)
    referral.apply("accept", actor)
    events.record("referral.accepted", referral, actor)
    return referral


@transactional
def reject_referral(actor: Actor, reference: str, *, reason: RejectionReason, note: str | None = None) -> Referral:
    """Say no, with a reason; the referrer is told."""
    referral = queries.referral_to_change(actor, reference)
    referral.apply("reject", actor)
    referral.rejection_reason, referral.ending_note, referral.closed_at = reason, note, clock.now()
    events.record("referral.rejected", referral, actor, reason=reason)
    notices.tell_referrer(referral)
    return referral


@transactional
def waitlist_referral(actor: Actor, reference: str, *, reason: str, expected_on: date) -> Referral:
    """Let an accepted referral wait for room. Raises InvalidInput when the date has passed."""
    if expected_on < clock.today():
        wrong = "Enter the date when you expect room: today or later."
        raise InvalidInput(wrong, {"expected_on": [wrong]})
    referral = queries.referral_to_change(actor, reference)
    referral.apply("waitlist", actor)
    referral.waiting_reason, referral.expected_on = reason, expected_on
    events.record("referral.waitlisted", referral, actor, expected_on=expected_on.isoformat())
    return referral


@transactional
def allocate_referral(
    actor: Actor, reference: str, *, link_worker_id: uuid.UUID, override_reason: str | None = None
) -> Referral:
    """Give the case to a link worker of the actor's teams; the first contact falls due.

    Raises InvalidInput when they are no link worker there, or hold as many cases as they may and no reason is given.
    """
    referral = queries.referral_to_change(actor, reference)
    referral.apply("allocate", actor)
    open_cases = {user.id: held for user, held in queries.link_workers_for(actor.place_path or "none")}
    if link_worker_id not in open_cases:
        raise InvalidInput("Select a link worker.", {"link_worker_id": ["Select a link worker of your teams."]})
    cap = current_app.config["CASELOAD_CAP"]
    if open_cases[link_worker_id] >= cap and not override_reason:
        has = open_cases[link_worker_id]
        wrong = f"This link worker has {has} open cases of {cap}. Choose another, or say why they should have this one."
        raise InvalidInput(wrong, {"override_reason": [wrong]})
    referral.link_worker_id = link_worker_id
    referral.next_action = "Make first contact"
    days = current_app.config["FIRST_CONTACT_DAYS"]
    referral.next_action_on = clock.add_working_days(clock.today(), days // 2)
    over = {"override_reason": override_reason} if override_reason else {}
    events.record("referral.allocated", referral, actor, link_worker_id=str(link_worker_id), **over)
    notices.tell_link_worker(referral)
    return queries.as_it_now_is(actor, referral)
