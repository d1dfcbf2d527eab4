"""The person a referral is about: recorded once by each practice that refers them."""

from typing import Any

from sqlalchemy import select

from social_rx.db import db
from social_rx.errors import InvalidInput
from social_rx.referrals.models import Person
from social_rx.users import Actor

PRESENT_NOT_TRACED = "02"


def record_person(actor: Actor, details: dict[str, Any]) -> Person:
    """The practice's record of this person, new or brought up to date, in the open transaction.

    `details` are columns of Person, checked. Raises InvalidInput when the NHS number is known with another date of
    birth: one of the two was mistyped, and a referral for the wrong person harms somebody.
    """
    person = _known(actor, details["nhs_number"]) if details.get("nhs_number") else None
    if person is None:
        person = Person(practice_id=actor.place_id, **details)
        db.session.add(person)
    elif person.date_of_birth != details["date_of_birth"]:
        wrong = "This NHS number is on your record with another date of birth. Check both."
        raise InvalidInput(wrong, {"date_of_birth": [wrong]})
    else:
        update_person(person, details)
    person.nhs_number_status = PRESENT_NOT_TRACED if person.nhs_number else None
    db.session.flush()
    return person


def update_person(person: Person, details: dict[str, Any]) -> None:
    """Bring the columns of Person named in `details` up to date."""
    for name, value in details.items():
        setattr(person, name, value)


def _known(actor: Actor, nhs_number: str) -> Person | None:
    same = (Person.nhs_number == nhs_number, Person.practice_id == actor.place_id)
    return db.session.scalar(select(Person).where(*same).order_by(Person.created_at.desc()))
