"""The mappings that come with the program, on the open data they were written for."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from social_rx.db import db
from social_rx.directory import imports
from social_rx.directory.import_mappings import load_mapping, shipped
from social_rx.directory.models import Attribute, Location, Organisation, Service, ServiceAtLocation, Term
from social_rx.users import SYSTEM
from tests.shared_data import SHARED, needs_shared_data

FILES = {
    "manchester_street_support": "uk_manchester_street_support/support_services.json",
    "libraries_england": "uk_libraries_england/libraries_england_2023.csv",
    "trafford_vcs_grants": "uk_trafford_vcs_grants/trafford_council_voluntary_sector_grants.csv",
    "harrow_charities": "uk_harrow_charities/harrow_charities.csv",
    "nhs_clinics": "uk_nhs_choices_clinics/clinics.csv",
}
CLOSED, NOT_OPEN = "This library has closed.", "This library is not open at present."
REASONS = {
    "manchester_street_support": {},
    "libraries_england": {CLOSED: 360, "Only people in the prison can use this library.": 63, NOT_OPEN: 30},
    "trafford_vcs_grants": {
        "A single celebration, not a service.": 23,
        "An earlier row is the same listing.": 5,
        "The grant bought equipment; it does not say what the group does.": 2,
    },
    "harrow_charities": {
        "The charity was removed from the register.": 364,
        "The charity does not say what it does.": 174,
    },
    "nhs_clinics": {
        "An earlier row is the same listing.": 78,
        "An earlier row is the same listing; it gained the phone number.": 51,
    },
}
READ_AND_CREATED = {
    "manchester_street_support": (36, 36),
    "libraries_england": (3487, 3034),
    "trafford_vcs_grants": (555, 525),
    "harrow_charities": (1008, 470),
    "nhs_clinics": (5462, 5333),
}


def load(name: str):
    return imports.import_listings(SYSTEM, SHARED / "data" / FILES[name], load_mapping(name))


def first(name: str) -> Service:
    at = selectinload(Service.at_locations).selectinload(ServiceAtLocation.location)
    terms = selectinload(Service.attributes).selectinload(Attribute.term).selectinload(Term.taxonomy)
    options = (at.selectinload(Location.address), terms, selectinload(Service.schedules), selectinload(Service.phones))
    query = select(Service).where(Service.name == name).options(*options, selectinload(Service.organisation))
    return db.session.scalars(query.order_by(Service.source_id).limit(1)).one()


def test_every_mapping_that_comes_with_the_program_is_understood():
    assert sorted(shipped()) == sorted(FILES)


@needs_shared_data
@pytest.mark.parametrize("name", sorted(FILES))
def test_all_usable_rows_load_and_the_others_say_why_and_a_second_import_changes_nothing(app, name):
    result = load(name)

    assert (result.read, result.created) == READ_AND_CREATED[name]
    assert result.rejected == 0
    assert result.reasons == REASONS[name]
    again = load(name)
    assert (again.unchanged, again.created, again.updated, again.absent) == (result.created, 0, 0, 0)


@needs_shared_data
def test_a_day_centre_in_manchester_has_its_needs_its_hours_and_its_place(app):
    load("manchester_street_support")

    centre = first("Cornerstone Day Centre")
    assert "homelessness" in centre.needs
    assert [(one.byday, one.opens_at.hour, one.opens_at.minute) for one in centre.schedules] == [
        ("MO,TU,WE,TH,FR", 10, 30)
    ]
    assert centre.at_locations[0].location.address.postcode == "M15 6JS"
    young = first("Young People's Support Foundation")
    assert (young.minimum_age, young.maximum_age) == (14, 24)


@needs_shared_data
def test_a_library_says_on_which_half_days_it_opens_and_no_hours_that_nobody_gave(app, tmp_path):
    headings, *rows = (SHARED / "data" / FILES["libraries_england"]).read_text(encoding="utf-8-sig").splitlines()
    extract = tmp_path / "coventry.csv"
    extract.write_text("\n".join([headings, *(row for row in rows if row.startswith("Coventry,"))]), encoding="utf-8")

    imports.import_listings(SYSTEM, extract, load_mapping("libraries_england"))

    library = first("Aldermoor Library")
    assert library.organisation.name == "Coventry libraries"
    assert [(one.byday, one.opens_at, one.note) for one in library.schedules] == [
        ("MO,TH", None, "Afternoon and evening"),
        ("TU,FR", None, "Morning and afternoon"),
        ("SA", None, "Morning and afternoon, closed for part of the day"),
    ]


@needs_shared_data
def test_the_recipients_of_grants_are_told_apart_by_their_number_and_not_by_how_their_name_was_typed(app):
    load("trafford_vcs_grants")

    forces = select(Organisation.name).where(Organisation.charity_number == "1110767")
    assert len(db.session.scalars(forces).all()) == 1


@needs_shared_data
def test_a_charity_written_in_capitals_is_shown_in_ordinary_letters(app):
    load("harrow_charities")

    mind = first("Mind in Harrow")
    assert "mental_wellbeing" in mind.needs
    assert mind.description.startswith("Mind in harrow provides services")
