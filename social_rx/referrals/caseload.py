"""What a link worker does from day to day: tries, contacts, the next action, and holding a case."""

from datetime import date, datetime, timedelta

from flask import current_app

from social_rx import clock, events
from social_rx.db import db, transactional
from social_rx.errors import Conflict, Forbidden, InvalidInput
from social_rx.referrals import queries
from social_rx.referrals.guards import must_be_ready
from social_rx.referrals.models import Attempt, Contact, Referral
from social_rx.referrals.status import REFERRAL, ReferralStatus
from social_rx.users import Actor, Role

CHANNELS = {"phone": "Phone", "text": "Text message", "letter": "Letter", "email": "E-mail", "visit": "Visit"}
ATTEMPT_OUTCOMES = {
    "no_answer": "No answer",
    "left_message": "Left a message",
    "sent": "Sent",
    "wrong_number": "Wrong number",
}
# NHS Data Dictionary: consultation mechanism.
MECHANISMS = {
    "01": "Face to face",
    "02": "Telephone",
    "04": "Talk type",
    "05": "E-mail",
    "09": "Text message",
    "10": "Instant message",
    "11": "Video",
    "12": "Message board",
    "13": "Chat room",
    "98": "Other",
}
# NHS Data Dictionary: attended or did not attend.
ATTENDED = {
    "5": "Came on time",
    "6": "Came late and was seen",
    "7": "Came late and was not seen",
    "2": "Cancelled by the person",
    "3": "Did not come",
    "4": "Cancelled by us",
}
NOT_YOURS = "This is another link worker's case. Ask the hub to hand it over."
RETRY_DAYS = 3
FOLLOW_UP_DAYS = 10
DID_NOT_COME = {"7", "3"}


def case_to_change(actor: Actor, reference: str) -> Referral:
    """A referral to change as its link worker.

    Raises NotFound when it is another team's, Forbidden when it is another link worker's case.
    """
    referral = queries.referral_to_change(actor, reference)
    if referral.link_worker_id and referral.link_worker_id != actor.user_id:
        raise Forbidden(NOT_YOURS)
    return referral


def open_case(actor: Actor, reference: str) -> Referral:
    """The same, for what belongs only in a case that its link worker is working on. Raises Conflict when it is not."""
    referral = case_to_change(actor, reference)
    if not is_open(actor, referral):
        raise Conflict("This case is not open with you, so nothing can be recorded in it.")
    return referral


def is_open(actor: Actor, referral: Referral) -> bool:
    """Whether the actor carries this case and has not closed it."""
    return referral.link_worker_id == actor.user_id and "close" in REFERRAL.actions(referral.status, actor.role)


def actions_for(actor: Actor, referral: Referral) -> list[str]:
    """What this actor may do to this referral now; nothing when it is another link worker's case."""
    if actor.role == Role.LINK_WORKER and referral.link_worker_id not in {None, actor.user_id}:
        return []
    return REFERRAL.actions(referral.status, actor.role)


def must_allow(actor: Actor, referral: Referral, action: str) -> None:
    """Raise Forbidden or ActionNotAllowed when this actor may not take this action now: before a form is shown."""
    if action in actions_for(actor, referral):
        return
    REFERRAL.after(action, referral.status, actor.role)
    raise Forbidden(NOT_YOURS)


def _must_have_happened(referral: Referral, at: datetime) -> None:
    """A case begins when the referral is received, and nothing in it lies ahead."""
    if at > clock.now():
        raise InvalidInput("Enter when it happened.", {"at": ["Enter a time that has passed."]})
    if referral.received_at and at < referral.received_at - timedelta(days=1):
        raise InvalidInput("Enter when it happened.", {"at": ["Enter a time after the referral was received."]})


@transactional
def record_attempt(
    actor: Actor, reference: str, *, channel: str, outcome: str, at: datetime | None = None, note: str | None = None
) -> Referral:
    """Note a try that reached nobody; the first one starts contacting. A text message is a try, not a contact."""
    referral = open_case(actor, reference)
    when = at or clock.now()
    _must_have_happened(referral, when)
    attempt = Attempt(
        referral_id=referral.id,
        at=when,
        channel=channel,
        outcome=outcome,
        note=note,
        by_id=actor.user_id,
        by_name=actor.name,
    )
    db.session.add(attempt)
    _first_try(referral, actor, when)
    enough = _tries_since_last_contact(referral) + 1 >= current_app.config["CONTACT_ATTEMPTS"]
    next_action = "Decide whether to close: tried enough times" if enough else "Try again to make contact"
    _set_next(referral, next_action, clock.add_working_days(clock.today(), RETRY_DAYS))
    events.record("attempt.recorded", referral, actor, channel=channel, outcome=outcome)
    return queries.as_it_now_is(actor, referral)


@transactional
def record_contact(
    actor: Actor,
    reference: str,
    *,
    mechanism: str,
    attended: str,
    at: datetime | None = None,
    minutes: int | None = None,
    summary: str | None = None,
) -> Referral:
    """Note an appointment or conversation; the first that counts by NHS England's rule sets the first contact."""
    referral = open_case(actor, reference)
    when = at or clock.now()
    _must_have_happened(referral, when)
    contact = Contact(
        referral_id=referral.id,
        at=when,
        mechanism=mechanism,
        attended=attended,
        minutes=minutes,
        summary=summary,
        by_id=actor.user_id,
        by_name=actor.name,
    )
    db.session.add(contact)
    _first_try(referral, actor, when)
    if contact.counts:
        earlier = [held.at for held in referral.contacts if held.counts]
        referral.first_contact_at = min([when, *earlier])
    missed = attended in DID_NOT_COME
    next_action = "Ask about the missed appointment" if missed else "Follow up the last contact"
    _set_next(referral, next_action, clock.add_working_days(clock.today(), RETRY_DAYS if missed else FOLLOW_UP_DAYS))
    events.record("contact.recorded", referral, actor, mechanism=mechanism, attended=attended)
    return queries.as_it_now_is(actor, referral)


def _tries_since_last_contact(referral: Referral) -> int:
    spoke = max((contact.at for contact in referral.contacts if contact.counts), default=None)
    return sum(spoke is None or attempt.at > spoke for attempt in referral.attempts)


def _first_try(referral: Referral, actor: Actor, when: datetime) -> None:
    referral.first_attempt_at = min(when, referral.first_attempt_at or when)
    if referral.status == ReferralStatus.ALLOCATED:
        referral.apply("start_contacting", actor)
        events.record("referral.contacting_started", referral, actor)


def _set_next(referral: Referral, what: str, on: date) -> None:
    referral.next_action, referral.next_action_on = what, on


@transactional
def start_contacting(actor: Actor, reference: str) -> Referral:
    """Say that contacting has begun; a try must have been recorded, and recording one does this by itself."""
    referral = case_to_change(actor, reference)
    referral.apply("start_contacting", actor)
    if not referral.attempts and not referral.contacts:
        raise InvalidInput("Record the first try to reach the person: that starts contacting.")
    events.record("referral.contacting_started", referral, actor)
    return referral


@transactional
def start_assessing(actor: Actor, reference: str) -> Referral:
    """Begin to find out what matters. Raises InvalidInput before somebody has spoken to the person."""
    referral = case_to_change(actor, reference)
    referral.apply("start_assessing", actor)
    must_be_ready(referral, ReferralStatus.ASSESSING)
    _set_next(referral, "Agree a plan", clock.add_working_days(clock.today(), 10))
    events.record("referral.assessing_started", referral, actor)
    return referral


@transactional
def set_next_action(actor: Actor, reference: str, *, what: str, on: date) -> Referral:
    """Write down what comes next and when. Raises InvalidInput when the day has passed."""
    referral = open_case(actor, reference)
    if on < clock.today():
        raise InvalidInput("Enter a later day.", {"on": ["Enter today's date or a later one."]})
    _set_next(referral, what, on)
    events.record("case.next_action_set", referral, actor, on=on.isoformat())
    return referral


@transactional
def hold_case(actor: Actor, reference: str, *, reason: str, review_on: date) -> Referral:
    """Pause a case until a day on which somebody looks again."""
    referral = case_to_change(actor, reference)
    referral.apply("hold", actor)
    if review_on <= clock.today():
        raise InvalidInput("Enter a later day.", {"review_on": ["Enter a date after today."]})
    referral.hold_reason, referral.review_on = reason, review_on
    _set_next(referral, "Look at the case on hold", review_on)
    events.record("referral.held", referral, actor, review_on=review_on.isoformat())
    return referral


@transactional
def resume_case(actor: Actor, reference: str, *, to: str) -> Referral:
    """Take a case up again; `to` is one of contacting, assessing, supporting, reviewing.

    Raises InvalidInput when the case never got so far: a hold is no way round a guard.
    """
    referral = case_to_change(actor, reference)
    referral.apply(f"resume_{to}", actor)
    must_be_ready(referral, ReferralStatus(to))
    referral.hold_reason, referral.review_on = None, None
    _set_next(referral, "Take the case up again", clock.add_working_days(clock.today(), RETRY_DAYS))
    events.record("referral.resumed", referral, actor, to=to)
    return referral
