"""Taxonomies: the words by which services are sorted, ours for needs and kinds of support among them."""

import uuid

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from social_rx.db import Base, Identified

NEEDS, SUPPORTS = "needs", "supports"


class Taxonomy(Identified, Base):
    __tablename__ = "taxonomies"

    code: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(Text)
    uri: Mapped[str | None] = mapped_column(String(2000))


class Term(Identified, Base):
    """One term of a taxonomy. `snomed_code` stays empty until the national reference set is loaded."""

    __tablename__ = "taxonomy_terms"
    __table_args__ = (Index("uq_taxonomy_terms_taxonomy_id_code", "taxonomy_id", "code", unique=True),)

    taxonomy_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomies.id"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str]
    description: Mapped[str] = mapped_column(Text)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("taxonomy_terms.id"), index=True)
    term_uri: Mapped[str | None] = mapped_column(String(2000))
    snomed_code: Mapped[str | None] = mapped_column(String(18))
    taxonomy: Mapped[Taxonomy] = relationship(lazy="raise")


class Attribute(Identified, Base):
    """A term given to a service: the needs it meets, the kind of support it is."""

    __tablename__ = "attributes"
    __table_args__ = (Index("uq_attributes_service_id_term_id", "service_id", "term_id", unique=True),)

    service_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("services.id"))
    term_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("taxonomy_terms.id"), index=True)
    term: Mapped[Term] = relationship(lazy="raise")
