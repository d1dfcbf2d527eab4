"""Who runs a service, and how they are reached."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx import clock
from social_rx.db import Base, Identified


class OrganisationKind(StrEnum):
    VCSE = "vcse"
    LOCAL_AUTHORITY = "local_authority"
    TRUST = "trust"
    PCN = "pcn"
    HUB = "hub"
    GP_PRACTICE = "gp_practice"


class Organisation(Identified, Base):
    """A charity, community group or council team (Open Referral `organization`).

    `source` and `source_id` say where an imported record came from, so that importing it again finds it.
    """

    __tablename__ = "organisations"
    __table_args__ = (Index("uq_organisations_source_source_id", "source", "source_id", unique=True),)

    name: Mapped[str] = mapped_column(index=True)
    kind: Mapped[OrganisationKind] = mapped_column(default=OrganisationKind.VCSE)
    description: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(254))
    website: Mapped[str | None] = mapped_column(String(2000))
    charity_number: Mapped[str | None] = mapped_column(String(20), index=True)
    company_number: Mapped[str | None] = mapped_column(String(20))
    ods_code: Mapped[str | None] = mapped_column(String(10))
    source: Mapped[str | None] = mapped_column(String(60))
    source_id: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now, onupdate=clock.now)
    phones: Mapped[list["Phone"]] = relationship(lazy="raise", order_by="Phone.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}


class Phone(Identified, Base):
    """A number to phone: of an organisation, a service or a contact person."""

    __tablename__ = "phones"

    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("services.id"), index=True)
    contact_person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("contact_people.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    extension: Mapped[str | None] = mapped_column(String(20))
    description: Mapped[str | None]


class ContactPerson(Identified, Base):
    """Whom to ask for at a service or an organisation (Open Referral `contact`)."""

    __tablename__ = "contact_people"

    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisations.id"), index=True)
    service_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("services.id"), index=True)
    name: Mapped[str | None]
    title: Mapped[str | None]
    email: Mapped[str | None] = mapped_column(String(254))
    phones: Mapped[list[Phone]] = relationship(lazy="raise", order_by=Phone.id, cascade="all, delete-orphan")
