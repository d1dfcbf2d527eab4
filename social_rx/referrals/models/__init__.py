"""What is kept about a person's referral, named in the words of the PRSB social prescribing standard."""

from social_rx.referrals.models.case import Attempt, Contact, MeasureResponse
from social_rx.referrals.models.messages import Message
from social_rx.referrals.models.onward import OnwardReferral, Signpost
from social_rx.referrals.models.people import NO_KNOWN_RISKS, Consent, Person, Risk
from social_rx.referrals.models.plan import Goal, Plan, PlanAction
from social_rx.referrals.models.referral import Need, Referral

__all__ = [
    "NO_KNOWN_RISKS",
    "Attempt",
    "Consent",
    "Contact",
    "Goal",
    "MeasureResponse",
    "Message",
    "Need",
    "OnwardReferral",
    "Person",
    "Plan",
    "PlanAction",
    "Referral",
    "Risk",
    "Signpost",
]
