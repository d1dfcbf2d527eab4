"""What the directory keeps, named after the entities of Open Referral UK."""

from social_rx.directory.models.imports import Import, ImportedRecord
from social_rx.directory.models.organisations import ContactPerson, Organisation, OrganisationKind, Phone
from social_rx.directory.models.places import Accessibility, Address, Location
from social_rx.directory.models.postcodes import Geocode, Outcode, Postcode
from social_rx.directory.models.services import (
    CostOption,
    Eligibility,
    Language,
    ListingChange,
    Schedule,
    ScheduleException,
    Service,
    ServiceArea,
    ServiceAtLocation,
)
from social_rx.directory.models.terms import Attribute, Taxonomy, Term

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "ContactPerson",
    "CostOption",
    "Eligibility",
    "Geocode",
    "Import",
    "ImportedRecord",
    "Language",
    "ListingChange",
    "Location",
    "Organisation",
    "OrganisationKind",
    "Outcode",
    "Phone",
    "Postcode",
    "Schedule",
    "ScheduleException",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "Taxonomy",
    "Term",
]
