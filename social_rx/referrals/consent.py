"""What a person agreed to, recorded before anything is shared on the strength of it."""

import uuid

from social_rx.db import db
from social_rx.referrals.models import Consent, Referral
from social_rx.users import Actor

SHARE_WITH_LINK_WORKER = "share_with_link_worker"
SHARE_WITH_GROUP = "share_with_group"


def record_consent(
    actor: Actor,
    referral: Referral,
    *,
    purpose: str,
    given: bool,
    method: str | None = None,
    given_by: str | None = None,
    reason_not_asked: str | None = None,
    organisation_id: uuid.UUID | None = None,
) -> Consent:
    """Add one decision to the open transaction; an earlier one for the same purpose stays readable."""
    consent = Consent(
        person_id=referral.person_id,
        referral_id=referral.id,
        purpose=purpose,
        given=given,
        method=method,
        given_by=given_by,
        reason_not_asked=reason_not_asked,
        organisation_id=organisation_id,
        recorded_by_id=actor.user_id,
    )
    db.session.add(consent)
    return consent


def latest(consents: list[Consent], purpose: str, organisation_id: uuid.UUID | None = None) -> Consent | None:
    """The decision that counts today: the last one for this purpose and recipient."""
    same = [c for c in consents if c.purpose == purpose and c.organisation_id == organisation_id]
    return max(same, key=lambda consent: consent.at, default=None)
