"""Referrals with believable histories, in every status, driven through the real use cases."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from social_rx.demo import steps
from social_rx.demo.cast import GROUP, referable_near, somebody
from social_rx.demo.steps import History
from social_rx.places import find_place
from social_rx.users import Role

# How many referrals end where, and how many days ago they were received (from, to).
TARGETS: dict[str, tuple[int, int, int]] = {
    "closed": (24, 100, 330),
    "closed_early": (4, 20, 200),
    "closed_unreached": (2, 40, 90),
    "rejected": (6, 20, 200),
    "cancelled": (4, 20, 150),
    "supporting": (20, 45, 130),
    "reviewing": (6, 70, 140),
    "on_hold": (4, 60, 120),
    "assessing": (8, 15, 26),
    "contacting": (9, 6, 14),
    "allocated": (7, 4, 8),
    "waitlisted": (4, 12, 30),
    "accepted": (5, 3, 6),
    "in_triage": (5, 2, 4),
    "received": (8, 0, 3),
    "draft": (3, 0, 2),
    "entered_in_error": (1, 30, 40),
}

Step = Callable[[History], None]
TO_ACCEPTED: list[Step] = [steps.draft, steps.submit, steps.start_triage, steps.accept]
TO_ALLOCATED = [*TO_ACCEPTED, steps.allocate]
TO_ASSESSING = [*TO_ALLOCATED, steps.no_answer, steps.spoke, steps.start_assessing]
TO_SUPPORTING = [*TO_ASSESSING, steps.plan, steps.ask_group]
ROADS: dict[str, list[Step]] = {
    "draft": [steps.draft],
    "received": [steps.draft, steps.submit],
    "in_triage": [steps.draft, steps.submit, steps.start_triage],
    "accepted": TO_ACCEPTED,
    "waitlisted": [*TO_ACCEPTED, steps.waitlist],
    "allocated": TO_ALLOCATED,
    "contacting": [*TO_ALLOCATED, steps.no_answer],
    "assessing": [*TO_ASSESSING, steps.next_up],
    "supporting": [*TO_SUPPORTING, steps.keep_in_touch, steps.next_up, steps.ask_another],
    "reviewing": [*TO_SUPPORTING, steps.keep_in_touch, steps.start_reviewing],
    "on_hold": [*TO_SUPPORTING, steps.hold],
    "closed": [*TO_SUPPORTING, steps.keep_in_touch, steps.close],
    "closed_early": [*TO_ALLOCATED, steps.spoke, steps.close_early],
    "closed_unreached": [*TO_ALLOCATED, steps.close_unreached],
    "rejected": [steps.draft, steps.submit, steps.start_triage, steps.reject],
    "cancelled": [steps.draft, steps.submit, steps.cancel],
    "entered_in_error": [steps.draft, steps.submit, steps.enter_in_error],
}


def write_histories(people: list[dict[str, Any]], now: datetime) -> int:
    """Write the referrals of the demonstration; returns how many. Always the same ones, counted back from `now`."""
    chance = random.Random(2026)  # noqa: S311 - stories, not secrets
    people = chance.sample(people, len(people))
    targets = [target for target, (count, _, _) in TARGETS.items() for _ in range(count)]
    for number, target in enumerate(targets):
        history = _history(people[number % len(people)], number, target, now, chance)
        for step in ROADS[target]:
            step(history)
    return len(targets)


def _history(person: dict[str, Any], number: int, target: str, now: datetime, chance: random.Random) -> History:
    _, youngest, oldest = TARGETS[target]
    age = chance.uniform(youngest + 0.2, oldest)
    practice = find_place(person["practice"])
    assert practice is not None  # every person of the demonstration has a practice of the demonstration
    referable = referable_near(person)
    shown = [found for found in referable[:40] if found.organisation.name == GROUP]
    named = next((found for found in referable if found.name == person["story"]["service"]), None)
    helper = next(iter(shown), None) or named or (chance.choice(referable[:3]) if referable else None)
    others = [found for found in [*shown, *referable[:5]] if found is not helper]
    return History(
        person=person,
        target=target,
        moment=now - timedelta(days=age),
        end=now - timedelta(minutes=number % 50 + 1),
        chance=chance,
        referrer=somebody(Role.REFERRER, practice, number),
        hub=somebody(Role.COORDINATOR, practice, number),
        worker=somebody(Role.LINK_WORKER, practice, number),
        service=named,
        helper=helper,
        second=others[0] if others and number % 2 else None,
    )
