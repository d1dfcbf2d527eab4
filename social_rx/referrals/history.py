"""What has happened in a case, newest first, with what its link worker noted: for those who carry the case."""

from datetime import datetime
from typing import NamedTuple

from social_rx.events import Event
from social_rx.referrals import queries
from social_rx.referrals.caseload import ATTEMPT_OUTCOMES, ATTENDED, CHANNELS, MECHANISMS
from social_rx.referrals.models import Attempt, Contact, Referral
from social_rx.referrals.wording import in_words, number_of
from social_rx.users import Actor

CAME_ON_TIME = "5"
TOLD_BY_THEIR_RECORDS = {"attempt.recorded", "contact.recorded"}


class Line(NamedTuple):
    at: datetime
    what: str
    by: str
    note: str


def history_of(actor: Actor, referral: Referral) -> list[Line]:
    """The lines of the case's timeline. `referral` is read whole, as `get_referral` gives it."""
    events = queries.timeline(actor, referral.reference)
    lines = [_event(event, referral) for event in events if event.name not in TOLD_BY_THEIR_RECORDS]
    lines += [_attempt(attempt) for attempt in referral.attempts]
    lines += [_contact(contact) for contact in referral.contacts]
    return sorted(lines, key=lambda line: line.at)[::-1]


def events_of(actor: Actor, referral: Referral) -> list[Line]:
    """What was done, without what was noted: for whoever does not carry the case."""
    return [_event(event, referral) for event in queries.timeline(actor, referral.reference)][::-1]


def _event(event: Event, referral: Referral) -> Line:
    return Line(event.at, in_words(event, referral.onward), event.actor_name, "")


def _attempt(attempt: Attempt) -> Line:
    what = f"{CHANNELS[attempt.channel]}: {ATTEMPT_OUTCOMES[attempt.outcome].lower()}"
    return Line(attempt.at, what, attempt.by_name, attempt.note or "")


def _contact(contact: Contact) -> Line:
    long = f", {number_of(contact.minutes, 'minute')}" if contact.minutes else ""
    how = "" if contact.attended == CAME_ON_TIME else f", {ATTENDED[contact.attended].lower()}"
    what = f"Contact: {MECHANISMS[contact.mechanism].lower()}{how}{long}"
    return Line(contact.at, what, contact.by_name, contact.summary or "")
