"""What an editor is shown and decides: approvals, changes to check, what nobody has checked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.db import db
from social_rx.directory import listing_queries, listings
from social_rx.directory.listing_schemas import ListingSchema
from social_rx.directory.models import Service
from social_rx.directory.status import ListingStatus
from social_rx.errors import ActionNotAllowed, ChangedMeanwhile, Forbidden
from social_rx.users import Role
from tests import make


def said(**changed):
    """A listing that lacks nothing, as it arrives."""
    lanterns = {"name": "Lantern workshop", "summary": "Make lanterns.", "needs": ["bereavement"]}
    return ListingSchema().load({**lanterns, "phones": ["024 7600 0000"], "postcode": "CV1 2AB", **changed})


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


def edit(actor, service, **changed):
    now = db.session.get(Service, service.id)
    return listings.edit_listing(actor, service.id, version=now.version, **changed)


def test_what_a_group_changes_on_a_public_listing_is_public_at_once_and_shown_to_editors(public, group):
    edit(group, public, fees="Bring a cushion", website="http://example.org")

    [item], total = listing_queries.queue()
    assert (item.kind, item.fields, item.by, total) == ("changed", ("fees", "website"), (group.name,), 1)
    assert db.session.get(Service, public.id).status == ListingStatus.ACTIVE


def test_an_editor_who_finds_a_change_right_takes_it_from_the_queue(public, group, editor):
    edit(group, public, fees="Bring a cushion")

    listings.check_listing(editor, public.id)

    assert listing_queries.queue() == ([], 0)
    with pytest.raises(ActionNotAllowed):
        listings.check_listing(editor, public.id)


def test_a_change_made_after_the_editor_looked_must_be_looked_at(public, group, editor):
    edit(group, public, fees="Bring a cushion")
    looked_at = db.session.get(Service, public.id).version
    edit(group, public, fees="Bring money")

    with pytest.raises(ChangedMeanwhile):
        listings.check_listing(editor, public.id, version=looked_at)

    assert listing_queries.queue()[1] == 1


def test_an_editors_own_change_waits_for_nobody(public, editor):
    edit(editor, public, fees="Bring a cushion")

    assert listing_queries.queue() == ([], 0)


def test_the_queue_is_oldest_first_and_says_why_each_listing_is_there(group, editor, public):
    start = clock.now()
    with clock.pretend(start + timedelta(hours=1)):
        new = listings.create_listing(group, **said(name="Second"))
        listings.submit_listing(group, new.id)
    with clock.pretend(start + timedelta(hours=2)):
        edit(group, public, fees="Bring a cushion")
    again = make.service("Third", organisation=db.session.get(Service, public.id).organisation, needs=("bereavement",))
    with clock.pretend(start + timedelta(hours=3)):
        listings.archive_listing(editor, again.id)
        listings.restore_listing(editor, again.id)
        edit(editor, again, summary="Tea", phones=["024 7600 0001"])
        listings.submit_listing(group, again.id)

    waiting, total = listing_queries.queue()

    assert [(one.service.name, one.kind) for one in waiting] == [
        ("Second", "new"),
        ("Lantern workshop", "changed"),
        ("Third", "new"),
    ]
    assert total == 3


def test_a_listing_that_was_public_before_comes_back_as_such(public, group, editor):
    listings.archive_listing(group, public.id)
    listings.restore_listing(editor, public.id)
    listings.submit_listing(group, public.id)

    [item], _ = listing_queries.queue()

    assert item.kind == "again"


def test_what_an_import_left_to_be_approved_waits_too(app):
    make.service("Imported", status=ListingStatus.PENDING_REVIEW)

    [item], _ = listing_queries.queue()

    assert (item.kind, item.by) == ("new", ())


def test_nobody_approves_what_they_sent(group, editor):
    made = listings.create_listing(group, **said())
    listings.submit_listing(editor, made.id)

    with pytest.raises(Forbidden):
        listings.publish_listing(editor, made.id)

    assert listings.publish_listing(make.actor(Role.EDITOR), made.id).status == ListingStatus.ACTIVE


def test_nobody_approves_what_they_entered(group, editor):
    made = listings.create_listing(editor, organisation_id=group.organisation_id, **said())
    listings.submit_listing(group, made.id)

    with pytest.raises(Forbidden):
        listings.publish_listing(editor, made.id)

    assert listing_queries.get_listing(group, made.id).status == ListingStatus.PENDING_REVIEW


def test_somebody_who_is_of_the_group_as_well_does_not_approve_its_listing(group):
    made = listings.create_listing(group, **said())
    listings.submit_listing(group, made.id)
    of_both = make.actor(Role.EDITOR, organisation=db.session.get(Service, made.id).organisation)

    with pytest.raises(Forbidden):
        listings.publish_listing(of_both, made.id)


def test_a_group_reads_why_its_listing_was_sent_back_until_it_sends_it_again(group, editor):
    made = listings.create_listing(group, **said())
    listings.submit_listing(group, made.id)

    back = listings.send_back_listing(editor, made.id, note="Say where it is.")
    assert listing_queries.notes_on([back]) == {made.id: "Say where it is."}

    listings.submit_listing(group, made.id)
    assert listing_queries.notes_on([listing_queries.get_listing(group, made.id)]) == {}

    listings.publish_listing(editor, made.id)
    listings.archive_listing(group, made.id)
    restored = listings.restore_listing(editor, made.id)
    assert listing_queries.notes_on([restored]) == {}


@pytest.mark.parametrize(("days", "is_old"), [(365, False), (366, True)])
def test_the_list_of_the_old_agrees_with_the_listing_itself(days, is_old, app):
    made = make.service("Walking group", verified_at=clock.now() - timedelta(days=days))

    assert (made.freshness == "expired") is is_old
    assert listing_queries.old_listings()[1] == is_old


def test_nobody_finds_their_own_change_right(public, group):
    edit(group, public, fees="Bring a cushion")
    of_both = replace(group, role=Role.EDITOR, organisation_id=None)

    with pytest.raises(Forbidden):
        listings.check_listing(of_both, public.id)

    assert listing_queries.queue()[1] == 1
