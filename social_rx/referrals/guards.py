"""What must be true of a case before it may go on, whichever way it gets there: begun, or taken up after a hold."""

from collections.abc import Callable

from social_rx.errors import InvalidInput
from social_rx.referrals.models import Referral
from social_rx.referrals.status import ReferralStatus

S = ReferralStatus


def _not_spoken_to(referral: Referral) -> str | None:
    spoken = referral.first_contact_at is not None
    return None if spoken else "Record a contact first: a conversation by phone, by video or face to face."


def _no_agreed_plan(referral: Referral) -> str | None:
    if referral.plan is None or not referral.plan.goals:
        return "Add at least one goal to the plan first."
    if referral.plan.agreed is None:
        return "Record whether the person agreed the plan first."
    return None


GUARDS: dict[ReferralStatus, tuple[Callable[[Referral], str | None], ...]] = {
    S.CONTACTING: (),
    S.ASSESSING: (_not_spoken_to,),
    S.SUPPORTING: (_not_spoken_to, _no_agreed_plan),
    S.REVIEWING: (_not_spoken_to, _no_agreed_plan),
}


def must_be_ready(referral: Referral, status: ReferralStatus) -> None:
    """Raise InvalidInput, saying what to do first, unless the case may be in this status."""
    for guard in GUARDS[status]:
        if why := guard(referral):
            raise InvalidInput(why)
