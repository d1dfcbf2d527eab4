"""The person a referral is about: one record for a practice, changed only by a referral that is really sent."""

from typing import Any

from sqlalchemy import ColumnDefault, select

from social_rx import events
from social_rx.db import db
from social_rx.errors import InvalidInput
from social_rx.referrals.models import Person, Referral
from social_rx.referrals.status import ReferralStatus
from social_rx.users import Actor, Role

PRESENT_NOT_TRACED = "02"
KEPT = {"id", "version", "created_at", "practice_id"}
# What keeps a person safe is loosened by a clinician alone, never on the word of reception or of another system.
SAFETY = ("safe_to_phone", "safe_to_leave_message", "contact_note")


def write_down(actor: Actor, details: dict[str, Any], person: Person | None = None) -> Person:
    """The person of a draft as they were typed, in the open transaction; `person` is the draft's own from before.

    `details` are columns of Person, checked. Raises InvalidInput when the NHS number is known with another date of
    birth: one of the two was mistyped, and a referral for the wrong person harms somebody.
    """
    known = _known(actor.place_id, details.get("nhs_number"))
    if known and known.date_of_birth != details["date_of_birth"]:
        wrong = "This NHS number is on your record with another date of birth. Check both."
        raise InvalidInput(wrong, {"date_of_birth": [wrong]})
    if person is None:
        person = Person(practice_id=actor.place_id)
        db.session.add(person)
    for name, value in details.items():
        setattr(person, name, value)
    person.nhs_number_status = PRESENT_NOT_TRACED if person.nhs_number else None
    db.session.flush()
    return person


def settle_person(actor: Actor, referral: Referral) -> None:
    """When a draft is sent: join its person to the one the practice has sent before, bringing that one up to date."""
    typed = referral.person
    known = _known(typed.practice_id, typed.nhs_number, besides=typed)
    if known is None:
        return
    changed = _bring_up_to_date(actor, known, typed)
    referral.person_id = known.id
    for consent in referral.consents:
        consent.person_id = known.id
    for risk in referral.risks:
        risk.person_id = known.id
    db.session.flush()
    db.session.expire(referral, ["person"])
    db.session.delete(typed)
    if changed:
        events.record("person.changed", referral, actor, fields=changed)


def _bring_up_to_date(actor: Actor, known: Person, typed: Person) -> list[str]:
    """Copy what the draft says, and leave what it does not; returns the names of what changed."""
    changed = []
    for column in Person.__table__.columns:
        name, new, old = column.name, getattr(typed, column.name), getattr(known, column.name)
        unsaid = column.default.arg if isinstance(column.default, ColumnDefault) else None
        guarded = name in SAFETY and actor.role != Role.REFERRER and old is not None
        if name not in KEPT and not guarded and new not in (None, old, unsaid):
            setattr(known, name, new)
            changed.append(name)
    return changed


def _known(practice_id: Any, nhs_number: str | None, besides: Person | None = None) -> Person | None:
    """The practice's own record of this number, from a referral that was sent before."""
    if nhs_number is None:
        return None
    sent = select(Referral.person_id).where(Referral.status != ReferralStatus.DRAFT)
    same = select(Person).where(Person.nhs_number == nhs_number, Person.practice_id == practice_id, Person.id.in_(sent))
    others = same.where(Person.id != besides.id) if besides else same
    return db.session.scalar(others.order_by(Person.created_at.desc()).limit(1).with_for_update())
