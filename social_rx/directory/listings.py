"""Keeping listings true: a group enters, changes and confirms its own; an editor approves and chases.

A new listing is public once an editor has approved it. After that, what its group changes is public at once, because
a wrong time or phone number does more harm than an odd sentence. Each such change is recorded as `listing.edited`
with the names of the fields, and stands in the editors' queue until one of them says that it looks right.

Changing a listing does not make it fresh: only somebody who says that all of it is correct does.
"""

import uuid
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from social_rx import clock, events
from social_rx.db import db, transactional
from social_rx.directory import listing_queries as queries
from social_rx.directory.changes import note_change
from social_rx.directory.listing_contents import change, contents
from social_rx.directory.models import Service
from social_rx.directory.status import LISTING, CapacityStatus, ListingStatus
from social_rx.errors import ActionNotAllowed, ChangedMeanwhile, Forbidden, InvalidInput, NotFound
from social_rx.users import Actor, Role

S = ListingStatus
KEPT_OPEN = {S.DRAFT, S.PENDING_REVIEW, S.ACTIVE, S.PAUSED}
# Beside the lifecycle's actions: what leaves the status as it is, and where it may be done.
ELSE = {"edit": KEPT_OPEN, "capacity": KEPT_OPEN, "confirm": {S.ACTIVE, S.PAUSED}}


def actions_for(actor: Actor, service: Service) -> list[str]:
    """What this actor may do with a listing they keep, as far as its status says."""
    return [*LISTING.actions(service.status, actor.role), *(name for name in ELSE if service.status in ELSE[name])]


@transactional
def create_listing(actor: Actor, *, organisation_id: uuid.UUID | None = None, **fields: Any) -> Service:
    """A draft that nobody else sees. `fields` are as `listing_contents` names them.

    A group enters its own; an editor says for which organisation. Raises NotFound when it is not theirs.
    """
    service = Service(id=uuid.uuid4(), organisation_id=_owner(actor, organisation_id), name=fields["name"])
    db.session.add(service)
    service = queries.as_it_now_is(actor, service)
    change(service, fields)
    _changed(service)
    events.record("listing.created", service, actor)
    return queries.as_it_now_is(actor, service)


def _owner(actor: Actor, asked: uuid.UUID | None) -> uuid.UUID:
    if actor.role in queries.GROUP and actor.organisation_id and asked in {None, actor.organisation_id}:
        return actor.organisation_id
    if actor.role != Role.EDITOR:
        raise NotFound("We could not find that organisation.")
    if asked is None or queries.organisation(asked) is None:
        wrong = "Select the organisation that runs the service."
        raise InvalidInput(wrong, {"organisation_id": [wrong]})
    return asked


@transactional
def edit_listing(actor: Actor, service_id: uuid.UUID, *, version: int, **fields: Any) -> Service:
    """Say these things instead. What is typed as it was is no change, and leaves no trace.

    Raises ChangedMeanwhile when somebody else saved the listing since `version` was read.
    """
    service = _open(actor, service_id, "edit", version)
    changed = change(service, fields)
    if changed:
        _changed(service)
        events.record("listing.edited", service, actor, fields=changed)
    return queries.as_it_now_is(actor, service)


@transactional
def submit_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    """Ask an editor to approve it. Raises InvalidInput, field by field, while something needed is missing."""
    service = _move(actor, service_id, "submit", version)
    if wrong := missing(service):
        raise InvalidInput("Some things are missing.", {name: [said] for name, said in wrong.items()})
    events.record("listing.submitted", service, actor)
    return service


def missing(service: Service) -> dict[str, str]:
    """What a listing must still say before it can be public: the field, and what to do."""
    said = contents(service)
    owner = service.organisation
    reached = said["phones"] or said["email"] or said["website"] or owner.phones or owner.email or owner.website
    asked = {
        "summary": (said["summary"] or said["description"], "Enter what it is, in a sentence."),
        "needs": (said["needs"], "Select what it helps with."),
        "postcode": (
            said["postcode"] or said["remote"] or said["address_private"],
            "Enter the postcode where it happens, or select that it is at home, by phone or online.",
        ),
        "phones": (reached, "Enter a phone number, an email address or a website."),
    }
    return {name: words for name, (there, words) in asked.items() if not there}


@transactional
def publish_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    """Approve what was sent: it is public from now on, and counts as checked today.

    Nobody approves their own listing: neither one they entered, nor one they sent. Raises Forbidden.
    """
    service = _move(actor, service_id, "publish", version)
    if queries.is_own_work(actor, service):
        raise Forbidden("You entered or sent this listing yourself. Another editor must approve it.")
    _verify(actor, service)
    events.record("listing.published", service, actor)
    return service


@transactional
def send_back_listing(actor: Actor, service_id: uuid.UUID, *, note: str, version: int | None = None) -> Service:
    """Not yet: say what to change. The group reads the note and sends the listing again."""
    service = _move(actor, service_id, "send_back", version)
    events.record("listing.sent_back", service, actor, note=note)
    return service


@transactional
def pause_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    """Take it out of the search for a while."""
    service = _move(actor, service_id, "pause", version)
    events.record("listing.paused", service, actor)
    return service


@transactional
def resume_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    service = _move(actor, service_id, "resume", version)
    events.record("listing.resumed", service, actor)
    return service


@transactional
def archive_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    """Take it out of the directory for good. Only an editor brings it back."""
    service = _move(actor, service_id, "archive", version)
    events.record("listing.archived", service, actor)
    return service


@transactional
def restore_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    """Make an archived listing a draft again; it needs approval like a new one."""
    service = _move(actor, service_id, "restore", version)
    events.record("listing.restored", service, actor)
    return service


@transactional
def confirm_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    """Somebody says that all of it is still correct: it is fresh again from now on."""
    service = _open(actor, service_id, "confirm", version)
    _verify(actor, service)
    _changed(service)
    events.record("listing.confirmed", service, actor)
    return service


@transactional
def set_capacity(
    actor: Actor,
    service_id: uuid.UUID,
    *,
    status: CapacityStatus,
    note: str | None = None,
    waiting_weeks: int | None = None,
    version: int | None = None,
) -> Service:
    """Say whether there is room. Weeks of waiting belong to a waiting list alone; the time of saying it is kept."""
    service = _open(actor, service_id, "capacity", version)
    weeks = waiting_weeks if status == CapacityStatus.WAITING_LIST else None
    service.capacity_status, service.capacity_note, service.waiting_weeks = status, note, weeks
    service.capacity_at = clock.now()
    _changed(service)
    events.record("listing.capacity_set", service, actor, capacity=status, waiting_weeks=weeks)
    return service


@transactional
def check_listing(actor: Actor, service_id: uuid.UUID, *, version: int | None = None) -> Service:
    """An editor has read what the group changed, and it looks right: it leaves the queue.

    Nothing on the listing changes. Raises Forbidden when the editor made one of these changes for the group.
    """
    service = queries.listing_to_change(actor, service_id)
    _refuse_old(service, version)
    edits = queries.unchecked_edits(service)
    if actor.role != Role.EDITOR or not edits:
        raise ActionNotAllowed("There is no change to check on this listing.")
    if any(edit.actor_id == actor.user_id for edit in edits):
        raise Forbidden("You made one of these changes yourself. Another editor must check them.")
    events.record("listing.checked", service, actor, fields=list(queries.fields_of(edits)))
    return service


def _move(actor: Actor, service_id: uuid.UUID, action: str, version: int | None) -> Service:
    """The listing after an action of its lifecycle, not yet recorded."""
    service = queries.listing_to_change(actor, service_id)
    _refuse_old(service, version)
    service.apply(action, actor.role)
    _changed(service)
    return service


def _open(actor: Actor, service_id: uuid.UUID, action: str, version: int | None) -> Service:
    """The listing to do something with that leaves its status as it is. Raises ActionNotAllowed where it may not."""
    service = queries.listing_to_change(actor, service_id)
    _refuse_old(service, version)
    if service.status not in ELSE[action]:
        raise ActionNotAllowed(f"You cannot do this now: the listing is {service.status.replace('_', ' ')}.")
    return service


def _refuse_old(service: Service, version: int | None) -> None:
    if version is not None and version != service.version:
        raise ChangedMeanwhile("Somebody else changed this listing while you were looking at it. Load it again.")


def _verify(actor: Actor, service: Service) -> None:
    service.verified_at, service.verified_by_id = clock.now(), actor.user_id


def _changed(service: Service) -> None:
    """A new version, whatever part of the listing it was that changed, and the search knows."""
    service.updated_at = clock.now()
    flag_modified(service, "updated_at")
    note_change(service.id)
