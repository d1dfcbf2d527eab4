"""The life of a listing, and how fresh what it says is."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from social_rx import clock
from social_rx.lifecycle import Lifecycle, Step
from social_rx.users import Role

STALE_AFTER = timedelta(days=180)
NOT_REFERABLE_AFTER = timedelta(days=365)


class ListingStatus(StrEnum):
    DRAFT = "draft"
    PENDING_REVIEW = "pending_review"
    ACTIVE = "active"
    PAUSED = "paused"
    ARCHIVED = "archived"


class CapacityStatus(StrEnum):
    """Whether a service has room, from what the group last said."""

    PLACES = "places"
    WAITING_LIST = "waiting_list"
    FULL = "full"
    UNKNOWN = "unknown"


class ReferralMode(StrEnum):
    """How a person gets to a service (domain: signposting, self-referral, professional referral)."""

    SIGNPOST_ONLY = "signpost_only"
    SELF_REFER = "self_refer"
    PROFESSIONAL_REFERRAL = "professional_referral"
    BOTH = "both"


class Freshness(StrEnum):
    FRESH = "fresh"
    STALE = "stale"
    EXPIRED = "expired"
    NEVER = "never"


KEEPERS = {Role.PROVIDER, Role.PROVIDER_MANAGER, Role.EDITOR}
S = ListingStatus

LISTING = Lifecycle(
    {
        "submit": Step(by=KEEPERS, sources={S.DRAFT}, target=S.PENDING_REVIEW),
        "publish": Step(by={Role.EDITOR}, sources={S.PENDING_REVIEW}, target=S.ACTIVE),
        "send_back": Step(by={Role.EDITOR}, sources={S.PENDING_REVIEW}, target=S.DRAFT),
        "pause": Step(by=KEEPERS, sources={S.ACTIVE}, target=S.PAUSED),
        "resume": Step(by=KEEPERS, sources={S.PAUSED}, target=S.ACTIVE),
        "archive": Step(
            by={Role.PROVIDER_MANAGER, Role.EDITOR}, sources={S.DRAFT, S.ACTIVE, S.PAUSED}, target=S.ARCHIVED
        ),
        "restore": Step(by={Role.EDITOR}, sources={S.ARCHIVED}, target=S.DRAFT),
    }
)


def freshness(verified_at: datetime | None, today: date | None = None) -> Freshness:
    """How far the listing can be trusted, from the day somebody last said that it is correct."""
    if verified_at is None:
        return Freshness.NEVER
    age = (today or clock.today()) - verified_at.astimezone(clock.LONDON).date()
    if age > NOT_REFERABLE_AFTER:
        return Freshness.EXPIRED
    return Freshness.STALE if age > STALE_AFTER else Freshness.FRESH
