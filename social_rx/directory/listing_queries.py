"""What somebody may see of the listings they keep, and what waits for an editor. Every query starts from there."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, time
from typing import NamedTuple

from sqlalchemy import Select, and_, false, func, or_, select, union_all
from sqlalchemy.orm import selectinload

from social_rx import clock
from social_rx.db import db
from social_rx.directory.models import Organisation, Service
from social_rx.directory.queries import EVERYTHING
from social_rx.directory.status import KEEPERS, NOT_REFERABLE_AFTER, ListingStatus
from social_rx.errors import NotFound
from social_rx.events import Event
from social_rx.users import Actor, Role

S = ListingStatus
GROUP = KEEPERS - {Role.EDITOR}
PUBLIC_ONCE_CHECKED = {S.ACTIVE, S.PAUSED}
PAGE = 20


class Waiting(NamedTuple):
    """One line of an editor's queue: why the listing is there, since when, and what was changed by whom."""

    service: Service
    kind: str  # new, again or changed
    since: datetime
    by: tuple[str, ...]
    fields: tuple[str, ...]


def visible_to(actor: Actor) -> Select[Service]:
    """The listings this actor keeps, in whatever status: an editor all, a group its own, everybody else none."""
    if actor.role == Role.EDITOR:
        return select(Service)
    if actor.role in GROUP and actor.organisation_id:
        return select(Service).where(Service.organisation_id == actor.organisation_id)
    return select(Service).where(false())


def get_listing(actor: Actor, service_id: uuid.UUID) -> Service:
    """One listing with everything that is said on it. Raises NotFound."""
    return _one(visible_to(actor), service_id)


def listing_to_change(actor: Actor, service_id: uuid.UUID) -> Service:
    """The same, locked until the transaction ends, so that two changes of one listing follow each other."""
    return _one(visible_to(actor).with_for_update(of=Service), service_id)


def as_it_now_is(actor: Actor, service: Service) -> Service:
    """The listing read again inside its transaction, with what has just been changed."""
    db.session.flush()
    return get_listing(actor, service.id)


def _one(query: Select[Service], service_id: uuid.UUID) -> Service:
    found = query.where(Service.id == service_id).options(*EVERYTHING)
    service = db.session.scalar(found.execution_options(populate_existing=True))
    if service is None:
        raise NotFound("We could not find that listing.")
    return service


def organisation(organisation_id: uuid.UUID) -> Organisation | None:
    return db.session.get(Organisation, organisation_id)


def owner_of(actor: Actor) -> Organisation | None:
    """The organisation whose listings this actor keeps; None for an editor, who keeps everybody's."""
    return organisation(actor.organisation_id) if actor.organisation_id else None


def list_mine(
    actor: Actor, *, status: Collection[ListingStatus] = (), page: int = 1, per_page: int = PAGE
) -> tuple[list[Service], int]:
    """One page of the listings an actor keeps, by name, and how many there are in all."""
    query = visible_to(actor)
    if status:
        query = query.where(Service.status.in_(status))
    return _page(query.order_by(Service.name, Service.id), page, per_page)


def old_listings(page: int = 1) -> tuple[list[Service], int]:
    """Active listings that nobody has checked for a year, or ever; oldest first."""
    first_day = clock.today() - NOT_REFERABLE_AFTER
    too_old = Service.verified_at < datetime.combine(first_day, time(), clock.LONDON)
    query = select(Service).where(Service.status == S.ACTIVE, or_(Service.verified_at.is_(None), too_old))
    return _page(query.order_by(Service.verified_at.nulls_first(), Service.name, Service.id), page, PAGE)


def _page(query: Select[Service], page: int, per_page: int) -> tuple[list[Service], int]:
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = db.session.scalars(query.options(*EVERYTHING).limit(per_page).offset((page - 1) * per_page))
    return list(rows), total


def queue(page: int = 1) -> tuple[list[Waiting], int]:
    """What waits for an editor, oldest first: listings that were sent, and live ones that their group changed."""
    waiting = union_all(_sent(), _changed()).subquery()
    total = db.session.scalar(select(func.count()).select_from(waiting)) or 0
    oldest_first = select(waiting).order_by(waiting.c.since, waiting.c.id).limit(PAGE).offset((page - 1) * PAGE)
    since = {row.id: row.since for row in db.session.execute(oldest_first)}
    query = select(Service).where(Service.id.in_(since)).options(selectinload(Service.organisation))
    services = {service.id: service for service in db.session.scalars(query)}
    histories = _histories(since)
    return [_waiting(services[key], since[key], histories.get(key, [])) for key in since], total


def _about_listings(*names: str) -> Select[uuid.UUID, int]:
    """The events of these names about listings, as key and number of the last one."""
    about = (Event.subject_type == Service.__tablename__, Event.name.in_(names))
    return select(Event.subject_id, func.max(Event.id).label("last")).where(*about).group_by(Event.subject_id)


def _sent() -> Select[uuid.UUID, datetime]:
    """What was sent to be checked, with the time when; an import may bring listings that nobody sent."""
    sent = _about_listings("listing.submitted").subquery()
    return (
        select(Service.id.label("id"), func.coalesce(Event.at, Service.updated_at).label("since"))
        .outerjoin(sent, sent.c.subject_id == Service.id)
        .outerjoin(Event, Event.id == sent.c.last)
        .where(Service.status == S.PENDING_REVIEW)
    )


def _changed() -> Select[uuid.UUID, datetime]:
    """The listings their groups changed while they were public, with the time of the first change nobody checked."""
    checked = _about_listings("listing.published", "listing.checked").subquery()
    return (
        select(Service.id.label("id"), func.min(Event.at).label("since"))
        .join(Event, and_(Event.subject_type == Service.__tablename__, Event.subject_id == Service.id))
        .outerjoin(checked, checked.c.subject_id == Service.id)
        .where(Service.status.in_(PUBLIC_ONCE_CHECKED), Event.name == "listing.edited", Event.actor_role.in_(GROUP))
        .where(Event.id > func.coalesce(checked.c.last, 0))
        .group_by(Service.id)
    )


def _histories(keys: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Event]]:
    about = (Event.subject_type == Service.__tablename__, Event.subject_id.in_(keys))
    found: dict[uuid.UUID, list[Event]] = {}
    for event in db.session.scalars(select(Event).where(*about).order_by(Event.id)):
        found.setdefault(event.subject_id, []).append(event)
    return found


def _waiting(service: Service, since: datetime, history: Sequence[Event]) -> Waiting:
    if service.status != S.PENDING_REVIEW:
        edits = _unchecked(history)
        return Waiting(service, "changed", since, _names(edits), fields_of(edits))
    kind = "again" if any(event.name == "listing.published" for event in history) else "new"
    return Waiting(service, kind, since, _names([one for one in history if one.name == "listing.submitted"][-1:]), ())


def _names(found: Sequence[Event]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(event.actor_name for event in found))


def fields_of(edits: Sequence[Event]) -> tuple[str, ...]:
    """The names of all that these edits changed, each once."""
    return tuple(dict.fromkeys(name for event in edits for name in event.data.get("fields", ())))


def unchecked_edits(service: Service) -> list[Event]:
    """What the group changed on this public listing since an editor last approved it; oldest first."""
    if service.status not in PUBLIC_ONCE_CHECKED:
        return []
    return _unchecked(_histories([service.id]).get(service.id, []))


def _unchecked(history: Sequence[Event]) -> list[Event]:
    last = max((one.id for one in history if one.name in {"listing.published", "listing.checked"}), default=0)
    return [one for one in history if one.name == "listing.edited" and one.id > last and one.actor_role in GROUP]


def is_own_work(actor: Actor, service: Service) -> bool:
    """Whether this actor entered the listing, or was the last to send it: then somebody else must approve it."""
    history = _histories([service.id]).get(service.id, [])
    theirs = [one for one in history if one.name == "listing.created"]
    theirs += [one for one in history if one.name == "listing.submitted"][-1:]
    return actor.organisation_id == service.organisation_id or any(one.actor_id == actor.user_id for one in theirs)


def notes_on(services: Sequence[Service]) -> dict[uuid.UUID, str]:
    """Why each draft was sent back, in the editor's words, for those that were and have not been sent again."""
    drafts = [service.id for service in services if service.status == S.DRAFT]
    moves = {"listing.sent_back", "listing.restored"}  # the two ways of becoming a draft again
    histories = _histories(drafts) if drafts else {}
    last = {key: [one for one in history if one.name in moves][-1:] for key, history in histories.items()}
    return {key: one.data["note"] for key, found in last.items() for one in found if one.name == "listing.sent_back"}
