"""Finding a service: the search, its results, and one page for each service."""

import re
from datetime import time, timedelta
from html import unescape

import pytest

from social_rx import clock
from social_rx.db import db
from social_rx.directory.models import Outcode, Postcode, ServiceAtLocation
from social_rx.directory.risk_words import dangers_in
from social_rx.directory.status import CapacityStatus, ListingStatus, ReferralMode
from social_rx.users import Role
from tests import make
from tests.support import recorded_queries


@pytest.fixture
def page(client):
    """The text of a page, its markup read as a browser reads it, once its status is what it should be."""

    def page(path, status=200):
        answer = client.get(path)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    return page


@pytest.fixture
def coventry(app):
    make.save(Postcode(postcode="CV12AB", latitude=52.408, longitude=-1.51))
    make.save(Outcode(outcode="CV1", latitude=52.41, longitude=-1.51, postcodes=900))


def names(html):
    """The services of a page of results, in order."""
    return [name.strip() for name in re.findall(r'<a href="/services/[^"]*">([^<]*)</a>', html)]


def total(html):
    [heading] = re.findall(r'<h2[^>]*id="results"[^>]*>(.*?)</h2>', html, re.DOTALL)
    return " ".join(heading.split())


def test_the_public_begins_with_one_search_and_the_commonest_needs(page):
    html = page("/")

    assert 'name="q"' in html and 'name="near"' in html
    assert "/find?need=bereavement" in html
    assert "116 123" in html


def test_somebody_signed_in_begins_where_their_work_is(client):
    client.sign_in(make.user(Role.REFERRER))

    answer = client.get("/")

    assert (answer.status_code, answer.location) == (302, "/find")


def test_a_search_finds_a_service_by_need_and_says_what_was_looked_for(page):
    make.service("Tea and company", needs=("loneliness_isolation",))
    make.service("Boxing")

    html = page("/find?q=lonely")

    assert names(html) == ["Tea and company"]
    assert total(html) == "1 service"
    assert "We looked for" in html and "Loneliness and isolation" in html


def test_a_card_says_how_far_when_what_it_costs_and_when_it_was_checked(page, coventry):
    make.service(
        "Lunch club",
        summary="Hot lunch and company.",
        sessions=({"byday": "TU", "opens_at": time(12), "closes_at": time(14)},),
        price=4,
        capacity_status=CapacityStatus.PLACES,
    )

    html = page("/find?q=lunch&near=cv1+2ab")

    assert total(html) == "1 service near CV1 2AB"
    for words in (
        "Hot lunch and company.",
        "less than 0.1 miles",
        "Tuesdays, 12pm to 2pm",
        "£4",
        "Has places",
        "Checked ",
    ):
        assert words in html


def test_an_old_listing_says_that_nobody_has_checked_it(page):
    make.service("Lunch club", verified_at=clock.now() - timedelta(days=200))

    assert "Not checked for 6 months" in page("/find?q=lunch")


def test_a_postcode_that_does_not_exist_is_said_and_the_results_still_come(page, coventry):
    make.service("Lunch club")

    html = page("/find?q=lunch&near=QQ1+9ZZ")

    assert names(html) == ["Lunch club"]
    assert "Error: " in html and 'href="#near"' in html and "Enter a postcode" in html
    assert "mile" not in total(html)


def test_the_first_part_of_a_postcode_makes_distances_approximate(page, coventry):
    make.service("Lunch club")

    html = page("/find?q=lunch&near=cv1")

    assert total(html) == "1 service near CV1"
    assert "About " in html and "Distances are approximate" in html


@pytest.mark.parametrize(
    ("filter_", "fields"),
    [
        ("free=yes", {}),
        ("has_places=yes", {"capacity_status": CapacityStatus.PLACES}),
        ("step_free=yes", {"access": ("step_free",)}),
        ("remote=yes", {"remote": ["phone"]}),
        ("day=1", {"sessions": ({"byday": "TU"},)}),
        ("need=bereavement", {"needs": ("bereavement",)}),
    ],
)
def test_a_filter_leaves_out_what_does_not_pass_and_a_chip_takes_it_away(page, filter_, fields):
    make.service("Lunch club", **fields)
    make.service("Lunch out", price=9)

    html = page(f"/find?q=lunch&{filter_}")

    assert names(html) == ["Lunch club"]
    assert re.search(r'<ul class="srx-chips".*?<a href="/find\?q=lunch">', html, re.DOTALL)


def test_nothing_found_offers_ways_on(page, coventry):
    html = page("/find?q=zebra&near=CV1+2AB&free=yes")

    assert total(html) == "0 services near CV1 2AB"
    for words in ("turn off all filters", "look further away", "look everywhere", "phone us on"):
        assert words in html


def test_a_practice_that_finds_nothing_may_refer_to_a_link_worker(client, page):
    client.sign_in(make.user(Role.REFERRER))

    assert 'href="/refer/link-worker?q=zebra"' in page("/find?q=zebra")


def test_a_long_list_is_cut_into_pages_that_keep_the_search(page):
    for number in range(21):
        make.service(f"Lunch {number}", price=1)

    first, second = page("/find?q=lunch"), page("/find?q=lunch&page=2")

    assert (len(names(first)), len(names(second))) == (20, 1)
    assert "/find?q=lunch&page=2" in first
    assert '<span class="srx-number" aria-hidden="true">21</span>' in second


def test_words_of_danger_bring_the_right_number_before_the_results(page):
    html = page("/find?q=I+want+to+kill+myself")

    assert 0 < html.index("Samaritans") < html.index('id="results"')


@pytest.mark.parametrize(
    ("words", "dangers"),
    [
        ("suicide", 1),
        ("he was killing himself", 1),
        ("abuse", 1),
        ("my partner is violent", 1),
        ("homeless tonight", 1),
        ("no food today", 1),
        ("abused and has nothing to eat", 2),
        ("end of life planning", 0),
        ("help with drug abuse", 0),
        ("food bank", 0),
        ("lonely", 0),
    ],
)
def test_danger_is_heard_in_many_words_and_not_in_others(words, dangers):
    assert len(dangers_in(words)) == dangers


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (None, False),
        (Role.REFERRER, True),
        (Role.PRACTICE_ADMIN, True),
        (Role.LINK_WORKER, False),
        (Role.EDITOR, False),
    ],
)
def test_only_a_practice_may_refer_from_the_results(client, page, role, sees):
    service = make.service("Lunch club")
    if role:
        client.sign_in(make.user(role))

    html = page("/find?q=lunch&need=bereavement&need=other") + page(f"/services/{service.id}?q=lunch")

    assert (f"/services/{service.id}/refer?q=lunch" in html) is sees


def test_a_link_worker_searches_for_a_case_and_refers_onward(client, page):
    service = make.service("Lunch club")
    client.sign_in(make.user(Role.LINK_WORKER))

    html = page("/find?q=lunch&case=7K4M2-Q9DXH")

    assert "For case" in html and "7K4M2-Q9DXH" in html
    assert f"/cases/7K4M2-Q9DXH/onward/new?service_id={service.id}" in html
    assert f"/services/{service.id}?q=lunch&case=7K4M2-Q9DXH" in html


def test_nobody_else_searches_for_a_case(page):
    make.service("Lunch club")

    assert "For case" not in page("/find?q=lunch&case=7K4M2-Q9DXH")


def test_a_service_that_takes_no_referrals_says_so_to_a_practice(client, page):
    service = make.service("Park walk", referral_mode=ReferralMode.SELF_REFER)
    client.sign_in(make.user(Role.REFERRER))

    html = page(f"/services/{service.id}")

    assert "people who contact it themselves" in html
    assert f"/services/{service.id}/refer" not in html


def test_a_service_page_answers_what_people_ask(page):
    service = make.service(
        "Lunch club",
        sessions=({"byday": "1TH,3TH", "freq": "MONTHLY", "opens_at": time(14), "closes_at": time(16)},),
        minimum_age=60,
        access=("step_free",),
        how_to_join="Phone Jean.",
        email="jean@example.org",
        needs=("loneliness_isolation",),
    )

    html = page(f"/services/{service.id}")

    for words in (
        "First and third Thursday, 2pm to 4pm",
        "Church Lane, Coventry, CV1 2AB",
        "Free",
        "Aged 60 and over",
        "Phone Jean.",
        "Step-free",
        "jean@example.org",
    ):
        assert words in html


def test_where_a_refuge_is_stays_secret(page, coventry):
    service = make.service("Safe house", sensitive=True)

    html = page(f"/services/{service.id}") + page("/find?q=safe+house&near=CV1+2AB")

    assert "CV1 area" in html
    for secret in ("Church Lane", "52.408"):
        assert secret not in html


def test_a_paused_service_is_gone_and_others_are_offered(page):
    paused = make.service("Lunch club", needs=("loneliness_isolation",), status=ListingStatus.PAUSED)
    other = make.service("Tea and company", needs=("loneliness_isolation",))

    html = page(f"/services/{paused.id}", status=410)

    assert f"/services/{other.id}" in html


@pytest.mark.parametrize("status", [ListingStatus.DRAFT, ListingStatus.PENDING_REVIEW])
def test_a_service_that_was_never_published_is_not_there(page, status):
    service = make.service("Lunch club", status=status)

    assert "Lunch club" not in page(f"/services/{service.id}", status=404)


def test_what_people_write_is_never_markup(client):
    make.service("<b>Lunch</b>", summary="<script>alert(1)</script> lunch")

    html = client.get("/find?q=lunch").text

    assert "<b>Lunch</b>" not in html and "<script>alert" not in html


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("page=0", "Part of the address"),
        ("day=9", "Select a day of the week."),
        ("day=xyz", "Select a day of the week."),
        ("need=nonsense", "Part of the address"),
        ("language=../x", "Select a language from the list."),
        ("age=old", "Part of the address"),
        ("from_time=14:00&to_time=13:00", "Part of the address"),
    ],
)
def test_what_cannot_be_understood_is_said_and_the_results_come_without_it(page, query, said):
    all_day = {"byday": "TU", "opens_at": time(9), "closes_at": time(20)}
    make.service("Lunch club", sessions=(all_day,))

    html = page(f"/find?q=lunch&{query}", status=422)

    assert said in html
    assert all(f'id="{field}"' in html for field in re.findall(r'href="#(\w+)"', html))
    assert ("Part of" in said) or f'href="#{query.split("=")[0]}"' in html
    assert names(html) == ["Lunch club"]
    assert query.split("&")[-1] not in " ".join(re.findall(r'href="([^"]*)"', html))


def test_a_card_names_the_organisation_and_the_town_that_is_nearest(page, coventry):
    service = make.service("Lunch club", organisation=make.organisation("Castle Ward Friends"))
    far = make.service("Elsewhere", latitude=52.28, longitude=-1.58).at_locations[0].location
    far.address.city = "Warwick"
    make.save(ServiceAtLocation(service_id=service.id, location_id=far.id))

    near_one, nowhere = page("/find?q=lunch&near=CV1+2AB"), page("/find?q=elsewhere")

    assert "Castle Ward Friends, Coventry" in near_one
    assert "Green Steps, Warwick" in nowhere


def test_a_card_never_names_the_town_of_a_refuge(page):
    make.service("Refuge", sensitive=True)

    html = page("/find?q=refuge")

    assert "Green Steps, CV1 area" in html and "Coventry<" not in html


@pytest.mark.parametrize("path", ["/accessibility", "/privacy", "/cookies"])
def test_the_small_print_is_there(page, path):
    assert "<h1" in page(path)


def test_a_longer_list_asks_the_database_no_more_questions(app, client):
    def asked():
        client.get("/find?q=lunch")
        db.session.commit()
        with recorded_queries() as statements:
            client.get("/find?q=lunch")
        return len(statements)

    def lunch(number):
        make.service(f"Lunch {number}", needs=("bereavement",), sessions=({"byday": "TU"},), access=("step_free",))

    lunch(1)
    few = asked()
    for number in range(2, 12):
        lunch(number)

    assert asked() == few
