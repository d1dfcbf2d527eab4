"""The step to a community group: asking it, its answer, and a name and number handed over instead.

Nothing that identifies the person reaches a group without their recorded agreement to this very group.
"""

import uuid
from datetime import date, timedelta
from typing import NamedTuple

from social_rx import clock, events
from social_rx.db import db, transactional
from social_rx.directory.models import Service
from social_rx.errors import Conflict, Forbidden, InvalidInput
from social_rx.referrals import notices, queries
from social_rx.referrals.caseload import case_to_change, open_case
from social_rx.referrals.consent import SHARE_WITH_GROUP, record_consent
from social_rx.referrals.models import OnwardReferral, Referral, Signpost
from social_rx.referrals.status import ONWARD, ONWARD_FINAL, ONWARD_LIVE, WORKING, OnwardReason, OnwardStatus
from social_rx.users import Actor, Role

SHAREABLE = {
    "name": "Full name",
    "phone": "Phone number",
    "email": "E-mail address",
    "contact_note": "How to reach them safely",
    "access_needs": "Language, interpreter and access needs",
}


class Answer(NamedTuple):
    """What an action on an onward referral does besides changing its status."""

    event: str
    needs_reason: bool
    next_action: str


ANSWERS = {
    "accept": Answer("onward.accepted", False, "Check that the first visit is arranged"),
    "reject": Answer("onward.rejected", True, "The group said no: find another"),
    "waitlist": Answer("onward.waitlisted", False, "The person waits for the group: keep in touch"),
    "start": Answer("onward.started", False, "Ask how the first visit went"),
    "not_start": Answer("onward.not_started", True, "It did not begin: find out why"),
    "complete": Answer("onward.completed", False, "The group has finished: review the plan"),
    "drop_out": Answer("onward.dropped_out", True, "The person stopped going: find out why"),
    "cancel": Answer("onward.cancelled", True, "Decide what comes next"),
}


@transactional
def refer_onward(
    actor: Actor, reference: str, *, service_id: uuid.UUID, message: str, shared: list[str], consent_method: str
) -> OnwardReferral:
    """Ask a community group to help the person; `shared` names what they agreed the group may see.

    Raises InvalidInput when the listing cannot be referred to or asked already, Conflict when the case is not active.
    """
    referral = case_to_change(actor, reference)
    service = queries.service_to_refer_to(service_id)
    _must_be_askable(referral, service)
    consent = record_consent(
        actor,
        referral,
        purpose=SHARE_WITH_GROUP,
        given=True,
        method=consent_method,
        organisation_id=service.organisation_id,
    )
    onward = OnwardReferral(
        id=uuid.uuid4(),
        referral_id=referral.id,
        consent=consent,
        service=service,
        organisation=service.organisation,
        service_name=service.name,
        message=message,
        shared=shared,
        sent_by_id=actor.user_id,
        sent_by_name=actor.name,
    )
    db.session.add(onward)
    referral.next_action = "Check that the group has answered"
    referral.next_action_on = clock.add_working_days(clock.today(), 5)
    events.record("onward.sent", referral, actor, onward_id=str(onward.id), service_id=str(service_id))
    notices.tell_group(onward)
    db.session.flush()
    return queries.get_onward(actor, onward.id)


def _must_be_askable(referral: Referral, service: Service) -> None:
    if referral.status not in WORKING or referral.first_contact_at is None:
        raise Conflict("Speak to the person first: an onward referral is part of an open case.")
    wrong = service.why_not_referable
    if any(held.service_id == service.id and held.status in ONWARD_LIVE for held in referral.onward):
        wrong = "This group has already been asked and has not finished."
    if wrong:
        raise InvalidInput(wrong, {"service_id": [wrong]})


@transactional
def answer_onward(
    actor: Actor,
    onward_id: uuid.UUID,
    action: str,
    *,
    reason: OnwardReason | None = None,
    note: str | None = None,
    first_visit_on: date | None = None,
) -> OnwardReferral:
    """Take one action of the onward lifecycle: the group's, or a link worker's who records what it said by phone.

    Raises InvalidInput when the action needs a reason and has none.
    """
    onward = _request_to_change(actor, onward_id)
    referral = onward.referral
    answer = ANSWERS[action]
    onward.apply(action, actor)
    if answer.needs_reason and reason is None:
        raise InvalidInput("Say why.", {"reason": ["Select a reason."]})
    onward.reason = reason or onward.reason
    onward.group_note = note or onward.group_note
    if first_visit_on:
        _must_fit(onward, first_visit_on, came=action == "start")
        onward.first_visit_on = first_visit_on
    _set_times(onward)
    if referral.status in WORKING:
        referral.next_action, referral.next_action_on = answer.next_action, clock.add_working_days(clock.today(), 1)
    why = {"reason": reason} if reason else {}
    events.record(answer.event, referral, actor, onward_id=str(onward.id), **why)
    if actor.role != Role.LINK_WORKER:
        notices.tell_link_worker(referral)
    return onward


@transactional
def arrange_first_visit(actor: Actor, onward_id: uuid.UUID, *, first_visit_on: date) -> OnwardReferral:
    """Note when the person is expected at the group. Raises Conflict unless the group has said yes."""
    onward = _request_to_change(actor, onward_id)
    if "start" not in ONWARD.actions(onward.status, actor.role):
        raise Conflict("A first visit can be arranged once the group has said yes, and before it has taken place.")
    _must_fit(onward, first_visit_on, came=False)
    onward.first_visit_on = first_visit_on
    visit = {"onward_id": str(onward.id), "first_visit_on": first_visit_on.isoformat()}
    events.record("onward.first_visit_set", onward.referral, actor, **visit)
    return onward


def _must_fit(onward: OnwardReferral, first_visit_on: date, *, came: bool) -> None:
    """A visit that took place lies between the request and today; one that is planned, in the year to come."""
    today = clock.today()
    earliest, latest = (onward.sent_at.date(), today) if came else (today, today + timedelta(days=365))
    if not earliest <= first_visit_on <= latest:
        when = "a date since you were asked, up to today" if came else "today or a date in the year to come"
        raise InvalidInput("Check the date.", {"first_visit_on": [f"Enter {when}."]})


def request_to_answer(actor: Actor, onward_id: uuid.UUID, action: str) -> OnwardReferral:
    """The request, before the form of an action is shown. Raises ActionNotAllowed when it cannot be taken now."""
    onward = queries.get_onward(actor, onward_id)
    ONWARD.after(action, onward.status, actor.role)
    return onward


def _request_to_change(actor: Actor, onward_id: uuid.UUID) -> OnwardReferral:
    onward = queries.onward_to_change(actor, onward_id)
    if actor.role == Role.LINK_WORKER and onward.referral.link_worker_id != actor.user_id:
        raise Forbidden("This is another link worker's case.")
    return onward


def _set_times(onward: OnwardReferral) -> None:
    now = clock.now()
    if onward.status == OnwardStatus.ACCEPTED:
        onward.accepted_at = now
    elif onward.status == OnwardStatus.STARTED:
        onward.started_at = now
    elif onward.status in ONWARD_FINAL:
        onward.ended_at = now


@transactional
def signpost(
    actor: Actor,
    reference: str,
    *,
    to: str | None = None,
    service_id: uuid.UUID | None = None,
    reason: str | None = None,
) -> Referral:
    """Note that a name and a number were handed over: a listing's, or any other in words."""
    referral = open_case(actor, reference)
    name = queries.service_to_refer_to(service_id).name if service_id else to
    if not name:
        raise InvalidInput("To whom?", {"to": ["Enter the name of the service, or choose a listing."]})
    db.session.add(
        Signpost(referral_id=referral.id, to=name, service_id=service_id, reason=reason, by_id=actor.user_id)
    )
    events.record("signpost.given", referral, actor, **({"service_id": str(service_id)} if service_id else {}))
    return queries.as_it_now_is(actor, referral)
