"""The pages on which an editor approves listings, reads what groups changed, and chases what is old."""

import re
from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.db import db
from social_rx.directory import listings
from social_rx.directory.models import Service
from social_rx.directory.status import ListingStatus
from social_rx.users import Role
from tests import make
from tests.support import recorded_queries


@pytest.fixture
def owner(app):
    return make.organisation("Green Steps", email="steps@example.org")


@pytest.fixture
def group(client, owner):
    return client.sign_in(make.user(Role.PROVIDER_MANAGER, organisation=owner, name="Jean Marsh"))


@pytest.fixture
def editor(client):
    return client.sign_in(make.user(Role.EDITOR))


def listing(owner, **fields):
    fields = {"needs": ("bereavement",), "summary": "Tea and talk."} | fields
    return make.service("Tuesday lunch club", organisation=owner, **fields)


def now(service):
    db.session.expire_all()
    return db.session.get(Service, service.id)


def summary_leads_to_its_fields(html):
    links = re.findall(r'<a href="#([^"]+)"', html[html.index("nhsuk-error-summary") : html.index("<h1")])
    return bool(links) and all(f'id="{target}"' in html for target in links)


def test_a_group_does_not_open_the_editors_pages(group):
    service = make.service()

    for page in ("/moderate", "/moderate/old", f"/moderate/{service.id}"):
        assert group.get(page).status_code == 403
    for action in ("publish", "send-back", "check", "restore"):
        assert group.post(f"/moderate/{service.id}/{action}").status_code == 403


def test_from_a_new_service_to_the_directory(client, owner):
    jean, sam = make.user(Role.PROVIDER, organisation=owner), make.user(Role.EDITOR)
    client.sign_in(jean)
    form = {"name": "Lantern workshop", "summary": "Make lanterns.", "needs": ["bereavement"], "remote": ["online"]}

    asked = client.post("/my-listings/new", data=form)
    assert "This is what people will see" in client.get(asked.location).text
    service = db.session.query(Service).one()
    sent = client.post(asked.location, data={"version": service.version})
    assert sent.status_code == 303
    assert "Being checked" in client.get("/my-listings").text

    client.sign_in(sam)
    assert "New listing" in client.get("/moderate").text
    page = client.get(f"/moderate/{service.id}").text
    assert "Make lanterns." in page
    client.post(f"/moderate/{service.id}/publish", data={"version": now(service).version})
    assert "Lantern workshop is in the directory." in client.get("/moderate").text
    assert client.get(f"/services/{service.id}").status_code == 200


def test_a_listing_is_sent_back_with_a_note_the_group_reads(client, owner):
    service = listing(owner, status=ListingStatus.PENDING_REVIEW)
    client.sign_in(make.user(Role.EDITOR))
    empty = client.post(f"/moderate/{service.id}/send-back", data={"version": service.version})
    assert (empty.status_code, summary_leads_to_its_fields(empty.text)) == (422, True)

    client.post(f"/moderate/{service.id}/send-back", data={"version": service.version, "note": "Say when <b>"})

    client.sign_in(make.user(Role.PROVIDER, organisation=owner))
    page = client.get("/my-listings").text
    assert "Say when &lt;b&gt;" in page
    assert "Send it to be checked" in page


def test_an_editor_sees_what_changed_and_says_it_looks_right(editor, owner):
    service = listing(owner)
    jean = make.actor(Role.PROVIDER, organisation=owner, name="Jean Marsh")
    listings.edit_listing(jean, service.id, version=service.version, fees="Bring a cushion")

    page = editor.get(f"/moderate/{service.id}").text
    assert "Jean Marsh" in page and "Cost in words" in page

    editor.post(f"/moderate/{service.id}/check", data={"version": now(service).version})
    assert "Nothing waits to be checked." in editor.get("/moderate").text


def test_an_editor_who_sent_the_listing_is_told_that_another_must_approve_it(client, owner):
    service = listing(owner, status=ListingStatus.DRAFT)
    account = make.user(Role.EDITOR)
    client.sign_in(account)
    client.post(f"/my-listings/{service.id}/submit", data={"version": service.version})

    assert "Another editor must approve it." in client.get(f"/moderate/{service.id}").text
    refused = client.post(f"/moderate/{service.id}/publish", data={"version": now(service).version})
    assert refused.status_code == 403


def test_an_old_listing_is_on_the_editors_list_and_they_confirm_it(editor, owner):
    service = listing(owner, verified_at=clock.now() - timedelta(days=400))
    assert "1 listing that nobody has checked for a year" in editor.get("/moderate").text
    assert "Tuesday lunch club" in editor.get("/moderate/old").text

    editor.post(f"/my-listings/{service.id}/confirm", data={"version": service.version})

    assert "Every listing in the directory was checked" in editor.get("/moderate/old").text


@pytest.mark.parametrize("page", ["/my-listings", "/moderate", "/moderate/old"])
def test_a_longer_list_asks_the_database_no_more_often(page, client, owner):
    role = Role.PROVIDER if page == "/my-listings" else Role.EDITOR
    client.sign_in(make.user(role, organisation=owner if role == Role.PROVIDER else None))
    jean = make.actor(Role.PROVIDER, organisation=owner)
    counts = []
    for _ in range(3):
        old = listing(owner, verified_at=None)
        listing(owner, status=ListingStatus.PENDING_REVIEW)
        listing(owner, status=ListingStatus.DRAFT)
        listings.edit_listing(jean, old.id, version=old.version, fees="Bring a cushion")
        with recorded_queries() as statements:
            assert client.get(page).status_code == 200
        counts.append(len(statements))

    assert counts[1] == counts[2]


def test_a_long_list_is_in_pages(editor, owner):
    for number in range(21):
        make.service(f"Club {number:02}", organisation=owner, verified_at=None)

    first, second = editor.get("/moderate/old").text, editor.get("/moderate/old?page=2").text

    assert ("Club 19" in first, "Club 20" in first, "Club 20" in second) == (True, False, True)
    assert 'href="/moderate/old?page=2"' in first
