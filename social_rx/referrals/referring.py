"""A practice asks for help for a person: draft, send, cancel.

The draft is the page on which the referrer checks what was typed; sending is an action on it, so sending twice is
refused like any other action that is not allowed any more.
"""

import uuid
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from social_rx import clock, events
from social_rx.db import db, take_turns, transactional
from social_rx.errors import ChangedMeanwhile, Conflict, Forbidden, InvalidInput
from social_rx.places import Place, PlaceKind
from social_rx.referrals import queries
from social_rx.referrals.consent import SHARE_WITH_LINK_WORKER, latest, record_consent
from social_rx.referrals.models import NO_KNOWN_RISKS, Need, Referral, Risk
from social_rx.referrals.people import settle_person, write_down
from social_rx.referrals.references import new_reference
from social_rx.referrals.status import CancellationReason, ReferralStatus
from social_rx.users import Actor, Role


class PossibleDuplicate(Conflict):
    """The person has an open referral already; `references` are those the actor may see."""

    code = "possible_duplicate"

    def __init__(self, references: list[str]):
        where = f" ({', '.join(references)})" if references else " from another practice"
        super().__init__(f"This person already has an open referral{where}. Send this one only if it is really new.")
        self.references = references


@transactional
def draft_referral(actor: Actor, *, person: dict[str, Any], **request: Any) -> Referral:
    """A new draft for this person. `request` is as `_fill` takes it.

    Raises InvalidInput when the listing cannot be referred to, or the person's record contradicts what was typed.
    """
    practice = db.session.get(Place, actor.place_id) if actor.place_id else None
    if practice is None:
        raise Forbidden("Your account does not belong to a practice.")
    if practice.kind != PlaceKind.PRACTICE:
        raise Forbidden("Only a practice refers. Your account belongs to another kind of place.")
    recorded = write_down(actor, person)
    referral = Referral(
        id=uuid.uuid4(),
        reference=new_reference(),
        person_id=recorded.id,
        practice_id=practice.id,
        place_id=practice.parent_id or practice.id,
        referrer_id=actor.user_id,
        referrer_name=actor.name,
        referrer_role=actor.role_label,
        source="gp" if actor.role == Role.REFERRER else "phct",
    )
    db.session.add(referral)
    _fill(actor, referral, **request)
    events.record("referral.drafted", referral, actor)
    db.session.flush()
    return queries.get_referral(actor, referral.reference)


@transactional
def revise_draft(actor: Actor, reference: str, *, version: int, person: dict[str, Any], **request: Any) -> Referral:
    """The draft with what was typed instead; `version` is the draft's when it was read.

    Raises Conflict once it has been sent, ChangedMeanwhile when somebody has saved it since.
    """
    referral = _draft_to_change(actor, reference)
    if referral.version != version:
        raise ChangedMeanwhile("Somebody else changed this draft while you were writing. Load it again and retry.")
    write_down(actor, person, referral.person)
    flag_modified(referral, "reason")  # the draft's version counts its person and needs too
    for old in (*referral.needs, *referral.risks, *referral.consents):
        db.session.delete(old)
    db.session.flush()
    _fill(actor, referral, **request)
    events.record("referral.revised", referral, actor)
    return queries.as_it_now_is(actor, referral)


@transactional
def discard_draft(actor: Actor, reference: str) -> Referral:
    """Put a draft away unsent: nobody sees it any more. Raises Conflict once it has been sent."""
    referral = _draft_to_change(actor, reference)
    referral.discarded_at = clock.now()
    events.record("referral.discarded", referral, actor)
    return referral


def _draft_to_change(actor: Actor, reference: str) -> Referral:
    """A draft of one's own; a clinician may also take up a colleague's."""
    referral = queries.referral_to_change(actor, reference)
    if referral.status != ReferralStatus.DRAFT:
        raise Conflict("This referral has been sent. To change it, cancel it and send another.")
    if actor.role != Role.REFERRER and referral.referrer_id != actor.user_id:
        raise Forbidden("A clinician wrote this referral. Ask them to change or send it.")
    return referral


def _fill(
    actor: Actor,
    referral: Referral,
    *,
    needs: list[str],
    reason: str,
    consent: dict[str, Any],
    risk: dict[str, Any],
    service_id: uuid.UUID | None = None,
    urgent: bool = False,
    return_response_to: str | None = None,
) -> None:
    """Put into a draft what was asked for: coded needs, reason, consent, risk, and the listing if one was chosen."""
    referral.reason, referral.urgent, referral.return_response_to = reason, urgent, return_response_to
    referral.service_id, referral.service_name = service_id, None
    if service_id:
        referral.service_name = _listing_name(service_id)
    db.session.flush()
    db.session.add_all(Need(referral_id=referral.id, code=code) for code in dict.fromkeys(needs))
    db.session.add(Risk(person_id=referral.person_id, referral_id=referral.id, recorded_by_id=actor.user_id, **risk))
    record_consent(actor, referral, purpose=SHARE_WITH_LINK_WORKER, **consent)


def _listing_name(service_id: uuid.UUID) -> str:
    service = queries.service_to_refer_to(service_id)
    if why := service.why_not_referable:
        raise InvalidInput(why, {"service_id": [why]})
    return service.name


@transactional
def submit_referral(actor: Actor, reference: str, *, even_if_open: bool = False) -> Referral:
    """Send a draft to the team.

    Raises InvalidInput when something the receiving team must know is missing, PossibleDuplicate when the person has
    an open referral and nobody said to send this one all the same.
    """
    referral = queries.referral_to_change(actor, reference)
    referral.apply("submit", actor)
    if actor.role != Role.REFERRER and referral.referrer_id != actor.user_id:
        raise Forbidden("A clinician wrote this referral. Ask them to change or send it.")
    _must_be_complete(referral)
    person = referral.person
    take_turns(f"number {person.nhs_number}", f"{person.name.lower()} {person.date_of_birth}")
    others = [other for other in queries.open_referrals_of(person) if other.id != referral.id]
    if others and not even_if_open:
        raise PossibleDuplicate([other.reference for other in others if other.practice_id == actor.place_id])
    referral.received_at = clock.now()
    settle_person(actor, referral)
    events.record("referral.submitted", referral, actor, open_referrals=len(others))
    return queries.as_it_now_is(actor, referral)


def _must_be_complete(referral: Referral) -> None:
    """What the PRSB standard makes mandatory, and consent or the reason why it was not asked for."""
    wrong: dict[str, list[str]] = {}
    if not referral.needs:
        wrong["needs"] = ["Select at least one need."]
    if not referral.risks:
        wrong["risk"] = ["Say what the risks are, or that no risks are known."]
    decision = latest(referral.consents, SHARE_WITH_LINK_WORKER)
    if decision is None or not (decision.given or decision.reason_not_asked):
        wrong["consent"] = ["The person has not agreed. Give them a leaflet instead."]
    if any(risk.code != NO_KNOWN_RISKS and not risk.text for risk in referral.risks):
        wrong["risk"] = ["Say in words what the risk is."]
    if wrong:
        raise InvalidInput("Some details are missing.", wrong)


@transactional
def cancel_referral(actor: Actor, reference: str, *, reason: CancellationReason, note: str | None = None) -> Referral:
    """Take a referral back before a link worker has it."""
    referral = queries.referral_to_change(actor, reference)
    referral.apply("cancel", actor)
    referral.cancellation_reason, referral.ending_note = reason, note
    referral.closed_at, referral.next_action, referral.next_action_on = clock.now(), None, None
    events.record("referral.cancelled", referral, actor, reason=reason)
    return referral
