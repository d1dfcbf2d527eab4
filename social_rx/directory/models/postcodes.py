"""Postcodes and their points."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from social_rx import clock
from social_rx.db import Base


class Postcode(Base):
    """A unit postcode without its space (CV12AB) and its point (WGS84 degrees)."""

    __tablename__ = "postcodes"

    postcode: Mapped[str] = mapped_column(String(7), primary_key=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    lsoa: Mapped[str | None] = mapped_column(String(9))


class Outcode(Base):
    """A postcode district (CV1) and the middle of its `postcodes` unit postcodes."""

    __tablename__ = "outcodes"

    outcode: Mapped[str] = mapped_column(String(4), primary_key=True)
    latitude: Mapped[float]
    longitude: Mapped[float]
    postcodes: Mapped[int]


class Geocode(Base):
    """What an outside geocoder answered about a postcode, so that nobody asks twice. No point: it knew none."""

    __tablename__ = "geocodes"

    postcode: Mapped[str] = mapped_column(String(7), primary_key=True)
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    terminated: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)
