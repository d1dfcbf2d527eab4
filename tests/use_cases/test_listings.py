"""Keeping listings true: who may change what, what is public when, and what an editor is shown."""

import uuid
from datetime import timedelta

import pytest

from social_rx import clock, events
from social_rx.db import db
from social_rx.directory import changes, listing_queries, listings, search
from social_rx.directory.listing_contents import contents, place_problem
from social_rx.directory.listing_schemas import ListingSchema
from social_rx.directory.models import Location, Postcode, Service, ServiceAtLocation
from social_rx.directory.search import SearchQuery
from social_rx.directory.status import CapacityStatus, ListingStatus
from social_rx.errors import ActionNotAllowed, ChangedMeanwhile, InvalidInput, NotFound
from social_rx.users import Role
from tests import make

LANTERNS = {
    "name": "Lantern workshop",
    "summary": "Make paper lanterns with others.",
    "needs": ["loneliness_isolation"],
    "phones": ["024 7600 0000"],
    "postcode": "CV1 2AB",
    "sessions": [{"byday": "TU", "opens_at": "14:00", "closes_at": "16:00"}],
    "cost_options": [{"amount": "4.50", "note": "£4.50 a session"}],
}


def said(**changed):
    """A listing as it arrives, checked."""
    return ListingSchema().load({**LANTERNS, **changed})


@pytest.fixture
def group(app):
    return make.actor(Role.PROVIDER_MANAGER, organisation=make.organisation("Green Steps"))


@pytest.fixture
def editor(app):
    return make.actor(Role.EDITOR)


@pytest.fixture
def public(group, editor):
    """A listing that its group entered and an editor approved."""
    made = listings.create_listing(group, **said())
    listings.submit_listing(group, made.id)
    return listings.publish_listing(editor, made.id)


def names(service):
    return [event.name for event in events.timeline(service)]


def edit(actor, service, **changed):
    now = db.session.get(Service, service.id)
    return listings.edit_listing(actor, service.id, version=now.version, **changed)


def found(words="lantern"):
    return [service.name for service in search.find_services(SearchQuery(text=words)).services]


def test_what_a_group_writes_is_kept_word_for_word(group):
    made = listings.create_listing(group, **said())

    kept = contents(listing_queries.get_listing(group, made.id))
    assert kept == kept | said()
    assert (made.status, made.organisation_id) == (ListingStatus.DRAFT, group.organisation_id)
    assert names(made) == ["listing.created"]


def test_a_listing_is_found_from_its_approval_until_it_is_paused(group, editor):
    made = listings.create_listing(group, **said())
    seen = [found()]

    for step in (
        lambda: listings.submit_listing(group, made.id),
        lambda: listings.publish_listing(editor, made.id),
        lambda: listings.pause_listing(group, made.id),
        lambda: listings.resume_listing(group, made.id),
        lambda: listings.archive_listing(group, made.id),
        lambda: listings.restore_listing(editor, made.id),
    ):
        step()
        seen.append(found())

    there = ["Lantern workshop"]
    assert seen == [[], [], there, [], there, [], []]
    assert names(made)[1:] == [
        *("listing.submitted", "listing.published", "listing.paused", "listing.resumed"),
        *("listing.archived", "listing.restored"),
    ]


def test_approving_a_listing_makes_it_fresh(public, editor):
    assert public.freshness == "fresh"
    assert public.verified_by_id == editor.user_id


def test_the_search_is_told_of_each_change(public, group):
    before = changes.latest_change()

    edit(group, public, name="Candle workshop")

    assert changes.latest_change().seq > before.seq
    assert (found("lantern workshop")[:1], found("candle")) == (["Candle workshop"], ["Candle workshop"])


def test_saving_what_is_there_already_leaves_no_trace(public, group):
    version, happened = public.version, names(public)

    edit(group, public, **said())

    assert (db.session.get(Service, public.id).version, names(public)) == (version, happened)


def test_two_people_who_save_at_once_do_not_overwrite_each_other(public, group, editor):
    both_read = public.version
    listings.edit_listing(editor, public.id, version=both_read, fees="Free tea")

    with pytest.raises(ChangedMeanwhile):
        listings.edit_listing(group, public.id, version=both_read, fees="Paid tea")

    db.session.expire_all()
    assert db.session.get(Service, public.id).fees == "Free tea"


def test_a_change_of_the_times_alone_is_a_new_version(public, group):
    before = public.version

    with clock.pretend(public.updated_at):  # even within the same moment
        edit(group, public, sessions=[])

    assert db.session.get(Service, public.id).version == before + 1


EVERYTHING_TO_DO = {
    "edit": lambda who, key: listings.edit_listing(who, key, version=1, name="Mine now"),
    "submit": listings.submit_listing,
    "publish": listings.publish_listing,
    "send_back": lambda who, key: listings.send_back_listing(who, key, note="No"),
    "pause": listings.pause_listing,
    "resume": listings.resume_listing,
    "archive": listings.archive_listing,
    "restore": listings.restore_listing,
    "confirm": listings.confirm_listing,
    "capacity": lambda who, key: listings.set_capacity(who, key, status=CapacityStatus.FULL),
    "check": listings.check_listing,
}
OTHERS = [Role.PROVIDER, Role.PROVIDER_MANAGER, Role.LINK_WORKER, Role.REFERRER, Role.COMMISSIONER, Role.ADMINISTRATOR]


@pytest.mark.parametrize("action", EVERYTHING_TO_DO)
@pytest.mark.parametrize("role", OTHERS)
def test_another_groups_listing_is_not_there(action, role, app):
    theirs = make.service("Walking group")
    stranger = make.actor(role, organisation=make.organisation("Elsewhere"))

    with pytest.raises(NotFound):
        EVERYTHING_TO_DO[action](stranger, theirs.id)

    assert names(theirs) == []


def test_a_group_sees_its_own_listings_and_an_editor_all(public, group, editor):
    make.service("Walking group")

    assert [one.name for one in listing_queries.list_mine(group)[0]] == ["Lantern workshop"]
    assert [one.name for one in listing_queries.list_mine(editor)[0]] == ["Lantern workshop", "Walking group"]
    assert listing_queries.list_mine(make.actor(Role.LINK_WORKER)) == ([], 0)


def test_a_group_enters_listings_for_nobody_else(group):
    with pytest.raises(NotFound):
        listings.create_listing(group, organisation_id=make.organisation("Elsewhere").id, **said())


def test_an_editor_says_for_whom_a_listing_is_entered(editor):
    owner = make.organisation("Elsewhere")

    assert listings.create_listing(editor, organisation_id=owner.id, **said()).organisation_id == owner.id
    for nobody in (None, uuid.uuid4()):
        with pytest.raises(InvalidInput):
            listings.create_listing(editor, organisation_id=nobody, **said())


def test_a_listing_that_lacks_something_is_not_sent(group):
    made = listings.create_listing(group, **ListingSchema().load({"name": "Lantern workshop"}))

    with pytest.raises(InvalidInput) as refusal:
        listings.submit_listing(group, made.id)

    assert refusal.value.fields.keys() == {"summary", "needs", "postcode", "phones"}
    assert listing_queries.get_listing(group, made.id).status == ListingStatus.DRAFT


def test_somebody_who_says_it_is_still_correct_makes_an_old_listing_fresh(group):
    a_year_and_a_day = clock.now() - timedelta(days=366)
    owner = listing_queries.organisation(group.organisation_id)
    old = make.service("Walking group", organisation=owner, verified_at=a_year_and_a_day)
    before, chased = old.why_not_referable, listing_queries.old_listings()[1]

    confirmed = listings.confirm_listing(group, old.id)

    assert (before, chased) == ("Nobody has checked this listing for over a year.", 1)
    assert (confirmed.freshness, confirmed.why_not_referable) == ("fresh", None)
    assert confirmed.verified_by_id == group.user_id
    assert listing_queries.old_listings() == ([], 0)


def test_changing_a_listing_does_not_say_that_the_rest_is_correct(public, group):
    with clock.pretend(clock.now() + timedelta(days=200)):
        edit(group, public, fees="Bring a cushion")

        assert db.session.get(Service, public.id).freshness == "stale"


def test_a_group_says_how_long_the_wait_is(public, group):
    waiting = listings.set_capacity(group, public.id, status=CapacityStatus.WAITING_LIST, waiting_weeks=6)
    assert (waiting.capacity_status, waiting.waiting_weeks) == ("waiting_list", 6)
    assert clock.now() - waiting.capacity_at < timedelta(minutes=1)

    full = listings.set_capacity(group, public.id, status=CapacityStatus.FULL, waiting_weeks=6)
    assert full.waiting_weeks is None


def test_an_archived_listing_is_left_alone(public, group):
    listings.archive_listing(group, public.id)

    with pytest.raises(ActionNotAllowed):
        edit(group, public, name="Candle workshop")
    with pytest.raises(ActionNotAllowed):
        listings.confirm_listing(group, public.id)


def test_an_unknown_postcode_is_said_and_the_listing_is_saved(group):
    made = listings.create_listing(group, **said(postcode="CV9 9ZZ"))

    kept = listing_queries.get_listing(group, made.id)
    assert "CV9 9ZZ" in place_problem(kept)
    assert kept.at_locations[0].location.latitude is None


def test_a_known_postcode_puts_the_listing_on_the_map(group):
    make.save(Postcode(postcode="CV12AB", latitude=52.4, longitude=-1.5))

    made = listings.create_listing(group, **said())

    place = made.at_locations[0].location
    assert (place.latitude, place.longitude, place_problem(made)) == (52.4, -1.5, None)


def test_a_new_name_of_the_place_leaves_its_point_alone(group):
    owner = listing_queries.organisation(group.organisation_id)
    here = make.service("Walking group", organisation=owner, latitude=52.111, longitude=-1.222)

    moved = edit(group, here, place_name="St Anne's Hall")

    place = moved.at_locations[0].location
    assert (place.name, place.latitude, place.longitude) == ("St Anne's Hall", 52.111, -1.222)


def test_moving_one_service_leaves_others_at_the_same_place_where_they_are(group):
    owner = listing_queries.organisation(group.organisation_id)
    one = make.service("Walking group", organisation=owner)
    other = make.service("Choir", organisation=owner, latitude=None)
    make.save(ServiceAtLocation(service_id=other.id, location_id=one.at_locations[0].location_id))

    edit(group, one, address_1="Mill Lane")

    assert contents(listing_queries.get_listing(group, one.id))["address_1"] == "Mill Lane"
    assert contents(listing_queries.get_listing(group, other.id))["address_1"] == "Church Lane"


def test_an_address_that_is_taken_away_is_gone(public, group):
    nowhere = dict.fromkeys(("place_name", "address_1", "address_2", "city", "postcode"))

    edit(group, public, remote=["phone"], **nowhere)

    assert listing_queries.get_listing(group, public.id).at_locations == []
    assert db.session.query(Location).filter_by(organisation_id=group.organisation_id).count() == 0
