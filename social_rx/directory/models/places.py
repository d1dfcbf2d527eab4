"""Where a service happens."""

import uuid

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx.db import Base, Identified


class Location(Identified, Base):
    """A place where services happen (Open Referral `location`).

    `approximate` says that the point is the middle of a postcode district and not the door. The exact address of a
    `sensitive` location, such as a refuge, is never shown.
    """

    __tablename__ = "locations"
    __table_args__ = (Index("ix_locations_latitude_longitude", "latitude", "longitude"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str | None]
    description: Mapped[str | None] = mapped_column(Text)
    transportation: Mapped[str | None] = mapped_column(Text)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    approximate: Mapped[bool] = mapped_column(default=False)
    sensitive: Mapped[bool] = mapped_column(default=False)
    address: Mapped["Address | None"] = relationship(lazy="raise", cascade="all, delete-orphan", uselist=False)
    accessibilities: Mapped[list["Accessibility"]] = relationship(
        lazy="raise", order_by="Accessibility.feature", cascade="all, delete-orphan"
    )


class Address(Identified, Base):
    """The postal address of a location; `postcode` is kept as people write it (CV1 2AB)."""

    __tablename__ = "addresses"

    location_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("locations.id"), index=True)
    address_1: Mapped[str | None]
    address_2: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    postcode: Mapped[str | None] = mapped_column(String(10), index=True)
    country: Mapped[str] = mapped_column(String(2), default="GB")


class Accessibility(Identified, Base):
    """One thing that helps people to get in and take part, such as `step_free`."""

    __tablename__ = "accessibilities"

    location_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("locations.id"), index=True)
    feature: Mapped[str] = mapped_column(String(40))
    description: Mapped[str | None]
