"""What a person can be referred to, when, for whom and at what cost."""

import uuid
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, Index, Numeric, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx import clock
from social_rx.db import Base, Identified
from social_rx.directory.models.organisations import ContactPerson, Organisation, Phone
from social_rx.directory.models.places import Location
from social_rx.directory.models.terms import NEEDS, SUPPORTS, Attribute
from social_rx.directory.status import LISTING, CapacityStatus, Freshness, ListingStatus, ReferralMode, freshness

if TYPE_CHECKING:
    from social_rx.users import Role


class Service(Identified, Base):
    """A walking group, a debt clinic: something a person can be referred to.

    Open Referral UK's `service`, with what referring needs beside it: how one gets in, whether there is room and
    since when we know, and who last said that the listing is correct.
    """

    __tablename__ = "services"
    __table_args__ = (
        Index("uq_services_source_source_id", "source", "source_id", unique=True),
        Index("ix_services_status_id", "status", "id"),  # the pages of the open feed
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str] = mapped_column(index=True)
    summary: Mapped[str | None]
    description: Mapped[str | None] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(String(2000))
    email: Mapped[str | None] = mapped_column(String(254))
    status: Mapped[ListingStatus] = mapped_column(default=ListingStatus.DRAFT, index=True)
    referral_mode: Mapped[ReferralMode] = mapped_column(default=ReferralMode.BOTH)
    how_to_join: Mapped[str | None] = mapped_column(Text)
    who_for: Mapped[str | None] = mapped_column(Text)
    not_for: Mapped[str | None] = mapped_column(Text)
    minimum_age: Mapped[int | None]
    maximum_age: Mapped[int | None]
    fees: Mapped[str | None] = mapped_column(Text)
    free: Mapped[bool | None]  # None: nobody has said
    remote: Mapped[list[str]] = mapped_column(default=list)  # of: home, phone, online
    capacity_status: Mapped[CapacityStatus] = mapped_column(default=CapacityStatus.UNKNOWN)
    capacity_note: Mapped[str | None]
    waiting_weeks: Mapped[int | None]
    capacity_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    source: Mapped[str | None] = mapped_column(String(60))
    source_id: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    at_locations: Mapped[list["ServiceAtLocation"]] = relationship(
        lazy="raise", order_by="ServiceAtLocation.id", cascade="all, delete-orphan"
    )
    schedules: Mapped[list["Schedule"]] = relationship(
        lazy="raise", order_by="Schedule.position", cascade="all, delete-orphan"
    )
    schedule_exceptions: Mapped[list["ScheduleException"]] = relationship(
        lazy="raise", order_by="ScheduleException.on, ScheduleException.id", cascade="all, delete-orphan"
    )
    cost_options: Mapped[list["CostOption"]] = relationship(
        lazy="raise", order_by="CostOption.amount", cascade="all, delete-orphan"
    )
    eligibilities: Mapped[list["Eligibility"]] = relationship(
        lazy="raise", order_by="Eligibility.kind", cascade="all, delete-orphan"
    )
    areas: Mapped[list["ServiceArea"]] = relationship(
        lazy="raise", order_by="ServiceArea.name", cascade="all, delete-orphan"
    )
    languages: Mapped[list["Language"]] = relationship(
        lazy="raise", order_by="Language.code", cascade="all, delete-orphan"
    )
    attributes: Mapped[list[Attribute]] = relationship(lazy="raise", cascade="all, delete-orphan")
    phones: Mapped[list[Phone]] = relationship(lazy="raise", order_by=Phone.id, cascade="all, delete-orphan")
    contact_people: Mapped[list[ContactPerson]] = relationship(
        lazy="raise", order_by=ContactPerson.id, cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}

    def apply(self, action: str, role: "Role") -> None:
        self.status = ListingStatus(LISTING.after(action, self.status, role))

    def term_codes(self, taxonomy: str) -> list[str]:
        return sorted(a.term.code for a in self.attributes if a.term.taxonomy.code == taxonomy)

    @property
    def needs(self) -> list[str]:
        return self.term_codes(NEEDS)

    @property
    def supports(self) -> list[str]:
        return self.term_codes(SUPPORTS)

    @property
    def access(self) -> list[str]:
        places = (at.location for at in self.at_locations)
        return sorted({item.feature for place in places for item in place.accessibilities})

    @property
    def freshness(self) -> Freshness:
        return freshness(self.verified_at)

    @property
    def why_not_referable(self) -> str | None:
        """Why nobody can be referred here, in words; None when they can."""
        if self.status != ListingStatus.ACTIVE:
            return "This listing is not active."
        if self.freshness == Freshness.EXPIRED:
            return "Nobody has checked this listing for over a year."
        if self.referral_mode in {ReferralMode.SIGNPOST_ONLY, ReferralMode.SELF_REFER}:
            return "This service takes people who contact it themselves."
        return None


class ServiceAtLocation(Identified, Base):
    """A service happening at one location."""

    __tablename__ = "service_at_locations"
    __table_args__ = (
        Index("uq_service_at_locations_service_id_location_id", "service_id", "location_id", unique=True),
    )

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"))
    location_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("locations.id"), index=True)
    description: Mapped[str | None] = mapped_column(Text)
    location: Mapped[Location] = relationship(lazy="raise")


class Schedule(Identified, Base):
    """When a service runs, in the words of RFC 5545: WEEKLY by TU,TH; MONTHLY by 1TH,3TH; every `interval` times."""

    __tablename__ = "schedules"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"), index=True)
    service_at_location_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("service_at_locations.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    freq: Mapped[str] = mapped_column(String(10), default="WEEKLY")
    interval: Mapped[int] = mapped_column(default=1)
    byday: Mapped[str | None] = mapped_column(String(60))
    bymonthday: Mapped[str | None] = mapped_column(String(60))
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    dtstart: Mapped[date | None]
    count: Mapped[int | None]
    until: Mapped[date | None]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    closed_on_bank_holidays: Mapped[bool | None]
    note: Mapped[str | None]


class ScheduleException(Identified, Base):
    """One date that is not as usual: closed, or an extra date.

    A closure is of one schedule or, with none, of the whole service. Different times on one day are a closure and an
    extra date.
    """

    __tablename__ = "schedule_exceptions"
    __table_args__ = (Index("ix_schedule_exceptions_service_id_on", "service_id", "on"),)

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"))
    schedule_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("schedules.id", ondelete="CASCADE"), index=True)
    on: Mapped[date]
    closed: Mapped[bool] = mapped_column(default=True)
    opens_at: Mapped[time | None]
    closes_at: Mapped[time | None]
    note: Mapped[str | None]
    schedule: Mapped[Schedule | None] = relationship(lazy="raise")


class CostOption(Identified, Base):
    """One price a person may pay; none at all on a free service."""

    __tablename__ = "cost_options"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"), index=True)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(10, 2))
    currency: Mapped[str] = mapped_column(String(3), default="GBP")
    note: Mapped[str | None]


class Eligibility(Identified, Base):
    """One rule about who a service is for, e.g. kind `sex`, value `female`. No rule means everyone."""

    __tablename__ = "eligibilities"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    value: Mapped[str]


class ServiceArea(Identified, Base):
    """An area whose people a service helps: a postcode district for now."""

    __tablename__ = "service_areas"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"), index=True)
    name: Mapped[str]
    extent_type: Mapped[str] = mapped_column(String(20), default="outcode")


class Language(Identified, Base):
    """A language spoken at a service (ISO 639)."""

    __tablename__ = "languages"

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"), index=True)
    code: Mapped[str] = mapped_column(String(8))
    note: Mapped[str | None]


class ListingChange(Base):
    """One line for each change to a listing, in order: what the search index follows."""

    __tablename__ = "listing_changes"

    seq: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[uuid.UUID] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now)
