"""The steps a demonstration's referral takes, each through the real use case at the time its story says."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from social_rx import clock, users
from social_rx.db import db
from social_rx.demo.cast import answering_for
from social_rx.demo.stories import EARLY_ENDINGS, ENDINGS, GROUP_STORIES, MESSAGES, NEXT, NOTES, OVER, WHY
from social_rx.directory.models import Service
from social_rx.referrals import caseload, closing, measures, onward, planning, queries, referring, triage
from social_rx.referrals.models import NO_KNOWN_RISKS, OnwardReferral
from social_rx.referrals.schemas.requests import PERSON
from social_rx.referrals.status import CancellationReason, ClosureReason, RejectionReason
from social_rx.users import Actor


@dataclass
class History:
    """One referral on its way: who acts, what time it is in its story, and what is known of the person."""

    person: dict[str, Any]
    target: str
    moment: datetime
    end: datetime
    chance: random.Random
    referrer: Actor
    hub: Actor
    worker: Actor
    service: Service | None
    helper: Service | None
    second: Service | None
    reference: str = ""

    @contextmanager
    def later(self, days: float) -> Iterator[None]:
        """Some days on, in working hours, never past today."""
        self.moment = min(max(self.moment, at_work(self.moment + timedelta(days=days))), self.end)
        with clock.pretend(self.moment):
            yield
            db.session.flush()  # what is written gets the time it is now, not that of a later step


def at_work(moment: datetime) -> datetime:
    """The same time of the story in a working day: noon stays noon, and a Saturday's night is Monday's morning."""
    local = moment.astimezone(clock.LONDON)
    day = local.date()
    while not clock.is_working_day(day):
        day += timedelta(days=1)
    hours = 9 + (local.hour + local.minute / 60) / 3
    return datetime.combine(day, time(0), clock.LONDON) + timedelta(hours=hours)


def draft(history: History) -> None:
    person, story = history.person, history.person["story"]
    details = {name: person[name] for name in PERSON if name in person}
    details["date_of_birth"] = date.fromisoformat(str(person["date_of_birth"]))
    details["address"] = ", ".join([*person["address"], person["town"]])
    known = story["risk"] == NO_KNOWN_RISKS
    with history.later(0):
        referral = referring.draft_referral(
            history.referrer,
            person=details,
            needs=story["needs"],
            reason=story["reason"],
            service_id=history.service.id if history.service else None,
            urgent=history.chance.random() < 0.08,
            risk={"code": NO_KNOWN_RISKS if known else "known_risk", "text": None if known else story["risk"]},
            consent={"given": True, "method": history.chance.choice(["in_person", "by_phone"])},
        )
    history.reference = referral.reference


def submit(history: History) -> None:
    with history.later(0.005):
        referring.submit_referral(history.referrer, history.reference, even_if_open=True)


def start_triage(history: History) -> None:
    with history.later(history.chance.uniform(0.2, 1.5)):
        triage.start_triage(history.hub, history.reference)


def accept(history: History) -> None:
    with history.later(history.chance.uniform(0.1, 0.8)):
        triage.accept_referral(history.hub, history.reference)


def waitlist(history: History) -> None:
    with history.later(0.3):
        triage.waitlist_referral(
            history.hub,
            history.reference,
            reason="Every link worker in the team has a full caseload.",
            expected_on=clock.today() + timedelta(days=40),
        )


def allocate(history: History) -> None:
    assert history.worker.user_id is not None  # link workers have accounts
    with history.later(history.chance.uniform(0.2, 1.0)):
        triage.allocate_referral(history.hub, history.reference, link_worker_id=history.worker.user_id)


def no_answer(history: History) -> None:
    with history.later(history.chance.uniform(0.8, 2.5)):
        channel = history.chance.choice(["phone", "text"])
        outcome = "no_answer" if channel == "phone" else "sent"
        caseload.record_attempt(history.worker, history.reference, channel=channel, outcome=outcome)


def spoke(history: History) -> None:
    with history.later(history.chance.uniform(0.5, 2.0)):
        caseload.record_contact(
            history.worker,
            history.reference,
            mechanism=history.chance.choice(["02", "02", "01", "11"]),
            attended=history.chance.choice(["5", "5", "6"]),
            minutes=history.chance.choice([20, 30, 45, 60]),
            summary=history.chance.choice(NOTES),
        )


def start_assessing(history: History) -> None:
    with history.later(0.02):
        caseload.start_assessing(history.worker, history.reference)


def plan(history: History) -> None:
    story = history.person["story"]
    with history.later(history.chance.uniform(3, 7)):
        measure(history, low=True)
        planning.save_plan(
            history.worker,
            history.reference,
            matters=story["matters"],
            agreed=True,
            agreed_with=history.person["given_name"],
        )
        for text in story["goals"]:
            action = {
                "what": "Go along for the first time",
                "who": history.person["given_name"],
                "confidence": history.chance.randint(4, 9),
            }
            planning.add_goal(
                history.worker, history.reference, text=text, importance=history.chance.randint(6, 10), actions=[action]
            )
        planning.start_supporting(history.worker, history.reference)


def measure(history: History, *, low: bool) -> None:
    """ONS4 before and after: a little better on most questions, as it goes."""
    shift = 0 if low else history.chance.randint(0, 3)
    base = {item: history.chance.randint(2, 5) for item in ("satisfied", "worthwhile", "happy")}
    answers = {item: min(10, value + shift) for item, value in base.items()}
    answers["anxious"] = max(0, history.chance.randint(5, 8) - shift)
    measures.record_measure(history.worker, history.reference, instrument="ons4", answers=answers)


def ask_group(history: History) -> None:
    """Ask a group where one can be asked, and hear its answer; otherwise hand over a name and a number."""
    with history.later(history.chance.uniform(1, 4)):
        if history.helper is None:
            onward.signpost(history.worker, history.reference, to=history.person["story"]["service"])
            return
        sent = _ask(history, history.helper)
    group = answering_for(history.helper)
    stories = [story for story in GROUP_STORIES if history.target != "closed" or story[-1] in OVER]
    for action in history.chance.choice(stories):
        with history.later(history.chance.uniform(1, 5)):
            onward.answer_onward(group, sent.id, action, reason=WHY.get(action))


def ask_another(history: History) -> None:
    """A second group is asked these days, and has not answered yet."""
    if history.second is not None:
        history.moment = at_work(history.end - timedelta(days=history.chance.uniform(1, 4)))
        with history.later(0):
            _ask(history, history.second)


def _ask(history: History, service: Service) -> OnwardReferral:
    return onward.refer_onward(
        history.worker,
        history.reference,
        service_id=service.id,
        message=history.chance.choice(MESSAGES),
        shared=["name", "phone", "contact_note"],
        consent_method="in_person",
    )


def keep_in_touch(history: History) -> None:
    plan_now = queries.get_referral(history.worker, history.reference).plan
    for goal in plan_now.goals[:1] if plan_now else []:
        with history.later(1):
            planning.record_achievement(history.worker, history.reference, goal.id, achievement="started")
    for _ in range(history.chance.randint(1, 4)):
        history.moment = min(history.moment + timedelta(days=6), history.end)
        spoke(history)


def start_reviewing(history: History) -> None:
    history.moment = max(history.moment, at_work(history.end - timedelta(days=history.chance.uniform(3, 5))))
    with history.later(0):
        planning.start_reviewing(history.worker, history.reference)


def next_up(history: History) -> None:
    """What comes next, a little late in some cases, today in others, most of it soon."""
    history.moment = at_work(history.end - timedelta(days=5))
    with history.later(0):
        on = clock.today() + timedelta(days=history.chance.choice([2, 3, 5, 5, 6, 7, 9, 10, 12, 15]))
        caseload.set_next_action(history.worker, history.reference, what=history.chance.choice(NEXT), on=on)


def hold(history: History) -> None:
    with history.later(2):
        review_on = history.end.date() + timedelta(days=history.chance.randint(3, 30))
        caseload.hold_case(
            history.worker, history.reference, reason="In hospital for a hip operation.", review_on=review_on
        )


def close(history: History) -> None:
    reason, words = history.chance.choice(ENDINGS)
    with history.later(history.chance.uniform(3, 12)):
        if not words:
            measure(history, low=False)
        goals = queries.get_referral(history.worker, history.reference).plan
        for goal in goals.goals if goals else []:
            reached = "achieved" if reason == ClosureReason.COMPLETED_GOALS_MET else "partly_achieved"
            planning.record_achievement(history.worker, history.reference, goal.id, achievement=reached)
        closing.close_case(
            history.worker,
            history.reference,
            reason=reason,
            outcome=words or history.person["story"]["outcome"],
            actions_for_gp="Nothing. Please tell us if things change.",
        )


def close_early(history: History) -> None:
    """It ends with the first conversation."""
    reason, words = history.chance.choice(EARLY_ENDINGS)
    with history.later(0.01):
        closing.close_case(
            history.worker,
            history.reference,
            reason=reason,
            outcome=words,
            actions_for_gp="Please ask how they are when you next see them.",
            no_measure_reason="We spoke once.",
        )


def close_unreached(history: History) -> None:
    """Three tries, on three days, in two ways; then the case is closed."""
    for channel, outcome in (("phone", "no_answer"), ("phone", "left_message"), ("letter", "sent")):
        with history.later(3):
            caseload.record_attempt(history.worker, history.reference, channel=channel, outcome=outcome)
    with history.later(10):
        closing.close_case(
            history.worker,
            history.reference,
            reason=ClosureReason.UNABLE_TO_CONTACT,
            outcome="We phoned twice and wrote once. The letter says how to come back to us.",
            actions_for_gp="Please mention us again when you next see them.",
            no_measure_reason="We never spoke.",
        )


def reject(history: History) -> None:
    with history.later(history.chance.uniform(0.2, 1.5)):
        reason = history.chance.choice(list(RejectionReason))
        triage.reject_referral(
            history.hub, history.reference, reason=reason, note="Please phone the hub to talk about it."
        )


def cancel(history: History) -> None:
    with history.later(history.chance.uniform(0.1, 1.0)):
        reason = history.chance.choice([CancellationReason.PATIENT_CHANGED_MIND, CancellationReason.SUPERSEDED])
        referring.cancel_referral(history.referrer, history.reference, reason=reason)


def enter_in_error(history: History) -> None:
    with history.later(1):
        closing.enter_in_error(users.SYSTEM, history.reference, reason="Written for the wrong patient.")
