"""One choice says what happened: `No answer` is a try by phone, `Met in person` an appointment kept."""

from typing import NamedTuple

from social_rx.referrals import caseload
from social_rx.referrals.models import Referral
from social_rx.users import Actor


class Try(NamedTuple):
    """A try that reached nobody, in the codes of an Attempt."""

    words: str
    channel: str
    outcome: str


class Conversation(NamedTuple):
    """An appointment or conversation, in the codes of a Contact."""

    words: str
    mechanism: str
    attended: str


HAPPENINGS: dict[str, Try | Conversation] = {
    "spoke_by_phone": Conversation("Spoke by phone", "02", "5"),
    "met_in_person": Conversation("Met in person", "01", "5"),
    "no_answer": Try("No answer", "phone", "no_answer"),
    "sent_text": Try("Sent text", "text", "sent"),
    "did_not_come": Conversation("Did not come", "01", "3"),
    "spoke_by_video": Conversation("Spoke by video", "11", "5"),
    "left_message": Try("Left a message", "phone", "left_message"),
    "wrong_number": Try("Wrong number", "phone", "wrong_number"),
    "sent_letter": Try("Sent a letter", "letter", "sent"),
    "sent_email": Try("Sent an e-mail", "email", "sent"),
    "called_at_home": Try("Called at their home, nobody there", "visit", "no_answer"),
    "came_too_late": Conversation("Came too late to be seen", "01", "7"),
    "they_cancelled": Conversation("They cancelled", "01", "2"),
    "we_cancelled": Conversation("We cancelled", "01", "4"),
}
QUICK = list(HAPPENINGS)[:5]


def record(
    actor: Actor, reference: str, *, happened: str, note: str | None = None, minutes: int | None = None
) -> Referral:
    """Record what happened just now, as one of HAPPENINGS; a try takes no minutes."""
    what = HAPPENINGS[happened]
    if isinstance(what, Try):
        return caseload.record_attempt(actor, reference, channel=what.channel, outcome=what.outcome, note=note)
    return caseload.record_contact(
        actor, reference, mechanism=what.mechanism, attended=what.attended, minutes=minutes, summary=note
    )
