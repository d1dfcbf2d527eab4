"""Where the programme works: city hub > local hub > place team > practice."""

import uuid
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx.db import Base, Identified, db


class PlaceKind(StrEnum):
    CITY_HUB = "city_hub"
    LOCAL_HUB = "local_hub"
    PLACE_TEAM = "place_team"
    PRACTICE = "practice"


class Place(Identified, Base):
    """One node of the tree.

    `path` lists the keys from the root to this place, so that "this place and all below it" is one prefix match.
    """

    __tablename__ = "places"
    __table_args__ = (Index("ix_places_path", "path"),)

    kind: Mapped[PlaceKind]
    name: Mapped[str]
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("places.id"), index=True)
    path: Mapped[str] = mapped_column(default="")
    ods_code: Mapped[str | None] = mapped_column(unique=True)
    population: Mapped[int | None]
    address: Mapped[str | None]
    postcode: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    phone: Mapped[str | None]
    parent: Mapped["Place | None"] = relationship(remote_side="Place.id", lazy="raise")


def add_place(kind: PlaceKind, name: str, parent: Place | None = None, **details: object) -> Place:
    """A new place in the open transaction, with its path worked out from its parent's."""
    place = Place(id=uuid.uuid4(), kind=kind, name=name, parent_id=parent.id if parent else None, **details)
    place.path = f"{parent.path if parent else '/'}{place.id.hex}/"
    db.session.add(place)
    return place


def find_place(name: str) -> Place | None:
    return db.session.scalar(select(Place).where(Place.name == name).order_by(Place.id))


def within(path: str) -> Select[uuid.UUID]:
    """The keys of the place at `path` and of every place below it, as a subquery."""
    return select(Place.id).where(Place.path.startswith(path, autoescape=True))
