"""Reading the catalogue: the services behind a page of results, with everything that the page shows of them."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import defaultload, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from social_rx.db import db
from social_rx.directory.models import Attribute, Location, Organisation, Service, ServiceAtLocation, Term

_location = selectinload(Service.at_locations).joinedload(ServiceAtLocation.location)
CARD: tuple[ORMOption, ...] = (
    joinedload(Service.organisation),
    selectinload(Service.attributes).joinedload(Attribute.term).joinedload(Term.taxonomy),
    _location.joinedload(Location.address),
    _location.selectinload(Location.accessibilities),
    selectinload(Service.schedules),
    selectinload(Service.schedule_exceptions),
    selectinload(Service.cost_options),
    selectinload(Service.languages),
)

EVERYTHING: tuple[ORMOption, ...] = (
    *CARD,
    defaultload(Service.organisation).selectinload(Organisation.phones),
    selectinload(Service.phones),
    selectinload(Service.eligibilities),
    selectinload(Service.areas),
)


def service_with_everything(service_id: uuid.UUID) -> Service | None:
    """One listing, in whatever status it is, with all that its own page shows."""
    return db.session.scalar(select(Service).where(Service.id == service_id).options(*EVERYTHING))


def services_by_id(ids: Sequence[uuid.UUID]) -> list[Service]:
    """These services in this order, each with all that a result card shows. Those that are gone are left out."""
    found = db.session.scalars(select(Service).where(Service.id.in_(ids)).options(*CARD)) if ids else ()
    by_id = {service.id: service for service in found}
    return [by_id[service_id] for service_id in ids if service_id in by_id]
