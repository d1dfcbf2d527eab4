"""Makers of saved records. Each fills in everything the test does not care about."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import count
from typing import Any

from sqlalchemy import select

from social_rx import clock, places, users
from social_rx.db import db
from social_rx.directory import changes
from social_rx.directory.models import (
    Accessibility,
    Address,
    Attribute,
    CostOption,
    Location,
    Organisation,
    Schedule,
    Service,
    ServiceAtLocation,
    Taxonomy,
    Term,
)
from social_rx.directory.status import ListingStatus
from social_rx.places import Place, PlaceKind
from social_rx.referrals import caseload, closing, planning, queries, referring, triage
from social_rx.referrals import onward as asking
from social_rx.referrals.models import OnwardReferral, Person, Referral
from social_rx.referrals.schemas.requests import DraftSchema
from social_rx.referrals.status import CancellationReason, ClosureReason, OnwardReason, RejectionReason
from social_rx.users import Actor, Role, RoleAssignment, User

_number = count(1)
AT_A_PLACE = {
    Role.REFERRER: PlaceKind.PRACTICE,
    Role.PRACTICE_ADMIN: PlaceKind.PRACTICE,
    Role.API_CLIENT: PlaceKind.PRACTICE,
    Role.LINK_WORKER: PlaceKind.PLACE_TEAM,
    Role.COORDINATOR: PlaceKind.LOCAL_HUB,
}


def save(record):
    db.session.add(record)
    db.session.commit()
    return record


def place(kind: PlaceKind, name: str, parent: Place | None = None, **details: Any) -> Place:
    return save(places.add_place(kind, name, parent, **details))


def tree() -> dict[PlaceKind, Place]:
    """City hub > local hub > place team > practice, the same one each time it is asked for."""
    found = list(db.session.scalars(select(Place).where(Place.name.startswith("Test "))))
    if found:
        return {place.kind: place for place in found}
    made, parent = {}, None
    for kind in PlaceKind:
        code = "X99001" if kind == PlaceKind.PRACTICE else None
        parent = made[kind] = place(kind, f"Test {kind.value}", parent, ods_code=code)
    return made


def user(role: Role = Role.REFERRER, *, at: Place | None = None, organisation=None, **fields: Any) -> User:
    number = next(_number)
    fields = {"name": f"Ama Boateng {number}", "email": f"user{number}@example.org"} | fields
    account = save(User(**fields))
    here = at or (tree()[AT_A_PLACE[role]] if role in AT_A_PLACE else None)
    save(
        RoleAssignment(
            user_id=account.id,
            role=role,
            place_id=here.id if here else None,
            organisation_id=organisation.id if organisation else None,
        )
    )
    return account


def actor(role: Role = Role.REFERRER, *, at: Place | None = None, organisation=None, **fields: Any) -> Actor:
    """A new user in this role, as use cases are told of them."""
    [found] = users.actors_of(user(role, at=at, organisation=organisation, **fields).id)
    return found


def organisation(name: str = "Green Steps", **fields: Any) -> Organisation:
    return save(Organisation(name=name, **fields))


def term(code: str, taxonomy: str = "needs") -> Term:
    kept = db.session.scalar(select(Taxonomy).where(Taxonomy.code == taxonomy)) or save(
        Taxonomy(code=taxonomy, name=taxonomy, description=taxonomy)
    )
    known = db.session.scalar(select(Term).where(Term.code == code, Term.taxonomy_id == kept.id))
    return known or save(Term(taxonomy_id=kept.id, code=code, name=code.replace("_", " "), description=code))


def service(
    name: str = "Walking group",
    *,
    organisation: Organisation | None = None,
    latitude: float | None = 52.408,
    longitude: float | None = -1.51,
    postcode: str = "CV1 2AB",
    needs: tuple[str, ...] = (),
    supports: tuple[str, ...] = (),
    access: tuple[str, ...] = (),
    sessions: tuple[dict, ...] = (),
    price: float | None = None,
    sensitive: bool = False,
    **fields: Any,
) -> Service:
    """An active, freshly checked, free listing at one place (none when `latitude` is None)."""
    owner = organisation or globals()["organisation"]()
    fields = {"status": ListingStatus.ACTIVE, "verified_at": clock.now(), "free": price is None} | fields
    made = Service(organisation_id=owner.id, name=name, **fields)
    made.attributes = [Attribute(term=term(code)) for code in needs]
    made.attributes += [Attribute(term=term(code, "supports")) for code in supports]
    made.schedules = [Schedule(position=n, **session) for n, session in enumerate(sessions)]
    made.cost_options = [] if price is None else [CostOption(amount=price)]
    if latitude is not None:
        venue = Location(organisation_id=owner.id, latitude=latitude, longitude=longitude, sensitive=sensitive)
        venue.address = Address(address_1="Church Lane", city="Coventry", postcode=postcode)
        venue.accessibilities = [Accessibility(feature=feature) for feature in access]
        made.at_locations = [ServiceAtLocation(location=venue)]
    db.session.add(made)
    db.session.flush()
    changes.note_change(made.id)
    return save(made)


ALL_IS_WELL = {"consent": "in_person", "risk": "no_known_risks"}


def nhs_number() -> str:
    """The next valid number of the range that is never issued."""
    while True:
        digits = f"999{next(_number):06}"
        check = -sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=True)) % 11
        if check != 10:
            return f"{digits}{check}"


def draft_details(**changes: Any) -> dict[str, Any]:
    """What a referrer types, as DraftSchema takes it: somebody else each time."""
    return {
        "given_name": "Margaret",
        "family_name": "Ellis",
        "date_of_birth": (date(1940, 5, 4) + timedelta(days=next(_number))).isoformat(),
        "nhs_number": nhs_number(),
        "phone": "07700 900982",
        "needs": ["loneliness_isolation"],
        "reason": "Lives alone since her husband died.",
        **ALL_IS_WELL,
    } | changes


def person(**changes: Any) -> Person:
    """A person with no referral yet."""
    details: dict[str, Any] = {"given_name": "Margaret", "family_name": "Ellis", "date_of_birth": date(1955, 5, 4)}
    details |= {"practice_id": tree()[PlaceKind.PRACTICE].id, "nhs_number": nhs_number()}
    return save(Person(**details | changes))


class Hub:
    """Those who take a referral from status to status; each is made when first needed."""

    def __init__(self, **people: Actor | None):
        self.people = {name: who for name, who in people.items() if who}

    def _one(self, role: Role) -> Actor:
        if role not in self.people:
            self.people[role] = actor(role)
        return self.people[role]

    @property
    def referrer(self) -> Actor:
        return self._one(Role.REFERRER)

    @property
    def coordinator(self) -> Actor:
        return self._one(Role.COORDINATOR)

    @property
    def link_worker(self) -> Actor:
        return self._one(Role.LINK_WORKER)


def _agree_plan(hub: Hub, reference: str) -> None:
    planning.save_plan(hub.link_worker, reference, matters="Company at meals", agreed=True, agreed_with="The person")
    planning.add_goal(hub.link_worker, reference, text="Go to lunch club twice")
    planning.start_supporting(hub.link_worker, reference)


def _assess(hub: Hub, reference: str) -> None:
    caseload.record_contact(hub.link_worker, reference, mechanism="02", attended="5")
    caseload.start_assessing(hub.link_worker, reference)


def _close(hub: Hub, reference: str) -> None:
    details = {"outcome": "She has company", "actions_for_gp": "Nothing", "no_measure_reason": "She did not want it"}
    closing.close_case(hub.link_worker, reference, reason=ClosureReason.COMPLETED_GOALS_MET, **details)


def _later() -> date:
    return clock.today() + timedelta(days=14)


# status: the status before it, and what leads from there to here
STEPS: dict[str, tuple[str, Callable[[Hub, str], Any]]] = {
    "received": ("draft", lambda hub, ref: referring.submit_referral(hub.referrer, ref)),
    "in_triage": ("received", lambda hub, ref: triage.start_triage(hub.coordinator, ref)),
    "accepted": ("in_triage", lambda hub, ref: triage.accept_referral(hub.coordinator, ref)),
    "waitlisted": (
        "accepted",
        lambda hub, ref: triage.waitlist_referral(hub.coordinator, ref, reason="No room", expected_on=_later()),
    ),
    "allocated": (
        "accepted",
        lambda hub, ref: triage.allocate_referral(hub.coordinator, ref, link_worker_id=hub.link_worker.user_id),
    ),
    "contacting": (
        "allocated",
        lambda hub, ref: caseload.record_attempt(hub.link_worker, ref, channel="phone", outcome="no_answer"),
    ),
    "assessing": ("contacting", _assess),
    "supporting": ("assessing", _agree_plan),
    "reviewing": ("supporting", lambda hub, ref: planning.start_reviewing(hub.link_worker, ref)),
    "on_hold": (
        "supporting",
        lambda hub, ref: caseload.hold_case(hub.link_worker, ref, reason="In hospital", review_on=_later()),
    ),
    "rejected": (
        "received",
        lambda hub, ref: triage.reject_referral(hub.coordinator, ref, reason=RejectionReason.OUT_OF_AREA),
    ),
    "cancelled": (
        "received",
        lambda hub, ref: referring.cancel_referral(hub.referrer, ref, reason=CancellationReason.MADE_IN_ERROR),
    ),
    "closed": ("supporting", _close),
    "entered_in_error": (
        "received",
        lambda hub, ref: closing.enter_in_error(actor(Role.ADMINISTRATOR), ref, reason="A practice run"),
    ),
}


def referral(
    status: str = "received",
    *,
    referrer: Actor | None = None,
    coordinator: Actor | None = None,
    link_worker: Actor | None = None,
    **changes: Any,
) -> Referral:
    """A referral in this status. `changes` are what the referrer types differently."""
    hub = Hub(referrer=referrer, coordinator=coordinator, link_worker=link_worker)
    details = DraftSchema().load(draft_details(**changes))
    made = referring.draft_referral(hub.referrer, **details)
    path = []
    while status != "draft":
        status, step = STEPS[status]
        path.append(step)
    for step in reversed(path):
        step(hub, made.reference)
    return as_it_is(made)


def as_it_is(made: Referral) -> Referral:
    """The referral with everything that hangs on it, read again."""
    db.session.expire_all()
    return queries._one(queries.select(Referral), made.reference, queries.WHOLE)


ANSWERS: dict[str, tuple[str, str]] = {
    "accepted": ("sent", "accept"),
    "rejected": ("sent", "reject"),
    "waitlisted": ("accepted", "waitlist"),
    "started": ("accepted", "start"),
    "not_started": ("accepted", "not_start"),
    "completed": ("started", "complete"),
    "dropped_out": ("started", "drop_out"),
    "cancelled": ("accepted", "cancel"),
}


def group(name: str = "Green Steps", role: Role = Role.PROVIDER) -> tuple[Actor, Service]:
    """Somebody of a community group, and the listing at which it takes people."""
    owner = organisation(name)
    return actor(role, organisation=owner), service("Walking group", organisation=owner)


def onward(
    status: str = "sent",
    *,
    link_worker: Actor | None = None,
    case: Referral | None = None,
    service: Service | None = None,
    shared: tuple[str, ...] = ("name", "phone"),
    message: str = "Would like company on walks.",
) -> OnwardReferral:
    """An onward referral in this status, its answers given by its link worker."""
    worker = link_worker or actor(Role.LINK_WORKER)
    case = case or referral("supporting", link_worker=worker)
    service = service or group()[1]
    details = {"message": message, "shared": list(shared), "consent_method": "in_person"}
    made = asking.refer_onward(worker, case.reference, service_id=service.id, **details)
    path = []
    while status != "sent":
        status, action = ANSWERS[status]
        path.append(action)
    for action in reversed(path):
        reason = OnwardReason.OTHER if asking.ANSWERS[action].needs_reason else None
        made = asking.answer_onward(worker, made.id, action, reason=reason)
    return made
