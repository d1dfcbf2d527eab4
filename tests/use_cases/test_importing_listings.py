"""Bringing listings in from a spreadsheet, and bringing them in again."""

import csv
import json
from datetime import time
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from social_rx import events
from social_rx.db import db
from social_rx.directory import changes, geocoding, imports
from social_rx.directory.import_mappings import mapping_from
from social_rx.directory.import_report import formula_safe
from social_rx.directory.models import (
    Address,
    Attribute,
    Import,
    ImportedRecord,
    ListingChange,
    Location,
    Organisation,
    Outcode,
    Postcode,
    Service,
    ServiceAtLocation,
    Term,
)
from social_rx.directory.taxonomies import ensure_taxonomies
from social_rx.errors import Forbidden, InvalidInput
from social_rx.users import SYSTEM, Role
from tests import make
from tests.support import recorded_queries

MAPPING = {
    "source": "test_groups",
    "title": "Groups of a test",
    "identity": {"organisation": ["Charity"], "service": ["Charity", "Group"]},
    "skip": [{"column": "Closed", "filled": True, "why": "It has closed."}],
    "organisation": {"name": "Charity"},
    "service": {"name": "Group", "description": "About", "phone": "Phone", "email": "Email", "website": "Web"},
    "location": {"address_1": "Street", "postcode": "Postcode", "latitude": "Lat", "longitude": "Lon"},
    "opening": {"columns": {"MO": "Mon", "TU": "Tue"}},
    "needs": {"always": ["loneliness_isolation"], "look_in": ["About"]},
    "supports": {"look_in": ["About"]},
}
WALKS = {"Charity": "Green Steps", "Group": "Walks", "About": "A walking group.", "Phone": "01632 960101"}
CHOIR = {"Charity": "Green Steps", "Group": "Choir", "About": "A choir for everyone.", "Mon": "AM Only"}


def columns() -> list[str]:
    return list(dict.fromkeys(mapping_from(MAPPING).columns()))


def sheet(folder: Path, *rows: dict, name: str = "groups.csv") -> Path:
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns())
        writer.writeheader()
        writer.writerows(rows)
    return path


def load(path: Path, **changed):
    return imports.import_listings(SYSTEM, path, mapping_from(MAPPING | changed))


def service(name: str) -> Service:
    at = selectinload(Service.at_locations).selectinload(ServiceAtLocation.location)
    terms = selectinload(Service.attributes).selectinload(Attribute.term).selectinload(Term.taxonomy)
    parts = [selectinload(part) for part in (Service.phones, Service.schedules, Service.organisation)]
    db.session.expire_all()
    return db.session.scalars(
        select(Service).where(Service.name == name).options(at.selectinload(Location.address), terms, *parts)
    ).one()


def noted_changes() -> int:
    return db.session.scalar(select(func.count()).select_from(ListingChange))


def test_each_row_of_a_spreadsheet_becomes_an_active_listing_that_nobody_has_checked_yet(app, tmp_path):
    result = load(sheet(tmp_path, WALKS, CHOIR))

    assert (result.read, result.created, result.errors) == (2, 2, [])
    walks = service("Walks")
    assert (walks.status, walks.verified_at, walks.capacity_status) == ("active", None, "unknown")
    assert walks.referral_mode == "signpost_only"
    assert walks.organisation.name == "Green Steps"
    assert [phone.number for phone in walks.phones] == ["01632 960101"]


def test_two_rows_of_one_organisation_share_it(app, tmp_path):
    load(sheet(tmp_path, WALKS, CHOIR))

    assert db.session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_the_words_of_a_description_say_which_needs_a_service_meets(app, tmp_path):
    load(sheet(tmp_path, WALKS))

    assert service("Walks").needs == ["loneliness_isolation", "physical_activity"]
    assert service("Walks").supports == ["walking_group"]


def test_importing_the_same_file_again_changes_nothing(app, tmp_path):
    path = sheet(tmp_path, WALKS, CHOIR)
    load(path)
    before = service("Walks").version, service("Choir").version, noted_changes()

    result = load(path)

    assert (result.created, result.updated, result.unchanged) == (0, 0, 2)
    assert (service("Walks").version, service("Choir").version, noted_changes()) == before


def test_a_row_that_changed_updates_its_listing_and_tells_the_search_index(app, tmp_path):
    load(sheet(tmp_path, WALKS, CHOIR))
    version, noted = service("Walks").version, noted_changes()

    result = load(sheet(tmp_path, WALKS | {"Phone": "01632 960102"}, CHOIR))

    assert (result.updated, result.unchanged) == (1, 1)
    assert [phone.number for phone in service("Walks").phones] == ["01632 960102"]
    assert (service("Walks").version, noted_changes()) == (version + 1, noted + 1)


def test_a_correction_made_here_stays_until_the_source_changes_that_very_field(app, tmp_path):
    load(sheet(tmp_path, WALKS))
    service("Walks").description = "Corrected by an editor."
    db.session.commit()

    load(sheet(tmp_path, WALKS | {"Email": "hello@green-steps.example"}))

    walks = service("Walks")
    assert (walks.description, walks.email) == ("Corrected by an editor.", "hello@green-steps.example")


def test_a_need_that_an_editor_added_stays_when_the_source_changes_its_words(app, tmp_path):
    load(sheet(tmp_path, WALKS))
    added = ensure_taxonomies()["needs"]["bereavement"]
    make.save(Attribute(service_id=service("Walks").id, term=added))

    load(sheet(tmp_path, WALKS | {"About": "A cookery class."}))

    assert service("Walks").needs == ["bereavement", "healthy_lifestyle", "loneliness_isolation"]


def test_a_paused_listing_stays_paused_when_its_row_changes(app, tmp_path):
    load(sheet(tmp_path, WALKS))
    service("Walks").apply("pause", Role.EDITOR)
    db.session.commit()

    load(sheet(tmp_path, WALKS | {"About": "Walks by the canal."}))

    assert service("Walks").status == "paused"


def test_a_row_that_vanished_is_counted_and_its_listing_left_alone(app, tmp_path):
    load(sheet(tmp_path, WALKS, CHOIR))

    result = load(sheet(tmp_path, WALKS))

    assert (result.unchanged, result.absent) == (1, 1)
    assert service("Choir").status == "active"


def test_a_row_that_is_now_to_be_left_out_is_pointed_at_when_its_listing_is_here(app, tmp_path):
    load(sheet(tmp_path, WALKS))

    result = load(sheet(tmp_path, WALKS | {"Closed": "2024"}))

    assert (result.skipped, result.absent) == (1, 0)
    assert [error.why for error in result.errors] == ["It has closed.", imports.STILL_HERE]


def test_an_organisation_that_changed_updates_all_its_listings(app, tmp_path):
    described = {"organisation": {"name": "Charity", "description": "Web"}}
    load(sheet(tmp_path, WALKS, CHOIR), **described)
    noted = noted_changes()

    result = load(sheet(tmp_path, WALKS | {"Web": "http://green-steps.example"}, CHOIR), **described)

    assert (result.updated, noted_changes()) == (2, noted + 2)


def test_a_row_without_a_name_is_rejected_and_the_others_load(app, tmp_path):
    report = tmp_path / "errors.csv"
    path = sheet(tmp_path, WALKS, CHOIR | {"Group": ""})

    result = imports.import_listings(SYSTEM, path, mapping_from(MAPPING), errors_to=report)

    assert (result.created, result.rejected) == (1, 1)
    with report.open(encoding="utf-8-sig", newline="") as file:
        [error] = csv.DictReader(file)
    assert (error["row"], error["kind"], error["column"]) == ("3", "rejected", "Group")
    assert error["why"] == "The row has no name."


@pytest.mark.parametrize(
    ("column", "text", "left"),
    [("Email", "ask at the desk", "email"), ("Web", "http://n/.a", "website"), ("Phone", "ring the bell", "phones")],
)
def test_a_listing_with_one_bad_contact_detail_is_still_a_listing(app, tmp_path, column, text, left):
    result = load(sheet(tmp_path, WALKS | {"Phone": ""} | {column: text}))

    assert (result.created, result.warnings) == (1, 1)
    [error] = result.errors
    assert (error.kind, error.column, error.value_excerpt) == ("warning", column, text)
    assert not getattr(service("Walks"), left)


def test_two_numbers_in_one_cell_are_two_phones(app, tmp_path):
    load(sheet(tmp_path, WALKS | {"Phone": "01632 960101/01632 960102 (evenings)"}))

    assert {phone.number for phone in service("Walks").phones} == {"01632 960101", "01632 960102"}


def test_a_listing_on_two_rows_is_one_listing_with_both_phone_numbers(app, tmp_path):
    result = load(sheet(tmp_path, WALKS, WALKS | {"Phone": "01632 960102"}))

    assert (result.created, result.skipped) == (1, 1)
    assert {phone.number for phone in service("Walks").phones} == {"01632 960101", "01632 960102"}


def test_two_names_for_one_identity_are_not_mixed_up(app, tmp_path):
    same = {"identity": {"organisation": ["Charity"], "service": ["Charity"]}}

    result = load(sheet(tmp_path, WALKS, CHOIR), **same)

    assert (result.created, result.rejected) == (1, 1)
    assert service("Walks").description == "A walking group."


@pytest.mark.parametrize(("latitude", "longitude"), [("0", "0"), ("48.85", "2.35"), ("nan", "-1.5"), ("52.4", "")])
def test_a_point_outside_the_united_kingdom_rejects_the_row(app, tmp_path, latitude, longitude):
    result = load(sheet(tmp_path, WALKS | {"Lat": latitude, "Lon": longitude}))

    assert (result.created, result.rejected) == (0, 1)


def known_postcodes():
    make.save(Postcode(postcode="CV12AB", latitude=52.408, longitude=-1.51))
    make.save(Outcode(outcode="CV1", latitude=52.41, longitude=-1.52, postcodes=900))


def test_a_place_keeps_the_point_its_source_gives(app, tmp_path):
    known_postcodes()

    load(sheet(tmp_path, WALKS | {"Postcode": "cv1  2ab", "Lat": "52.4", "Lon": "-1.5"}))

    [at] = service("Walks").at_locations
    assert (at.location.latitude, at.location.longitude, at.location.approximate) == (52.4, -1.5, False)
    assert at.location.address.postcode == "CV1 2AB"


@pytest.mark.parametrize("postcode", ["CV1 2AB", "CV1 9ZZ", "SW1A 1AA", "ZZ99 3VZ", ""])
def test_a_place_without_a_point_is_put_where_a_place_entered_by_hand_would_be(app, tmp_path, postcode):
    known_postcodes()
    by_hand = Location(address=Address(postcode=postcode))
    geocoding.place_location(by_hand)

    load(sheet(tmp_path, WALKS | {"Street": "Church Lane", "Postcode": postcode}))

    [at] = service("Walks").at_locations
    assert (at.location.latitude, at.location.longitude) == (by_hand.latitude, by_hand.longitude)
    assert at.location.approximate == by_hand.approximate


def test_a_place_whose_postcode_changed_moves(app, tmp_path):
    known_postcodes()
    load(sheet(tmp_path, WALKS | {"Postcode": "CV1 9ZZ"}))

    load(sheet(tmp_path, WALKS | {"Postcode": "CV1 2AB"}))

    [at] = service("Walks").at_locations
    assert (at.location.latitude, at.location.approximate) == (52.408, False)


def test_a_group_without_an_address_has_no_location(app, tmp_path):
    load(sheet(tmp_path, WALKS))

    assert service("Walks").at_locations == []


def test_opening_times_are_never_invented(app, tmp_path):
    load(sheet(tmp_path, CHOIR | {"Mon": "AM Only", "Tue": "10am-12.30pm"}))

    sessions = [(one.byday, one.opens_at, one.closes_at, one.note) for one in service("Choir").schedules]
    assert sessions == [("MO", None, None, "AM Only"), ("TU", time(10), time(12, 30), None)]


def test_days_with_the_same_times_are_one_session(app, tmp_path):
    load(sheet(tmp_path, CHOIR | {"Mon": "09:00-17:00", "Tue": "9am - 5pm"}))

    [session] = service("Choir").schedules
    assert (session.byday, session.opens_at, session.closes_at) == ("MO,TU", time(9), time(17))


def test_a_workbook_and_json_give_the_same_listings_as_csv(app, tmp_path):
    load(sheet(tmp_path, WALKS, CHOIR))
    book = openpyxl.Workbook()
    for cells in (columns(), *([row.get(name, "") for name in columns()] for row in (WALKS, CHOIR))):
        book.active.append(cells)
    book.save(tmp_path / "groups.xlsx")
    full = [dict.fromkeys(columns(), None) | row for row in (WALKS, CHOIR)]
    (tmp_path / "groups.json").write_text(json.dumps(full))
    (tmp_path / "groups.jsonl").write_text("\n".join(map(json.dumps, full)))

    results = [load(tmp_path / name) for name in ("groups.xlsx", "groups.json", "groups.jsonl")]

    assert [(result.read, result.unchanged) for result in results] == [(2, 2)] * 3


def test_an_import_is_one_line_of_the_audit_trail_with_its_counts(app, tmp_path):
    editor = make.actor(Role.EDITOR)

    imports.import_listings(editor, sheet(tmp_path, WALKS), mapping_from(MAPPING))

    done = db.session.scalars(select(Import)).one()
    [event] = events.timeline(done)
    assert (event.name, event.actor_id, event.data["created"]) == ("listings.imported", editor.user_id, 1)
    assert (done.filename, done.counts["read"]) == ("groups.csv", 1)


def test_only_editors_and_administrators_import(app, tmp_path):
    with pytest.raises(Forbidden):
        imports.import_listings(make.actor(Role.REFERRER), sheet(tmp_path, WALKS), mapping_from(MAPPING))


def test_nothing_is_stored_when_the_report_cannot_be_written(app, tmp_path):
    path = sheet(tmp_path, WALKS)

    with pytest.raises(InvalidInput, match="cannot be written"):
        imports.import_listings(SYSTEM, path, mapping_from(MAPPING), errors_to=tmp_path / "none" / "errors.csv")

    assert db.session.scalar(select(func.count()).select_from(Service)) == 0


def test_the_progress_of_an_import_ends_at_all_of_it(app, tmp_path):
    told = []

    imports.import_listings(
        SYSTEM,
        sheet(tmp_path, WALKS, CHOIR),
        mapping_from(MAPPING),
        report=lambda done, total: told.append((done, total)),
    )

    assert told[-1] == (2, 2)


def test_a_longer_file_asks_the_database_no_more_questions(app, tmp_path):
    def questions(count: int) -> int:
        rows = [WALKS | {"Group": f"Walk {number} of {count}"} for number in range(count)]
        with recorded_queries() as queries:
            load(sheet(tmp_path, *rows))
        return sum(query.startswith("SELECT") for query in queries)

    ensure_taxonomies()
    few = questions(5)

    assert questions(200) <= few


def test_the_report_runs_nothing_in_a_spreadsheet_program():
    dangerous = ["=1+1", "+44", "-1", "@SUM", "\t=1", "\r=1", "\ufeff=1", " \u00a0=1", "\u200b=1", "＝1"]

    assert [formula_safe(text) for text in dangerous] == [f"'{text}" for text in dangerous]
    assert formula_safe("Walks = fun") == "Walks = fun"


def test_an_import_that_fails_half_way_leaves_nothing_behind(app, tmp_path, monkeypatch):
    def fail(service_ids):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(changes, "note_changes", fail)

    with pytest.raises(RuntimeError):
        load(sheet(tmp_path, WALKS, CHOIR | {"Postcode": "CV1 2AB"}))

    for model in (Service, Organisation, Address, Import, ImportedRecord):
        assert db.session.scalar(select(func.count()).select_from(model)) == 0
