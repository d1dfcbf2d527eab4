"""The words people read for the codes we keep: statuses, reasons, actions, and what happened."""

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from social_rx import clock
from social_rx.events import Event
from social_rx.nhs import day
from social_rx.referrals.caseload import ATTEMPT_OUTCOMES, ATTENDED, CHANNELS, MECHANISMS
from social_rx.referrals.measures import DIRECT, HOW_OFTEN, INSTRUMENTS, NOUGHT_TO_TEN
from social_rx.referrals.models import NO_KNOWN_RISKS, Consent, OnwardReferral, Person, Referral
from social_rx.referrals.planning import ACHIEVEMENTS

STATUS_WORDS = {
    "draft": "Not sent yet",
    "received": "Waiting for the hub",
    "in_triage": "Being looked at",
    "accepted": "Accepted, waiting for a link worker",
    "waitlisted": "On the waiting list",
    "allocated": "With a link worker",
    "contacting": "Making contact",
    "assessing": "Finding out what matters",
    "supporting": "Getting support",
    "reviewing": "Looking back at the plan",
    "on_hold": "On hold",
    "rejected": "Not taken on",
    "cancelled": "Cancelled",
    "closed": "Closed",
    "entered_in_error": "Entered in error",
}
ONWARD_WORDS = {
    "sent": "Asked, no answer yet",
    "accepted": "Said yes, not yet started",
    "waitlisted": "On the waiting list",
    "started": "Going",
    "completed": "Finished",
    "not_started": "Did not begin",
    "dropped_out": "Stopped going",
    "rejected": "The group said no",
    "cancelled": "Cancelled",
}
REASON_WORDS = {
    # why the hub says no
    "duplicate_referral": "The person has been referred already",
    "inappropriate_referral": "This is not something we can help with",
    "incomplete_referral": "Details are missing",
    "out_of_area": "The person lives outside our area",
    "not_eligible": "The person is not eligible",
    "no_capacity": "There is no room",
    "no_consent": "The person has not agreed",
    "risk_outside_scope": "The risk is more than this service can manage",
    # why a referral is taken back
    "made_in_error": "It was made in error",
    "patient_changed_mind": "The person changed their mind",
    "superseded": "Another referral takes its place",
    "moved_out_of_area": "The person has moved away",
    "died": "The person has died",
    # how a case ended
    "completed_goals_met": "The goals were met",
    "completed_goals_part_met": "Some of the goals were met",
    "completed_goals_not_met": "The goals were not met",
    "completed_signposted_only": "The person was given details of services to contact",
    "needs_met_elsewhere": "The person's needs were met elsewhere",
    "declined_at_first_contact": "The person did not want to go on when we first spoke",
    "withdrew_after_engaging": "The person decided to stop",
    "unable_to_contact": "We could not reach the person",
    "disengaged": "The person stopped answering",
    "admitted_or_long_term_care": "The person is in hospital or in long-term care",
    "transferred_other_service": "Another service has taken over",
    "service_ended": "The service has ended",
    # why a group says no, or why it came to nothing
    "full": "The group is full",
    "not_right_for_us": "The group is not right for them",
    "too_far": "It is too far",
    "no_answer": "We tried, and got no answer",
    "did_not_attend": "They did not come",
    "changed_mind": "They changed their mind",
    "other": "Another reason",
}
ACTION_WORDS = {
    "start_triage": "Start looking at it",
    "accept": "Accept",
    "reject": "Say no",
    "cancel": "Cancel the referral",
    "waitlist": "Put on the waiting list",
    "allocate": "Give to a link worker",
    "start_assessing": "Start finding out what matters",
    "start_supporting": "Start acting on the plan",
    "start_reviewing": "Start a review",
    "finish_reviewing": "Finish the review",
    "hold": "Put on hold",
    "resume_contacting": "Go on making contact",
    "resume_assessing": "Go on finding out what matters",
    "resume_supporting": "Go on with support",
    "resume_reviewing": "Go on with the review",
    "close": "Close the case",
}
ONWARD_ACTION_WORDS = {
    "accept": "The group said yes",
    "reject": "The group said no",
    "waitlist": "Put on their waiting list",
    "start": "Started going",
    "not_start": "Did not begin",
    "complete": "Finished",
    "drop_out": "Stopped going",
    "cancel": "Cancel this request",
}
ONWARD_REASONS = {
    "reject": ("full", "not_right_for_us", "too_far", "no_answer", "other"),
    "not_start": ("no_answer", "did_not_attend", "changed_mind", "too_far", "other"),
    "drop_out": ("did_not_attend", "changed_mind", "not_right_for_us", "too_far", "other"),
    "cancel": ("changed_mind", "no_answer", "other"),
}
EVENT_WORDS = {
    "referral.drafted": "Referral written",
    "referral.revised": "Referral changed before it was sent",
    "referral.discarded": "Draft deleted",
    "person.changed": "Details of the person changed",
    "referral.submitted": "Referral sent to the hub",
    "referral.triage_started": "The hub started to look at it",
    "referral.accepted": "Accepted",
    "referral.rejected": "Not taken on",
    "referral.waitlisted": "Put on the waiting list",
    "referral.allocated": "Given to a link worker",
    "referral.cancelled": "Cancelled",
    "referral.contacting_started": "Started to make contact",
    "referral.assessing_started": "Started to find out what matters",
    "referral.supporting_started": "Started to act on the plan",
    "referral.review_started": "Review started",
    "referral.review_finished": "Review finished",
    "referral.held": "Put on hold",
    "referral.resumed": "Taken up again",
    "referral.closed": "Case closed, and the GP told",
    "referral.entered_in_error": "Struck out: it should not have been made",
    "letter.read": "The practice read the letter",
    "attempt.recorded": "Tried to reach them",
    "contact.recorded": "Contact",
    "case.next_action_set": "Next action set",
    "plan.saved": "Plan saved",
    "goal.added": "Goal added",
    "goal.achievement_recorded": "Goal looked at",
    "measure.recorded": "Wellbeing measured",
    "onward.sent": "{group} asked to help",
    "onward.accepted": "{group} said yes",
    "onward.rejected": "{group} said no",
    "onward.waitlisted": "{group} put them on its waiting list",
    "onward.started": "Started at {group}",
    "onward.not_started": "Did not begin at {group}",
    "onward.completed": "Finished at {group}",
    "onward.dropped_out": "Stopped going to {group}",
    "onward.cancelled": "Request to {group} cancelled",
    "onward.first_visit_set": "First visit to {group} arranged",
    "signpost.given": "Details of a service given",
}
ITEM_WORDS = {
    "satisfied": "Life satisfaction",
    "worthwhile": "Feeling that life is worthwhile",
    "happy": "Happiness",
    "anxious": "Anxiety",
    "companionship": "Lacking company",
    "left_out": "Feeling left out",
    "isolated": "Feeling isolated",
    "lonely": "Feeling lonely",
}
RISK_WORDS = {NO_KNOWN_RISKS: "No risks are known", "known_risk": "There is a risk"}
SAFE_TO_PHONE = {
    True: "Safe to phone.",
    False: "Do not phone.",
    None: "Nobody has asked whether it is safe to phone.",
}
SAFE_TO_LEAVE_MESSAGE = {
    True: "You can leave a message.",
    False: "Do not leave a message.",
    None: "Nobody has asked whether we may leave a message.",
}
METHOD_WORDS = {"in_person": " in person", "by_phone": " by phone"}
PURPOSE_WORDS = {
    "share_with_link_worker": "to this referral",
    "share_with_group": "to sharing details with a group",
    "feedback_to_gp": "to telling the GP how it goes",
}
INSTRUMENT_NAMES = {code: instrument.name for code, instrument in INSTRUMENTS.items()}
DETAILS: dict[str, dict[str, str]] = {
    "reason": REASON_WORDS,
    "mechanism": MECHANISMS,
    "attended": ATTENDED,
    "channel": CHANNELS,
    "outcome": ATTEMPT_OUTCOMES,
    "achievement": ACHIEVEMENTS,
    "instrument": INSTRUMENT_NAMES,
}
DATES = {"expected_on": "expected", "review_on": "look again", "on": "due", "first_visit_on": "on"}


class Due(NamedTuple):
    """When something falls due, in words, and how much it presses: "late", "today" or ""."""

    words: str
    presses: str


def in_words(event: Event, onward: Iterable[OnwardReferral] = ()) -> str:
    """One line of the timeline: `Case closed, and the GP told: The goals were met`.

    `onward` lets a group be called by its name. What is not a known code, such as a free text, is never shown.
    """
    groups = {str(held.id): held.service_name for held in onward}
    what = EVENT_WORDS[event.name].format(group=groups.get(event.data.get("onward_id", ""), "a group"))
    details = [DETAILS[name][str(code)] for name, code in event.data.items() if str(code) in DETAILS.get(name, {})]
    details += [f"{words} {_day(event.data[name])}" for name, words in DATES.items() if name in event.data]
    return (what[:1].upper() + what[1:]) + (f": {', '.join(details)}" if details else "")


def _day(iso: Any) -> str:
    return day(date.fromisoformat(iso))


def due(on: date | None) -> Due:
    """`Late by 2 days`, `Today`, or the date."""
    if on is None:
        return Due("No date", "")
    late = (clock.today() - on).days
    if late > 0:
        return Due(f"Late by {number_of(late, 'day')}", "late")
    return Due("Today", "today") if late == 0 else Due(day(on), "")


def reaching(person: Person) -> str:
    """How to reach somebody without putting them at risk; what nobody has asked is said, not guessed."""
    said = [SAFE_TO_PHONE[person.safe_to_phone]]
    asked = person.safe_to_phone or person.safe_to_leave_message is not None
    if asked and person.safe_to_phone is not False:
        said.append(SAFE_TO_LEAVE_MESSAGE[person.safe_to_leave_message])
    return " ".join(filter(None, [*said, person.contact_note]))


def risks(referral: Referral) -> list[str]:
    """What could harm the person or somebody else, in words; the statement that nothing is known is one of them."""
    standing = [risk for risk in referral.risks if risk.ended_at is None]
    return [risk.text or RISK_WORDS.get(risk.code, risk.code) for risk in standing]


def agreed(consent: Consent) -> str:
    """What somebody agreed to or refused: `Agreed in person: to this referral, 3 March 2026`."""
    said = "Agreed" if consent.given else "Did not agree"
    how = METHOD_WORDS.get(consent.method or "", "")
    taken_back = f", taken back {day(consent.withdrawn_at)}" if consent.withdrawn_at else ""
    return f"{said}{how}: {PURPOSE_WORDS.get(consent.purpose, consent.purpose)}, {day(consent.at)}{taken_back}"


def mid_sentence(text: str) -> str:
    """The same words further on in a sentence: `Money and debt` is `money and debt`, and `NHS number` stays."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]


def number_of(count: int, noun: str, several: str = "") -> str:
    """`1 day`, `2 days`, `3 tries`."""
    return f"{count} {noun if count == 1 else several or noun + 's'}"


def answer_in_words(item: str, value: int) -> str:
    """One answer to a measure: `3 out of 10`, or the words of the answer chosen."""
    if value in NOUGHT_TO_TEN and item in INSTRUMENTS["ons4"].questions:
        return f"{value} out of 10"
    return (DIRECT if item == "lonely" else HOW_OFTEN)[value]


def change_in_words(item: str, first: int, last: int) -> str:
    """What happened between the first and the last answer: `Life satisfaction rose from 3 to 6 out of 10`."""
    name = ITEM_WORDS[item]
    before, after = (answer_in_words(item, value).lower() for value in (first, last))
    if first == last:
        return f"{name} stayed at {after}"
    if item in INSTRUMENTS["ons4"].questions:
        return f"{name} {'rose' if last > first else 'fell'} from {first} to {after}"
    return f"{name} went from {before} to {after}"
