"""Keeping what an import read: new organisations and services, changes to known ones, nothing where nothing changed.

However many rows there are, the database is asked a few questions for each five hundred, never one for each row.
"""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from social_rx import clock
from social_rx.db import db
from social_rx.directory.import_mappings import Mapping as ColumnMapping
from social_rx.directory.imported_fields import Content, Filler
from social_rx.directory.models import (
    Attribute,
    Import,
    ImportedRecord,
    Location,
    Organisation,
    Service,
    ServiceAtLocation,
)

AT_ONCE = 500
OWNER = "organisation"  # in what is kept about a service: which of the source's organisations runs it
_AT = selectinload(Service.at_locations).selectinload(ServiceAtLocation.location)
Model = type[Organisation] | type[Service]
TO_FILL: dict[Model, list[Any]] = {
    Organisation: [selectinload(Organisation.phones)],
    Service: [
        _AT.selectinload(Location.address),
        _AT.selectinload(Location.accessibilities),
        selectinload(Service.attributes).selectinload(Attribute.term),
        *(selectinload(part) for part in (Service.phones, Service.schedules, Service.areas, Service.languages)),
    ],
}


@dataclass
class Kept:
    """The keys of one kind of record by what their source calls them, and which of them are new or changed."""

    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)


class Store:
    """Keeps the organisations and the services of one import."""

    def __init__(self, done: Import, mapping: ColumnMapping, filler: Filler):
        self.done = done
        self.mapping = mapping
        self.filler = filler

    def known(self, kind: str) -> dict[str, str]:
        """What this source has told before: the digest of each of its records by their source's own key."""
        columns = (ImportedRecord.source_id, ImportedRecord.digest)
        of_kind = (ImportedRecord.source == self.mapping.source, ImportedRecord.kind == kind)
        return {row.source_id: row.digest for row in db.session.execute(select(*columns).where(*of_kind))}

    def keep_organisations(self, told: Mapping[str, Content]) -> Kept:
        kept = self._compare(Organisation, OWNER, told)
        for some in _chunks(sorted(kept.created | kept.changed)):
            for organisation, new, old in self._opened(Organisation, OWNER, kept, {one: told[one] for one in some}):
                self.filler.organisation(organisation, new, old)
            db.session.flush()
        return kept

    def keep_services(
        self, told: Mapping[str, Content], owners: Mapping[str, uuid.UUID], report: Callable[[int, int], None]
    ) -> Kept:
        kept = self._compare(Service, "service", told)
        todo, stored = sorted(kept.created | kept.changed), 0
        for some in _chunks(todo):
            for service, new, old in self._opened(Service, "service", kept, {one: told[one] for one in some}):
                service.organisation_id = owners[new[OWNER]]
                self.filler.service(service, {name: new[name] for name in new if name != OWNER}, old)
            db.session.flush()
            stored += len(some)
            report(len(told) - len(todo) + stored, len(told))
        report(len(told), len(told))
        return kept

    def _compare(self, model: Model, kind: str, told: Mapping[str, Content]) -> Kept:
        known = self.known(kind)
        ours = select(model.source_id, model.id).where(model.source == self.mapping.source)
        kept = Kept({row.source_id: row.id for row in db.session.execute(ours)})
        kept.created = {one for one in told if one not in kept.ids}
        kept.changed = {one for one in told if known.get(one) != digest(told[one])} - kept.created
        kept.ids |= {one: uuid.uuid4() for one in kept.created}
        return kept

    def _opened(self, model: Any, kind: str, kept: Kept, told: Mapping[str, Content]) -> Iterator[tuple]:
        """Each record to fill, what its source says now, and what it said the last time."""
        records = self._records(kind, told)
        query = select(model).where(model.id.in_([kept.ids[one] for one in told])).options(*TO_FILL[model])
        found = {record.source_id: record for record in db.session.scalars(query)}
        for source_id, new in told.items():
            filled = found.get(source_id) or self._new(model, kept.ids[source_id], source_id)
            old = records[source_id].content if source_id in records and source_id in found else {}
            filled.updated_at = clock.now()  # so that its version changes, even when only a phone number did
            yield filled, new, old
            self._remember(records.get(source_id), kind, source_id, new)

    def _records(self, kind: str, told: Mapping[str, Content]) -> dict[str, ImportedRecord]:
        of_kind = (ImportedRecord.source == self.mapping.source, ImportedRecord.kind == kind)
        query = select(ImportedRecord).where(*of_kind, ImportedRecord.source_id.in_(list(told)))
        return {record.source_id: record for record in db.session.scalars(query)}

    def _new(self, model: Any, id: uuid.UUID, source_id: str) -> Any:
        entry = {"status": self.mapping.status, "referral_mode": self.mapping.referral_mode} if model is Service else {}
        record = model(id=id, source=self.mapping.source, source_id=source_id, **entry)
        db.session.add(record)
        return record

    def _remember(self, record: ImportedRecord | None, kind: str, source_id: str, new: Content) -> None:
        if record is None:
            record = ImportedRecord(source=self.mapping.source, kind=kind, source_id=source_id)
            db.session.add(record)
        record.import_id, record.digest, record.content = self.done.id, digest(new), dict(new)


def digest(content: Content) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def services_of(organisation_ids: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """The services that these organisations run, whoever entered them."""
    found: set[uuid.UUID] = set()
    for some in _chunks(organisation_ids):
        found.update(db.session.scalars(select(Service.id).where(Service.organisation_id.in_(some))))
    return found


def _chunks(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]
