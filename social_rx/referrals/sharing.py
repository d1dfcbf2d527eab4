"""What a community group may see of a person, today and for how long."""

from datetime import timedelta

from social_rx import clock
from social_rx.directory.wording import language_name
from social_rx.referrals.consent import SHARE_WITH_GROUP, latest
from social_rx.referrals.models import OnwardReferral, Person
from social_rx.referrals.status import OnwardStatus, ReferralStatus

KEPT_VISIBLE = timedelta(days=30)


def what_the_group_may_see(onward: OnwardReferral) -> dict[str, str | list[str]]:
    """The person, as the group may see them today.

    First name, initial and age in tens; the message and the needs while the agreement to this very request stands and
    until 30 days after its end; and from the group's yes what the person agreed to share, for as long.
    """
    person = onward.referral.person
    seen: dict[str, str | list[str]] = {"name": person.initials, "age_band": age_band(person.age)}
    if not _still_theirs(onward):
        return seen
    seen |= {"message": onward.message, "needs": [need.code for need in onward.referral.needs]}
    if onward.accepted_at is None:
        return seen
    details = {
        "name": person.name,
        "phone": person.phone,
        "email": person.email,
        "contact_note": person.contact_note,
        "access_needs": _access(person),
    }
    return seen | {name: value for name, value in details.items() if name in onward.shared and value}


def _still_theirs(onward: OnwardReferral) -> bool:
    """Whether the request still gives the group a reason to know who it is about."""
    referral = onward.referral
    if referral.status == ReferralStatus.ENTERED_IN_ERROR or onward.status == OnwardStatus.CANCELLED:
        return False
    last_word = latest(referral.consents, SHARE_WITH_GROUP, onward.organisation_id)
    agreed = onward.consent.stands and last_word is not None and last_word.stands
    end = onward.ended_at or referral.closed_at
    return agreed and (end is None or clock.now() - end < KEPT_VISIBLE)


def _access(person: Person) -> str:
    interpreter = f"Needs an interpreter ({language_name(person.language)})." if person.interpreter else ""
    return " ".join(filter(None, [interpreter, person.access_needs]))


def age_band(age: int) -> str:
    """Ages in tens: `70 to 79`."""
    if age >= 90:
        return "90 or over"
    return f"{age // 10 * 10} to {age // 10 * 10 + 9}" if age >= 20 else "Under 20"
