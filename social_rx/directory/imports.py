"""Importing listings from somebody's spreadsheet, as a mapping file says; an error for each row that cannot be used."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from social_rx import clock, events
from social_rx.db import db, transactional
from social_rx.directory import changes
from social_rx.directory.import_mappings import Mapping
from social_rx.directory.import_places import placer
from social_rx.directory.import_report import REJECTED, SKIPPED, WARNING, ImportResult, write_errors
from social_rx.directory.import_rows import ImportedListing, RowRejected, identity, listing_from
from social_rx.directory.import_storing import OWNER, Kept, Store, services_of
from social_rx.directory.imported_fields import Filler
from social_rx.directory.models import Import
from social_rx.directory.sheets import Limits, Problem, Row, Sheet, excerpt
from social_rx.directory.spreadsheets import read_sheet
from social_rx.directory.taxonomies import ensure_taxonomies
from social_rx.errors import Forbidden, InvalidInput
from social_rx.users import Actor, Role

MAY_IMPORT = {Role.EDITOR, Role.ADMINISTRATOR}
STILL_HERE = "This row is left out, but its listing is in the directory. Archive it if it has ended."


@dataclass
class Gathered:
    """The listings of a file by what their source calls them, and the rows that were left out but can be told."""

    result: ImportResult = field(default_factory=ImportResult)
    listings: dict[str, ImportedListing] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


def import_listings(
    actor: Actor,
    path: Path,
    mapping: Mapping,
    *,
    report: Callable[[int, int], None] | None = None,
    errors_to: Path | None = None,
    limits: Limits | None = None,
) -> ImportResult:
    """Bring the listings of a file into the directory: all usable rows, or nothing when the file cannot be read.

    A second import of the same file changes nothing. `report` is told how many of how many listings are stored;
    `errors_to` gets a line for each row that was rejected or skipped, and for each field that was left out.
    """
    if actor.role not in MAY_IMPORT:
        raise Forbidden("Only directory editors and administrators import listings.")
    gathered = gather(read_sheet(path, mapping.layout, limits), mapping)
    return _store(actor, path.name, mapping, gathered, report or (lambda done, total: None), errors_to)


def gather(sheet: Sheet, mapping: Mapping) -> Gathered:
    """Read every row, without the database. Raises InvalidInput when a column that the mapping names is missing."""
    if missing := [name for name in mapping.columns() if name not in sheet.columns]:
        raise InvalidInput(f"The file has no column called {missing[0]!r}, which the mapping needs.")
    gathered = Gathered()
    for row in sheet.rows:
        gathered.result.read += 1
        row.cells = {name: "" if text.casefold() in mapping.empty else text for name, text in row.cells.items()}
        _take(row, mapping, gathered)
    return gathered


def _take(row: Row, mapping: Mapping, gathered: Gathered) -> None:
    result = gathered.result
    try:
        if row.problem is None and (skip := next((one for one in mapping.skips if one.leaves_out(row)), None)):
            gathered.left_out[identity(row, mapping.service_id)] = row.number
            result.note(row.number, SKIPPED, Problem(skip.why, skip.column, excerpt(row.cells.get(skip.column, ""))))
            return
        listing = listing_from(row, mapping)
    except RowRejected as rejection:
        result.note(row.number, REJECTED, rejection.problem)
        return
    for warning in dict.fromkeys(listing.warnings):
        result.note(row.number, WARNING, warning)
    first = gathered.listings.setdefault(listing.service_id, listing)
    if first is not listing:
        _fold(first, listing, result)


def _fold(first: ImportedListing, again: ImportedListing, result: ImportResult) -> None:
    """One listing on two rows: what the second adds is its phone numbers. Another name would be another listing."""
    if first.service["name"] != again.service["name"]:
        why = f"Row {first.row} has the same identity but another name. Name more columns under [identity]."
        result.note(again.row, REJECTED, Problem(why, value=excerpt(again.service["name"])))
        return
    known = first.service.get("phone", [])
    more = [number for number in again.service.get("phone", []) if number not in known]
    if more:
        first.service["phone"] = [*known, *more]
    why = (
        "An earlier row is the same listing; it gained the phone number."
        if more
        else "An earlier row is the same listing."
    )
    result.note(again.row, SKIPPED, Problem(why, value=f"row {first.row}"))


@transactional
def _store(
    actor: Actor,
    filename: str,
    mapping: Mapping,
    gathered: Gathered,
    report: Callable[[int, int], None],
    errors_to: Path | None,
) -> ImportResult:
    result, listings = gathered.result, gathered.listings
    done = Import(source=mapping.source, filename=filename[:500], started_at=clock.now(), by_id=actor.user_id)
    db.session.add(done)
    db.session.flush()
    with db.session.no_autoflush:
        store = Store(done, mapping, Filler(ensure_taxonomies(), placer(_postcodes(listings.values()))))
        told_before = set(store.known("service"))
        owners = store.keep_organisations(_organisations(listings.values()))
        told = {key: listing.service | {OWNER: listing.organisation_id} for key, listing in listings.items()}
        services = store.keep_services(told, owners.ids, report)
    _count(result, listings, owners, services)
    _compare_with_earlier(gathered, told_before)
    changed = {services.ids[one] for one in services.created | services.changed}
    changes.note_changes(sorted(changed | services_of([owners.ids[one] for one in sorted(owners.changed)])))
    done.counts, done.finished_at = result.counts, clock.now()
    events.record("listings.imported", done, actor, source=mapping.source, **result.counts)
    if errors_to:
        write_errors(errors_to, result.errors)
    return result


def _organisations(listings: Iterable[ImportedListing]) -> dict[str, dict]:
    """The first row that names an organisation tells what it is."""
    found: dict[str, dict] = {}
    for listing in listings:
        found.setdefault(listing.organisation_id, listing.organisation)
    return found


def _postcodes(listings: Iterable[ImportedListing]) -> list[str | None]:
    places = [listing.service["location"] or {} for listing in listings]
    return [place.get("postcode") for place in places if place.get("latitude") is None]


def _count(result: ImportResult, listings: dict[str, ImportedListing], owners: Kept, services: Kept) -> None:
    result.created = len(services.created)
    result.updated = sum(
        one in services.changed or listing.organisation_id in owners.changed
        for one, listing in listings.items()
        if one not in services.created
    )
    result.unchanged = len(listings) - result.created - result.updated


def _compare_with_earlier(gathered: Gathered, told_before: set[str]) -> None:
    """Listings that vanished from the file are counted; those that the file now says to leave out are pointed at."""
    result = gathered.result
    result.absent = len(told_before - set(gathered.listings) - set(gathered.left_out))
    for source_id in sorted(set(gathered.left_out) & told_before - set(gathered.listings)):
        result.note(gathered.left_out[source_id], WARNING, Problem(STILL_HERE))
