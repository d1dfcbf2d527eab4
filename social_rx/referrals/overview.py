"""What a link worker and the hub see at a glance: what is late, what is new, and who has room."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from flask import current_app
from sqlalchemy import Select, case, func, select

from social_rx import clock
from social_rx.db import db
from social_rx.events import Event
from social_rx.nhs import day
from social_rx.referrals import queries
from social_rx.referrals.models import Message, Referral
from social_rx.referrals.status import DECIDING, OPEN
from social_rx.referrals.wording import number_of
from social_rx.users import Actor


class Figures(NamedTuple):
    """A caseload in four numbers; `cap` is how many open cases a link worker may hold."""

    late: int
    due_today: int
    open_cases: int
    cap: int


class Room(NamedTuple):
    """One link worker and the open cases they hold."""

    link_worker_id: uuid.UUID
    name: str
    open_cases: int
    cap: int

    @property
    def words(self) -> str:
        return f"{self.open_cases} of {self.cap}"


class Wait(NamedTuple):
    """How long a referral has waited for the hub, in words; `late` says since when it should have been looked at."""

    words: str
    late: str | None


def caseload_figures(actor: Actor) -> Figures:
    """The numbers above a link worker's own list."""
    today = clock.today()
    mine = queries.visible_to(actor).where(Referral.link_worker_id == actor.user_id, Referral.status.in_(OPEN))
    late = func.sum(case((Referral.next_action_on < today, 1), else_=0))
    due = func.sum(case((Referral.next_action_on == today, 1), else_=0))
    late_cases, due_cases, open_cases = db.session.execute(mine.with_only_columns(late, due, func.count())).one()
    return Figures(late_cases or 0, due_cases or 0, open_cases, current_app.config["CASELOAD_CAP"])


def with_new_replies(actor: Actor, referrals: Sequence[Referral]) -> set[uuid.UUID]:
    """The cases in which a group has answered since the actor last wrote something there."""
    theirs = case((Event.actor_id == actor.user_id, 0), else_=Event.id)
    mine = case((Event.actor_id == actor.user_id, Event.id), else_=0)
    answered = case((Event.name.like("onward.%"), theirs), else_=0)
    query = (
        select(Event.subject_id)
        .where(Event.subject_type == Referral.__tablename__, Event.subject_id.in_([found.id for found in referrals]))
        .group_by(Event.subject_id)
        .having(func.max(answered) > func.max(mine))
    )
    return set(db.session.scalars(query))


def with_unread_letters(actor: Actor, *, mine: bool, most: int = 20) -> list[Referral]:
    """The practice's referrals, or the actor's own, with a letter that nobody there has read; the last closed first."""
    newest = (Referral.closed_at.desc(), Referral.id)
    return list(db.session.scalars(_unread(actor, mine=mine).options(*queries.LISTED).order_by(*newest).limit(most)))


def unread_letters(actor: Actor) -> int:
    """How many of the actor's own referrals have a letter that nobody at the practice has read."""
    return db.session.scalar(select(func.count()).select_from(_unread(actor, mine=True).subquery())) or 0


def _unread(actor: Actor, *, mine: bool) -> Select[Referral]:
    unread = select(Message.referral_id).where(Message.read_at.is_(None))
    query = queries.visible_to(actor).where(Referral.id.in_(unread))
    return query.where(Referral.referrer_id == actor.user_id) if mine else query


def link_workers_with_room(actor: Actor) -> list[Room]:
    """The link workers the hub may give a case to, the one with the fewest open cases first."""
    cap = current_app.config["CASELOAD_CAP"]
    found = queries.link_workers_for(actor.place_path) if actor.place_path else []
    return [Room(user.id, user.name, held, cap) for user, held in found]


def wait(referral: Referral) -> Wait:
    """How long it is since the referral was received, and whether the hub should have looked at it by now."""
    if referral.received_at is None:
        return Wait("Not sent yet", None)
    received, today = _in_england(referral), clock.today()
    days = clock.working_days_between(received, today)
    words = number_of(days, "working day") if days else "Less than 1 working day"
    by = clock.add_working_days(received, current_app.config["TRIAGE_DAYS"])
    late = referral.status in DECIDING and today > by
    return Wait(words, f"Late: should have been looked at by {day(by)}" if late else None)


def days_open(referral: Referral) -> int:
    """Days since the referral was received."""
    return (clock.today() - _in_england(referral)).days if referral.received_at else 0


def _in_england(referral: Referral) -> date:
    received = referral.received_at or clock.now()
    return received.astimezone(clock.LONDON).date()
