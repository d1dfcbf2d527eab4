"""The pages on which groups keep their listings and editors check them."""

import re
import time
from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.db import db
from social_rx.directory import listing_queries, listings
from social_rx.directory.listing_contents import contents
from social_rx.directory.listing_forms import Boxes, boxes_for
from social_rx.directory.models import Phone, Service
from social_rx.directory.status import KEEPERS, CapacityStatus, ListingStatus
from social_rx.users import Role
from tests import make

TUESDAYS = {"byday": "TU", "note": "Not in August"}


@pytest.fixture
def owner(app):
    made = make.organisation("Green Steps")
    make.save(Phone(organisation_id=made.id, number="024 7600 0000"))
    return made


@pytest.fixture
def group(client, owner):
    return client.sign_in(make.user(Role.PROVIDER_MANAGER, organisation=owner, name="Jean Marsh"))


@pytest.fixture
def editor(client):
    return client.sign_in(make.user(Role.EDITOR))


def listing(owner, **fields):
    fields = {"needs": ("bereavement",), "sessions": (TUESDAYS,), "summary": "Tea and talk."} | fields
    return make.service("Tuesday lunch club", organisation=owner, **fields)


def now(service):
    db.session.expire_all()
    return db.session.get(Service, service.id)


def typed_in(page):
    """What a browser would send back if somebody pressed Save on this page at once."""
    html = page[page.index('action="' if 'action="' in page else "<form") :]
    sent = []
    for tag in re.findall(r"<input[^>]*>", html):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        box = re.search(r'type="(checkbox|radio)"', tag)
        if name and (not box or " checked" in tag):
            sent.append((name[1], value[1] if value else ""))
    for name, body in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', html, re.DOTALL):
        sent.append((name, body.replace("\n", "\r\n")))
    for name, body in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', body) or re.search(r'value="([^"]*)"', body)
        sent.append((name, chosen[1]))
    form = {}
    for name, value in sent:
        form.setdefault(name, []).append(value)
    return form


def summary_leads_to_its_fields(html):
    links = re.findall(r'<a href="#([^"]+)"', html[html.index("nhsuk-error-summary") : html.index("<h1")])
    return bool(links) and all(f'id="{target}"' in html for target in links)


def test_a_group_sees_what_the_public_sees_and_what_to_do(group, owner):
    listing(owner, price=4.5)

    page = group.get("/my-listings").text

    for words in ("Green Steps", "Tuesday lunch club", "Tuesdays. Not in August", "£4.50", "024 7600 0000"):
        assert words in page
    for button in ("Yes, this is all still correct", "Change something", "Save places"):
        assert button in page
    assert "01632 960100" in page[page.index("<main") : page.index("</main")]


def test_a_group_without_listings_is_told_so(group):
    assert "You have no listings yet." in group.get("/my-listings").text


def test_a_listing_of_another_group_is_not_shown(group):
    make.service("Walking group")

    assert "Walking group" not in group.get("/my-listings").text


@pytest.mark.parametrize("role", sorted(set(Role) - KEEPERS))
def test_people_in_other_roles_are_refused(role, client):
    service = make.service()
    client.sign_in(make.user(role))

    pages = ["/my-listings", "/my-listings/new", f"/my-listings/{service.id}/edit", "/moderate", "/moderate/old"]

    assert {client.get(page).status_code for page in [*pages, f"/moderate/{service.id}"]} == {403}


@pytest.mark.parametrize("action", ["edit", "submit", "pause", "resume", "archive", "confirm", "places"])
def test_another_groups_listing_is_not_there(action, group):
    service = make.service()
    address = f"/my-listings/{service.id}/{action}"

    answers = [group.post(address, data={"version": "1", "status": "full", "name": "Mine"})]
    answers += [group.get(address)] if action not in {"confirm", "places"} else []

    assert {answer.status_code for answer in answers} == {404}


def test_yes_this_is_all_still_correct(group, owner):
    service = listing(owner, verified_at=clock.now() - timedelta(days=366))
    assert "Not checked for over a year" in group.get("/my-listings").text

    answer = group.post(f"/my-listings/{service.id}/confirm", data={"version": service.version})

    assert answer.status_code == 303
    assert "Thank you. We have marked Tuesday lunch club as correct today." in group.get("/my-listings").text
    assert now(service).freshness == "fresh"


def test_what_was_changed_since_the_card_was_shown_is_not_confirmed_unseen(group, owner):
    service = listing(owner)

    answer = group.post(f"/my-listings/{service.id}/confirm", data={"version": service.version - 1})

    assert answer.status_code == 412


@pytest.mark.parametrize("sent", [{}, {"version": "x"}, {"version": "9" * 30}, {"version": "1", "more": "x"}])
def test_a_confirmation_that_makes_no_sense_is_refused_and_said(sent, group, owner):
    service = listing(owner, verified_at=clock.now() - timedelta(days=366))

    answer = group.post(f"/my-listings/{service.id}/confirm", data=sent)

    assert answer.status_code in {412, 422}
    assert now(service).freshness == "expired"


@pytest.mark.parametrize(
    "extra",
    [
        {"phone-6-number": "024 7600 0000"},
        {f"phone-{'9' * 5000}-number": "1"},
        {"price-21-note": "x"},
        {"session-٣-note": "x"},
        {f"session-{number}-note": "x" for number in range(1, 900)},
    ],
)
def test_a_form_with_more_boxes_than_a_listing_may_have_is_refused_at_once(extra, group, owner):
    begun = time.process_time()

    answer = group.post("/my-listings/new", data={"name": "Choir"} | extra)

    assert answer.status_code == 422
    assert "at most 5 phone numbers, 20 prices and 60 times" in answer.text
    assert time.process_time() - begun < 3


def test_a_listing_that_has_more_than_a_form_takes_keeps_what_it_has():
    said = {"phones": ["024 7600 0000"] * 7, "sessions": [{}] * 70}

    boxes = boxes_for(said, {"phone": 900, "price": 900})

    assert boxes == Boxes(phone=7, price=20, session=70)


def test_a_group_says_that_there_is_a_waiting_list(group, owner):
    service = listing(owner)

    answer = group.post(f"/my-listings/{service.id}/places", data={"status": "waiting_list", "waiting_weeks": "6"})

    assert answer.status_code == 303
    assert (now(service).capacity_status, now(service).waiting_weeks) == (CapacityStatus.WAITING_LIST, 6)


@pytest.mark.parametrize("sent", [{}, {"status": "waiting_list", "waiting_weeks": "soon"}])
def test_places_that_make_no_sense_come_back_on_their_card(sent, group, owner):
    service = listing(owner)
    listing(owner)

    answer = group.post(f"/my-listings/{service.id}/places", data=sent)

    assert answer.status_code == 422
    assert "<title>Error: " in answer.text
    assert summary_leads_to_its_fields(answer.text)
    assert str(service.id) in re.search(r'href="#(?:places|weeks)-([^"]+)"', answer.text)[1]


def test_saving_the_form_as_it_opened_changes_nothing(group, owner):
    service = listing(
        owner,
        price=4.5,
        needs=("bereavement", "other"),
        supports=("lunch_club",),
        access=("step_free", "their_own_code"),
        sessions=(
            TUESDAYS,
            {"freq": "MONTHLY", "byday": "1TH,3TH"},
            {"freq": "WEEKLY", "interval": 2, "byday": "MO,FR"},
            {"freq": "MONTHLY", "byday": "1MO,-1FR"},
            {"freq": "MONTHLY", "bymonthday": "15", "dtstart": clock.today(), "valid_to": clock.today()},
            {"freq": "DAILY", "note": "Ask us"},
        ),
        description="One line.\nAnother line.",
        minimum_age=18,
        remote=["online", "phone"],
        website="http://example.org",
        email="tea@example.org",
        fees="Pay what you can",
        free=False,
    )
    version, before = service.version, contents(listing_queries.get_listing(make.actor(Role.EDITOR), service.id))
    page = group.get(f"/my-listings/{service.id}/edit")

    answer = group.post(f"/my-listings/{service.id}/edit", data=typed_in(page.text))

    assert answer.status_code == 303, re.findall(r'<a href="#[^"]+">[^<]+', answer.text)
    assert contents(listing_queries.get_listing(make.actor(Role.EDITOR), service.id)) == before
    assert now(service).version == version


def test_a_group_changes_a_time_a_price_and_a_phone_number(group, owner):
    service = listing(owner, free=False)
    form = typed_in(group.get(f"/my-listings/{service.id}/edit").text)
    form |= {"session-1-opens_at": "12pm", "session-1-closes_at": "2.30pm", "price-1-amount": "£5"}
    form |= {"session-2-days": ["SA"], "session-2-repeat": "monthly_1_3", "phone-1-number": "024 7600 0001"}

    answer = group.post(f"/my-listings/{service.id}/edit", data=form)

    assert answer.status_code == 303
    page = group.get("/my-listings").text
    for words in ("Tuesdays, 12pm to 2:30pm. Not in August", "First and third Saturday", "£5", "024 7600 0001"):
        assert words in page
    [item], _ = listing_queries.queue()
    assert item.fields == ("cost_options", "phones", "sessions")


def test_a_time_is_taken_away(group, owner):
    service = listing(owner)
    form = typed_in(group.get(f"/my-listings/{service.id}/edit").text) | {"session-1-repeat": "remove"}

    group.post(f"/my-listings/{service.id}/edit", data=form)

    assert "Tuesdays" not in group.get("/my-listings").text


def test_an_empty_form_comes_back_with_what_to_do(group, owner):
    service = listing(owner)

    for address in ("/my-listings/new", f"/my-listings/{service.id}/edit"):
        answer = group.post(address, data={"version": service.version} if "edit" in address else {})

        assert answer.status_code == 422
        assert "Enter the name of the service." in answer.text
        assert "<title>Error: " in answer.text
        assert summary_leads_to_its_fields(answer.text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("postcode", "CV1"),
        ("minimum_age", "old"),
        ("session-1-opens_at", "teatime"),
        ("session-2-note", "Ask us"),
        ("session-1-repeat", "whenever|x"),
        ("price-1-amount", "a lot"),
        ("phone-1-number", "call Jean"),
        ("email", "jean"),
        ("website", "javascript:alert(1)"),
        ("summary", "x" * 501),
    ],
)
def test_what_was_typed_stays_and_each_message_stands_by_its_field(field, value, group, owner):
    service = listing(owner)
    form = typed_in(group.get(f"/my-listings/{service.id}/edit").text) | {field: value, "not_for": "What I wrote"}

    answer = group.post(f"/my-listings/{service.id}/edit", data=form)

    assert answer.status_code == 422
    assert summary_leads_to_its_fields(answer.text)
    assert "What I wrote" in answer.text
    assert now(service).not_for is None


def test_two_who_save_the_same_form_are_told_and_lose_nothing(group, owner):
    service = listing(owner)
    form = typed_in(group.get(f"/my-listings/{service.id}/edit").text) | {"summary": "What I wrote"}
    listings.edit_listing(make.actor(Role.EDITOR), service.id, version=service.version, fees="Theirs")

    refused = group.post(f"/my-listings/{service.id}/edit", data=form)
    assert refused.status_code == 412
    assert "Somebody else changed this listing" in refused.text
    assert now(service).summary == "Tea and talk."

    again = group.post(f"/my-listings/{service.id}/edit", data=typed_in(refused.text))
    assert again.status_code == 303
    assert now(service).summary == "What I wrote"


def test_a_postcode_nobody_knows_is_saved_and_said(group, owner):
    service = listing(owner)
    form = typed_in(group.get(f"/my-listings/{service.id}/edit").text) | {"postcode": "cv99zz"}

    answer = group.post(f"/my-listings/{service.id}/edit", data=form)

    assert answer.status_code == 303
    assert "We do not know where CV9 9ZZ is yet" in group.get("/my-listings").text


def test_a_group_reads_what_is_missing_before_it_sends(group, owner):
    service = make.service("Choir", organisation=owner, status=ListingStatus.DRAFT, latitude=None)

    page = group.get(f"/my-listings/{service.id}/submit").text

    assert "some things are missing" in page
    edit = group.get(f"/my-listings/{service.id}/edit").text
    anchors = re.findall(rf'href="/my-listings/{service.id}/edit#(\w+)"', page)
    assert set(anchors) == {"summary", "needs", "postcode"}
    assert all(f'id="{anchor}"' in edit for anchor in anchors)


def test_a_member_who_is_no_manager_is_not_offered_to_take_a_listing_out(client, owner):
    service = listing(owner)
    client.sign_in(make.user(Role.PROVIDER, organisation=owner))

    assert f"/my-listings/{service.id}/archive" not in client.get("/my-listings").text
    assert client.get(f"/my-listings/{service.id}/archive").status_code == 403


def test_what_cannot_be_done_now_is_not_asked_about(group, owner):
    service = listing(owner)

    assert group.get(f"/my-listings/{service.id}/resume").status_code == 409


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [("pause", "active", "paused"), ("resume", "paused", "active"), ("archive", "active", "archived")],
)
def test_an_action_is_asked_about_and_then_done(action, before, after, group, owner):
    service = listing(owner, status=ListingStatus(before))
    address = f"/my-listings/{service.id}/{action}"
    assert group.get(address).status_code == 200
    assert now(service).status == before

    group.post(address, data={"version": service.version})

    assert now(service).status == after
    assert group.get("/my-listings").status_code == 200
