"""The life of a referral and of an onward referral, as tables; and the reasons with which each ends.

The statuses, transitions and reasons are the contract with the other systems we speak to (FHIR Task): the tests
compare them with it pair by pair.
"""

from enum import StrEnum

from social_rx.lifecycle import Lifecycle, Step
from social_rx.users import Role


class ReferralStatus(StrEnum):
    DRAFT = "draft"
    RECEIVED = "received"
    IN_TRIAGE = "in_triage"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    ALLOCATED = "allocated"
    CONTACTING = "contacting"
    ASSESSING = "assessing"
    SUPPORTING = "supporting"
    REVIEWING = "reviewing"
    ON_HOLD = "on_hold"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    CLOSED = "closed"
    ENTERED_IN_ERROR = "entered_in_error"


class OnwardStatus(StrEnum):
    SENT = "sent"
    ACCEPTED = "accepted"
    WAITLISTED = "waitlisted"
    STARTED = "started"
    COMPLETED = "completed"
    NOT_STARTED = "not_started"
    DROPPED_OUT = "dropped_out"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class RejectionReason(StrEnum):
    DUPLICATE_REFERRAL = "duplicate_referral"
    INAPPROPRIATE_REFERRAL = "inappropriate_referral"
    INCOMPLETE_REFERRAL = "incomplete_referral"
    OUT_OF_AREA = "out_of_area"
    NOT_ELIGIBLE = "not_eligible"
    NO_CAPACITY = "no_capacity"
    NO_CONSENT = "no_consent"
    RISK_OUTSIDE_SCOPE = "risk_outside_scope"


class CancellationReason(StrEnum):
    MADE_IN_ERROR = "made_in_error"
    DUPLICATE_REFERRAL = "duplicate_referral"
    PATIENT_CHANGED_MIND = "patient_changed_mind"
    SUPERSEDED = "superseded"
    MOVED_OUT_OF_AREA = "moved_out_of_area"
    DIED = "died"


class ClosureReason(StrEnum):
    COMPLETED_GOALS_MET = "completed_goals_met"
    COMPLETED_GOALS_PART_MET = "completed_goals_part_met"
    COMPLETED_GOALS_NOT_MET = "completed_goals_not_met"
    COMPLETED_SIGNPOSTED_ONLY = "completed_signposted_only"
    NEEDS_MET_ELSEWHERE = "needs_met_elsewhere"
    DECLINED_AT_FIRST_CONTACT = "declined_at_first_contact"
    WITHDREW_AFTER_ENGAGING = "withdrew_after_engaging"
    UNABLE_TO_CONTACT = "unable_to_contact"
    DISENGAGED = "disengaged"
    MOVED_OUT_OF_AREA = "moved_out_of_area"
    ADMITTED_OR_LONG_TERM_CARE = "admitted_or_long_term_care"
    DIED = "died"
    TRANSFERRED_OTHER_SERVICE = "transferred_other_service"
    RISK_OUTSIDE_SCOPE = "risk_outside_scope"
    SERVICE_ENDED = "service_ended"


class OnwardReason(StrEnum):
    """Why a group said no, or why it came to nothing."""

    FULL = "full"
    NOT_RIGHT_FOR_US = "not_right_for_us"
    TOO_FAR = "too_far"
    NO_ANSWER = "no_answer"
    DID_NOT_ATTEND = "did_not_attend"
    CHANGED_MIND = "changed_mind"
    OTHER = "other"


S, W = ReferralStatus, OnwardStatus

DECIDING = {S.RECEIVED, S.IN_TRIAGE}
WORKING = {S.ALLOCATED, S.CONTACTING, S.ASSESSING, S.SUPPORTING, S.REVIEWING}
FINAL = {S.REJECTED, S.CANCELLED, S.CLOSED, S.ENTERED_IN_ERROR}
OPEN = set(S) - FINAL - {S.DRAFT}
PRACTICE = {Role.REFERRER, Role.PRACTICE_ADMIN, Role.API_CLIENT}
GROUP = {Role.PROVIDER, Role.PROVIDER_MANAGER}

REFERRAL = Lifecycle(
    {
        "submit": Step(by=PRACTICE, sources={S.DRAFT}, target=S.RECEIVED),
        "start_triage": Step(by={Role.COORDINATOR, Role.LINK_WORKER}, sources={S.RECEIVED}, target=S.IN_TRIAGE),
        "accept": Step(by={Role.COORDINATOR, Role.LINK_WORKER}, sources=DECIDING, target=S.ACCEPTED),
        "reject": Step(by={Role.COORDINATOR, *GROUP}, sources=DECIDING, target=S.REJECTED),
        "cancel": Step(
            by={*PRACTICE, Role.COORDINATOR}, sources={*DECIDING, S.ACCEPTED, S.WAITLISTED}, target=S.CANCELLED
        ),
        "waitlist": Step(by={Role.COORDINATOR}, sources={S.ACCEPTED}, target=S.WAITLISTED),
        "allocate": Step(by={Role.COORDINATOR}, sources={S.ACCEPTED, S.WAITLISTED}, target=S.ALLOCATED),
        "start_contacting": Step(by={Role.LINK_WORKER}, sources={S.ALLOCATED}, target=S.CONTACTING),
        "start_assessing": Step(by={Role.LINK_WORKER}, sources={S.CONTACTING}, target=S.ASSESSING),
        "start_supporting": Step(by={Role.LINK_WORKER}, sources={S.ASSESSING}, target=S.SUPPORTING),
        "start_reviewing": Step(by={Role.LINK_WORKER}, sources={S.SUPPORTING}, target=S.REVIEWING),
        "finish_reviewing": Step(by={Role.LINK_WORKER}, sources={S.REVIEWING}, target=S.SUPPORTING),
        "hold": Step(by={Role.LINK_WORKER}, sources=WORKING, target=S.ON_HOLD),
        "resume_contacting": Step(by={Role.LINK_WORKER}, sources={S.ON_HOLD}, target=S.CONTACTING),
        "resume_assessing": Step(by={Role.LINK_WORKER}, sources={S.ON_HOLD}, target=S.ASSESSING),
        "resume_supporting": Step(by={Role.LINK_WORKER}, sources={S.ON_HOLD}, target=S.SUPPORTING),
        "resume_reviewing": Step(by={Role.LINK_WORKER}, sources={S.ON_HOLD}, target=S.REVIEWING),
        "close": Step(by={Role.LINK_WORKER}, sources={*WORKING, S.ACCEPTED, S.WAITLISTED, S.ON_HOLD}, target=S.CLOSED),
        "enter_in_error": Step(
            by={Role.ADMINISTRATOR}, sources=set(S) - {S.ENTERED_IN_ERROR}, target=S.ENTERED_IN_ERROR
        ),
    }
)

# A link worker records for a group what the group said by phone.
ANSWERING = {*GROUP, Role.LINK_WORKER}

ONWARD = Lifecycle(
    {
        "accept": Step(by=ANSWERING, sources={W.SENT}, target=W.ACCEPTED),
        "reject": Step(by=ANSWERING, sources={W.SENT}, target=W.REJECTED),
        "waitlist": Step(by=ANSWERING, sources={W.ACCEPTED}, target=W.WAITLISTED),
        "start": Step(by=ANSWERING, sources={W.ACCEPTED, W.WAITLISTED}, target=W.STARTED),
        "not_start": Step(by=ANSWERING, sources={W.ACCEPTED, W.WAITLISTED}, target=W.NOT_STARTED),
        "complete": Step(by=ANSWERING, sources={W.STARTED}, target=W.COMPLETED),
        "drop_out": Step(by=ANSWERING, sources={W.STARTED}, target=W.DROPPED_OUT),
        "cancel": Step(
            by={Role.LINK_WORKER, Role.COORDINATOR, Role.ADMINISTRATOR},
            sources={W.SENT, W.ACCEPTED, W.WAITLISTED, W.STARTED},
            target=W.CANCELLED,
        ),
    }
)
ONWARD_FINAL = {W.COMPLETED, W.NOT_STARTED, W.DROPPED_OUT, W.REJECTED, W.CANCELLED}
ONWARD_LIVE = set(W) - ONWARD_FINAL
