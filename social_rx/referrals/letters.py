"""The letter to the GP, written from the record: what they must do first, then what happened. One page at most."""

from social_rx import clock
from social_rx.directory.taxonomies import NEEDS
from social_rx.nhs import day
from social_rx.referrals import measures
from social_rx.referrals.models import Message, OnwardReferral, Referral
from social_rx.referrals.wording import ONWARD_WORDS, REASON_WORDS, change_in_words, number_of
from social_rx.users import Actor


def letter_to_gp(
    actor: Actor, referral: Referral, *, actions_for_gp: str, no_measure_reason: str | None = None
) -> Message:
    """The letter as it is sent: `body` in paragraphs, `payload` with the same facts for other systems."""
    person, practice = referral.person, referral.practice
    happened = [
        f"{number_of(sum(contact.counts for contact in referral.contacts), 'contact')}.",
        f"{number_of(len(referral.attempts), 'try', 'tries')} that reached nobody." if referral.attempts else "",
        *(_onward_line(onward) for onward in referral.onward),
        *(f"Details of {signpost.to} given." for signpost in referral.signposts),
    ]
    sections = {
        "What you need to do": [actions_for_gp.strip()],
        "Why you referred": [_needs(referral), referral.reason],
        "What matters to them": [referral.plan.matters] if referral.plan and referral.plan.matters else [],
        "What happened": happened,
        "How they are doing": _wellbeing(referral, no_measure_reason),
        "Outcome": [f"{REASON_WORDS[referral.closure_reason or '']}.", referral.ending_note or ""],
    }
    heading = [
        f"To {referral.return_response_to or referral.referrer_name}, {practice.name}",
        f"About {person.name}, born {day(person.date_of_birth)}" + _number(person.nhs_number),
        f"Referral {referral.reference}, received {day(referral.received_at) if referral.received_at else ''}",
    ]
    parts = ["\n".join(heading)]
    parts += [f"{title}\n" + "\n".join(line for line in lines if line) for title, lines in sections.items() if lines]
    parts.append(f"{actor.name}, {actor.role_label}\n{day(clock.today())}")
    return Message(
        referral_id=referral.id,
        subject=f"Social prescribing: case {referral.reference} closed",
        actions_text=actions_for_gp.strip(),
        body="\n\n".join(parts),
        payload=_payload(referral, actions_for_gp.strip()),
        sent_by_id=actor.user_id,
    )


def _number(nhs_number: str | None) -> str:
    return f", NHS number {nhs_number[:3]} {nhs_number[3:6]} {nhs_number[6:]}" if nhs_number else ""


def _needs(referral: Referral) -> str:
    return ", ".join(NEEDS[need.code] for need in referral.needs if need.code in NEEDS)


def _onward_line(onward: OnwardReferral) -> str:
    return f"{onward.service_name} ({onward.organisation.name}): {ONWARD_WORDS[onward.status].lower()}."


def _wellbeing(referral: Referral, no_measure_reason: str | None) -> list[str]:
    """Change in words where an item was asked twice; otherwise that it was asked once, or why not."""
    if not referral.measures:
        return [f"No wellbeing measure: {no_measure_reason}"] if no_measure_reason else []
    lines = [f"{change_in_words(item, *ends)}." for item, ends in measures.changes(referral.measures).items()]
    return lines or ["Measured once, so no change can be shown."]


def _payload(referral: Referral, actions: str) -> dict[str, object]:
    """The same facts under the headings of the PRSB standard."""
    return {
        "plan_and_requested_actions": actions,
        "referral": {"reference": referral.reference, "closure_reason": referral.closure_reason},
        "contacts": sum(contact.counts for contact in referral.contacts),
        "onward_referrals": [{"service": held.service_name, "status": held.status} for held in referral.onward],
        "signposts": [{"to": given.to} for given in referral.signposts],
        "assessments": [{"instrument": held.instrument, "answers": held.answers} for held in referral.measures],
    }
