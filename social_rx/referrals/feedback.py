"""What the practice that referred is told: what has happened, what happens next, and what to write in its record.

Reception sees of a referral what `ReferralLineSchema` lists; who writes a draft sees all of it until it is sent.
"""

from typing import Any

from flask import current_app
from marshmallow import fields

from social_rx import clock, events
from social_rx.directory.taxonomies import NEEDS
from social_rx.errors import Forbidden
from social_rx.nhs import day
from social_rx.referrals import queries, wording
from social_rx.referrals.consent import SHARE_WITH_LINK_WORKER, latest
from social_rx.referrals.models import NO_KNOWN_RISKS, Referral
from social_rx.referrals.schemas.answers import VIEWS, EnteredInErrorSchema
from social_rx.referrals.schemas.requests import CONSENTS, PERSON, RISKS
from social_rx.referrals.status import OPEN, PRACTICE, ReferralStatus
from social_rx.users import Actor

S = ReferralStatus

# The concept of the referral itself, for the practice's own record (SNOMED CT).
SNOMED = "Referral to social prescribing service (871731000000106)"
TOLD = ("referral.", "onward.", "letter.")
REASONS = ("rejection_reason", "cancellation_reason", "closure_reason")
NOTES = {S.REJECTED: "What the hub wrote", S.CANCELLED: "Note"}
YES_OR_NO = ("safe_to_phone", "safe_to_leave_message")
NEXT_STEPS = {
    S.DRAFT: "Only your practice sees this referral until you send it.",
    S.RECEIVED: "The hub looks at it and finds a link worker.",
    S.IN_TRIAGE: "The hub is looking at it and finds a link worker.",
    S.ACCEPTED: "A link worker will be found.",
    S.WAITLISTED: "They are on the waiting list for a link worker.",
    S.ALLOCATED: "The link worker will contact them.",
    S.CONTACTING: "The link worker is trying to reach them.",
}


def may_see(actor: Actor, referral: Referral, name: str) -> bool:
    """Whether a part of a referral, such as `reason` or `messages`, is for this actor."""
    writing = referral.status == S.DRAFT and referral.referrer_id == actor.user_id
    return writing or name in VIEWS.get(actor.role, EnteredInErrorSchema)().fields


def may_see_of_the_person(actor: Actor, referral: Referral, name: str) -> bool:
    """Whether a part of what is known of the person, such as `address`, is for this actor."""
    writing = referral.status == S.DRAFT and referral.referrer_id == actor.user_id
    person = VIEWS.get(actor.role, EnteredInErrorSchema)().fields.get("person")
    return writing or (isinstance(person, fields.Nested) and name in person.schema.fields)


def note_about(actor: Actor, referral: Referral) -> tuple[str, str]:
    """What was written when a referral ended, under its heading; empty for whom it is not.

    Reception, which sees no other note, sees the one with which it cancelled.
    """
    seen = may_see(actor, referral, "ending_note") or _cancelled_by(actor, referral)
    return NOTES.get(referral.status, "What changed"), (referral.ending_note or "") if seen else ""


def _cancelled_by(actor: Actor, referral: Referral) -> bool:
    told = events.timeline(referral) if referral.status == S.CANCELLED else []
    return any(event.name == "referral.cancelled" and event.actor_id == actor.user_id for event in told)


def what_happened(referral: Referral) -> str:
    """Where a referral is, in words, and why if it has ended: "Closed: The goals were met"."""
    reason = next((code for name in REASONS if (code := getattr(referral, name))), None)
    where = wording.STATUS_WORDS[referral.status]
    return f"{where}: {wording.REASON_WORDS[reason]}" if reason else where


def what_happens_next(referral: Referral) -> list[str]:
    """In sentences; nothing once a link worker is helping, or it has ended."""
    said = [NEXT_STEPS[referral.status]] if referral.status in NEXT_STEPS else []
    promised = referral.status in OPEN and referral.status != S.WAITLISTED
    if referral.received_at and promised and not referral.first_contact_at:
        received = referral.received_at.astimezone(clock.LONDON).date()
        by = clock.add_working_days(received, current_app.config["FIRST_CONTACT_DAYS"])
        said.append(f"Somebody should have spoken to {referral.person.given_name} by {day(by)}.")
    if referral.status == S.WAITLISTED and referral.expected_on:
        said.append(f"We expect room by {day(referral.expected_on)}.")
    return said


def practice_timeline(actor: Actor, referral: Referral) -> list[tuple[events.Event, str]]:
    """What the practice may know of what has happened, newest first, each in words."""
    told = [prefix for prefix in TOLD if prefix != "onward." or may_see(actor, referral, "onward")]
    known = [event for event in events.timeline(referral) if event.name in wording.EVENT_WORDS]
    shown = [event for event in known if event.name.startswith(tuple(told))]
    return [(event, wording.in_words(event, referral.onward)) for event in reversed(shown)]


def timeline_for(actor: Actor, reference: str) -> list[events.Event]:
    """What has happened to a referral, oldest first: all of it for who works on it, what it is told for a practice."""
    referral = queries.get_referral(actor, reference)
    if actor.role not in PRACTICE:
        return events.timeline(referral)
    return [event for event, _ in reversed(practice_timeline(actor, referral))]


def text_for_the_record(referral: Referral) -> str:
    """Ready to be copied into the clinical record."""
    sent = day(referral.received_at) if referral.received_at else "not sent"
    lines = [
        SNOMED,
        f"Referred to: {referral.service_name or 'link worker'}",
        f"Reference {referral.reference}, {sent}, by {referral.referrer_name}",
        f"Needs: {', '.join(needs_in_words(referral))}",
    ]
    return "\n".join(lines)


def needs_in_words(referral: Referral) -> list[str]:
    return [NEEDS.get(need.code, need.code) for need in referral.needs]


def risk_in_words(referral: Referral) -> str:
    said = [risk.text or RISKS.get(risk.code, risk.code) for risk in referral.risks if not risk.ended_at]
    return "; ".join(said)


def consent_in_words(referral: Referral) -> str:
    decision = latest(referral.consents, SHARE_WITH_LINK_WORKER)
    if decision is None:
        return ""
    return f"{CONSENTS.get(decision.method or '', 'Yes' if decision.given else 'No')}, {day(decision.at)}"


def as_typed(referral: Referral) -> dict[str, Any]:
    """A draft as the form that wrote it wants it back, every value as text."""
    person = {name: getattr(referral.person, name) for name in PERSON}
    said = {name: "yes" if person[name] else "no" for name in YES_OR_NO if person[name] is not None}
    decision = latest(referral.consents, SHARE_WITH_LINK_WORKER)
    risk = referral.risks[-1] if referral.risks else None
    typed = {
        **person,
        **said,
        "interpreter": "yes" if referral.person.interpreter else None,
        "needs": [need.code for need in referral.needs],
        "reason": referral.reason,
        "risk": risk.code if risk else None,
        "risk_text": risk.text if risk and risk.code != NO_KNOWN_RISKS else None,
        "consent": decision.method if decision else None,
        "return_response_to": referral.return_response_to,
        "version": referral.version,
    }
    return {name: value if name == "needs" else str(value) for name, value in typed.items() if value is not None}


def draft_to_read(actor: Actor, reference: str) -> Referral:
    """A draft that this actor may read whole, to write it again. Raises Forbidden when it is not for them."""
    referral = queries.get_referral(actor, reference)
    if not may_see(actor, referral, "reason"):
        raise Forbidden("A clinician wrote this referral. Ask them to change it.")
    return referral
