"""What somebody may see of referrals. Every query starts from there: what is not yours is not there."""

import uuid
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, and_, case, false, func, or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from social_rx import events
from social_rx.db import db
from social_rx.directory.models import Location, Service, ServiceAtLocation
from social_rx.errors import NotFound
from social_rx.places import within
from social_rx.referrals.models import Goal, Message, OnwardReferral, Person, Plan, Referral
from social_rx.referrals.references import as_written
from social_rx.referrals.status import GROUP, ONWARD_LIVE, OPEN, PRACTICE, OnwardStatus, ReferralStatus
from social_rx.users import Actor, Role, RoleAssignment, User

S = ReferralStatus
AFRESH = {"populate_existing": True}  # as the database has it now, even where the session holds an older reading
NOT_FOUND = "We could not find that referral. Check the reference."

LISTED = (
    joinedload(Referral.person),
    joinedload(Referral.practice),
    joinedload(Referral.link_worker),
    selectinload(Referral.needs),
)
WHOLE = (
    *LISTED,
    joinedload(Referral.place),
    selectinload(Referral.consents),
    selectinload(Referral.risks),
    selectinload(Referral.attempts),
    selectinload(Referral.contacts),
    selectinload(Referral.plan).selectinload(Plan.goals).selectinload(Goal.actions),
    selectinload(Referral.measures),
    selectinload(Referral.onward).joinedload(OnwardReferral.organisation),
    selectinload(Referral.signposts),
    selectinload(Referral.messages),
)


def visible_to(actor: Actor) -> Select[Referral]:
    """The referrals this actor may know of: their practice's own, those of their team or hub, and their own cases."""
    if actor.role in PRACTICE and actor.place_id:
        return select(Referral).where(Referral.practice_id == actor.place_id, Referral.discarded_at.is_(None))
    if actor.role in {Role.LINK_WORKER, Role.COORDINATOR} and actor.place_path:
        theirs = or_(Referral.place_id.in_(within(actor.place_path)), Referral.link_worker_id == actor.user_id)
        return select(Referral).where(theirs, Referral.status != S.DRAFT)
    return select(Referral).where(false())


def get_referral(actor: Actor, reference: str) -> Referral:
    """One referral with everything that hangs on it. Raises NotFound."""
    return _one(visible_to(actor).execution_options(**AFRESH), reference, WHOLE)


def referral_to_change(actor: Actor, reference: str) -> Referral:
    """The same, locked until the transaction ends, so that two changes of one referral follow each other."""
    locked = visible_to(actor).with_for_update(of=Referral)
    return _one(locked.execution_options(**AFRESH), reference, WHOLE)


def as_it_now_is(actor: Actor, referral: Referral) -> Referral:
    """The referral read again inside its transaction, with what has just been added to it."""
    db.session.flush()
    return get_referral(actor, referral.reference)


def referral_entered_in_error(reference: str) -> Referral:
    """The bare referral an administrator strikes out; they read nothing of it. Raises NotFound."""
    return _one(select(Referral).with_for_update(of=Referral), reference, ())


def _one(query: Select[Referral], reference: str, options: Sequence[ExecutableOption]) -> Referral:
    referral = db.session.scalar(query.where(Referral.reference == as_written(reference)).options(*options))
    if referral is None:
        raise NotFound(NOT_FOUND)
    return referral


def list_referrals(
    actor: Actor, *, status: Sequence[ReferralStatus] = (), mine: bool = False, page: int = 1, per_page: int = 20
) -> tuple[list[Referral], int]:
    """One page of the referrals an actor may see, newest first, and how many there are in all."""
    query = visible_to(actor)
    if status:
        query = query.where(Referral.status.in_(status))
    if mine:
        query = query.where(or_(Referral.referrer_id == actor.user_id, Referral.link_worker_id == actor.user_id))
    newest = (Referral.created_at.desc(), Referral.id)
    return _page(query.order_by(*newest), page, per_page)


def waiting_for_triage(actor: Actor, *, page: int = 1, per_page: int = 20) -> tuple[list[Referral], int]:
    """What the hub must decide or allocate: urgent first, then oldest."""
    deciding = {S.RECEIVED, S.IN_TRIAGE, S.ACCEPTED, S.WAITLISTED}
    query = visible_to(actor).where(Referral.status.in_(deciding))
    return _page(query.order_by(Referral.urgent.desc(), Referral.received_at, Referral.id), page, per_page)


def caseload(actor: Actor, *, page: int = 1, per_page: int = 50) -> tuple[list[Referral], int]:
    """A link worker's open cases, what is late or due first."""
    query = visible_to(actor).where(Referral.link_worker_id == actor.user_id, Referral.status.in_(OPEN))
    no_date_last = case((Referral.next_action_on.is_(None), 1), else_=0)
    return _page(query.order_by(no_date_last, Referral.next_action_on, Referral.id), page, per_page)


def _page(query: Select[Referral], page: int, per_page: int) -> tuple[list[Referral], int]:
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = db.session.scalars(query.options(*LISTED).limit(per_page).offset((page - 1) * per_page))
    return list(rows), total


def timeline(actor: Actor, reference: str) -> list[events.Event]:
    """What has happened to one referral, oldest first. Raises NotFound."""
    return events.timeline(_one(visible_to(actor), reference, ()))


def with_news(referrals: Sequence[Referral]) -> set[uuid.UUID]:
    """Which of these have a letter that nobody at the practice has read yet."""
    keys = [referral.id for referral in referrals]
    unread = select(Message.referral_id).where(Message.referral_id.in_(keys), Message.read_at.is_(None))
    return set(db.session.scalars(unread))


def open_referrals_of(person: Person) -> list[Referral]:
    """Open referrals of the same human being, whichever practice sent them: same number, or same name and birth."""
    same_number = Person.nhs_number == person.nhs_number if person.nhs_number else false()
    same_person = and_(
        func.lower(Person.given_name) == person.given_name.lower(),
        func.lower(Person.family_name) == person.family_name.lower(),
        Person.date_of_birth == person.date_of_birth,
    )
    query = select(Referral).join(Person, Referral.person_id == Person.id).where(or_(same_number, same_person))
    return list(db.session.scalars(query.where(Referral.status.in_(OPEN)).order_by(Referral.received_at, Referral.id)))


def link_workers_for(place_path: str) -> list[tuple[User, int]]:
    """The link workers at a place and below it, each with how many open cases they hold; fewest first."""
    cases = (
        select(Referral.link_worker_id, func.count().label("open_cases"))
        .where(Referral.status.in_(OPEN))
        .group_by(Referral.link_worker_id)
        .subquery()
    )
    held = func.coalesce(cases.c.open_cases, 0)
    rows = db.session.execute(
        select(User, held)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .outerjoin(cases, cases.c.link_worker_id == User.id)
        .where(RoleAssignment.role == Role.LINK_WORKER, RoleAssignment.ends_on.is_(None), User.active)
        .where(RoleAssignment.place_id.in_(within(place_path)))
        .order_by(held, User.name, User.id)
        .distinct()
    )
    return [(user, held) for user, held in rows]


def onward_visible_to(actor: Actor) -> Select[OnwardReferral]:
    """The onward referrals an actor may know of: those sent to their group, or made in cases they may see."""
    if actor.role in GROUP and actor.organisation_id:
        return select(OnwardReferral).where(OnwardReferral.organisation_id == actor.organisation_id)
    seen = visible_to(actor).with_only_columns(Referral.id)
    return select(OnwardReferral).where(OnwardReferral.referral_id.in_(seen))


def get_onward(actor: Actor, onward_id: uuid.UUID) -> OnwardReferral:
    """One onward referral with its person and consents. Raises NotFound."""
    return _one_onward(onward_visible_to(actor), onward_id)


def onward_to_change(actor: Actor, onward_id: uuid.UUID) -> OnwardReferral:
    return _one_onward(onward_visible_to(actor).with_for_update(of=OnwardReferral), onward_id)


def _one_onward(query: Select[OnwardReferral], onward_id: uuid.UUID) -> OnwardReferral:
    found = query.where(OnwardReferral.id == onward_id).options(*onward_loading())
    onward = db.session.scalar(found.execution_options(**AFRESH))
    if onward is None:
        raise NotFound("We could not find that request.")
    return onward


def onward_loading() -> tuple[Any, ...]:
    referral = joinedload(OnwardReferral.referral)
    return (
        joinedload(OnwardReferral.organisation),
        joinedload(OnwardReferral.consent),
        referral.joinedload(Referral.person),
        referral.joinedload(Referral.link_worker),
        referral.selectinload(Referral.needs),
        referral.selectinload(Referral.consents),
    )


def live_requests(referral: Referral) -> list[OnwardReferral]:
    """The onward referrals of a case that a group is still to answer or to finish, whoever asks, locked."""
    query = select(OnwardReferral).where(
        OnwardReferral.referral_id == referral.id, OnwardReferral.status.in_(ONWARD_LIVE)
    )
    details = (joinedload(OnwardReferral.organisation), joinedload(OnwardReferral.service))
    return list(db.session.scalars(query.options(*details).with_for_update(of=OnwardReferral)))


def inbox(
    actor: Actor, *, status: Collection[OnwardStatus] = (), page: int = 1, per_page: int = 20
) -> tuple[list[OnwardReferral], int]:
    """What a group has been asked, newest first; in some statuses only, if any are named."""
    query = onward_visible_to(actor)
    if status:
        query = query.where(OnwardReferral.status.in_(status))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    rows = query.order_by(OnwardReferral.sent_at.desc(), OnwardReferral.id).options(*onward_loading())
    return list(db.session.scalars(rows.limit(per_page).offset((page - 1) * per_page))), total


def service_to_refer_to(service_id: uuid.UUID) -> Service:
    """A listing with what a referral needs to know of it. Raises NotFound."""
    places = selectinload(Service.at_locations).joinedload(ServiceAtLocation.location).joinedload(Location.address)
    query = select(Service).where(Service.id == service_id).options(joinedload(Service.organisation), places)
    service = db.session.scalar(query)
    if service is None:
        raise NotFound("That listing is no longer in the directory.")
    return service
