"""The pages of the hub: what waits, and what is decided about it."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from social_rx import clock
from social_rx.places import PlaceKind
from social_rx.referrals import overview
from social_rx.users import Role
from tests import make
from tests.support import recorded_queries

pytestmark = pytest.mark.usefixtures("app")
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def coordinator(client):
    user = make.user(Role.COORDINATOR)
    client.sign_in(user)
    return user


def test_nobody_is_waiting(client, coordinator):
    page = client.get("/team").text

    assert "Nobody is waiting." in page


def test_what_waits_is_shown_urgent_first_with_needs_and_practice(client, coordinator):
    make.referral("received", given_name="Ada")
    make.referral("received", given_name="Ben", urgent=True, needs=["money_debt"])

    page = client.get("/team").text

    assert page.index("Ben Ellis") < page.index("Ada Ellis")
    for words in ("Urgent", "Loneliness and isolation", "Test practice", "2 referrals", "Less than 1 working day"):
        assert words in page


@pytest.mark.parametrize(
    ("days", "words", "late"),
    [
        (0, "Less than 1 working day", None),
        (1, "1 working day", None),
        (2, "2 working days", None),
        (3, "3 working days", "Late: should have been looked at by 4 March 2026"),
    ],
)
def test_a_wait_is_said_in_words(days, words, late):
    with clock.pretend(MONDAY):
        referral = make.referral("received")

    with clock.pretend(MONDAY + timedelta(days=days)):
        assert overview.wait(referral) == (words, late)


def test_a_referral_that_was_accepted_is_no_longer_late(app):
    with clock.pretend(MONDAY):
        referral = make.referral("accepted")

    with clock.pretend(MONDAY + timedelta(days=30)):
        assert overview.wait(referral).late is None


def test_link_workers_are_shown_with_their_room(client, coordinator):
    worker = make.actor(Role.LINK_WORKER)
    make.referral("allocated", link_worker=worker)

    page = client.get("/team").text

    assert worker.name in page
    assert "1 of 50" in page


def test_a_coordinator_takes_a_referral_from_received_to_a_link_worker(client, coordinator):
    referral, worker = make.referral("received"), make.actor(Role.LINK_WORKER)
    there = f"/team/{referral.reference}"

    assert client.post(f"{there}/start_triage").status_code == 303
    assert client.post(f"{there}/accept").status_code == 303
    page = client.get(there).text
    assert f"{worker.name} (0 of 50 open cases)" in page
    assert client.post(f"{there}/allocate", data={"link_worker_id": str(worker.user_id)}).status_code == 303

    assert make.as_it_is(referral).link_worker_id == worker.user_id


def test_the_link_worker_with_most_room_is_suggested(client, coordinator):
    busy, free = make.actor(Role.LINK_WORKER), make.actor(Role.LINK_WORKER)
    make.referral("allocated", link_worker=busy)
    referral = make.referral("accepted")

    page = client.get(f"/team/{referral.reference}").text

    assert re.findall(r'<option value="([\w-]+)"\s+selected\s*>', page) == [str(free.user_id)]


FORMS = {
    "reject": ("received", ["reason"], {"reason": "out_of_area", "note": "Try next door"}, "rejected"),
    "cancel": ("received", ["reason"], {"reason": "made_in_error"}, "cancelled"),
    "waitlist": (
        "accepted",
        ["reason", "expected_on"],
        {"reason": "No room", "expected_on-day": "1", "expected_on-month": "3", "expected_on-year": "2090"},
        "waitlisted",
    ),
    "allocate": ("accepted", ["link_worker_id"], None, "allocated"),
}


@pytest.mark.parametrize("action", FORMS)
def test_a_decision_that_is_not_filled_in_says_what_to_do(client, coordinator, action):
    status, missing, _, _ = FORMS[action]
    referral = make.referral(status)

    response = client.post(f"/team/{referral.reference}/{action}", data={})

    assert response.status_code == 422
    assert "Error: " in response.text
    for name in missing:
        assert f'href="#{name}"' in response.text or f'href="#{name}-day"' in response.text
        assert f'id="{name}"' in response.text
    assert make.as_it_is(referral).status == status


@pytest.mark.parametrize("action", FORMS)
def test_a_decision_that_is_filled_in_is_taken(client, coordinator, action):
    status, _, filled, after = FORMS[action]
    referral = make.referral(status)
    filled = filled or {"link_worker_id": str(make.actor(Role.LINK_WORKER).user_id)}

    assert client.get(f"/team/{referral.reference}/{action}").status_code == 200
    assert client.post(f"/team/{referral.reference}/{action}", data=filled).status_code == 303

    assert make.as_it_is(referral).status == after


def test_only_what_may_be_decided_now_is_offered(client, coordinator):
    received, closed = make.referral("received"), make.referral("closed")

    open_page = client.get(f"/team/{received.reference}").text
    closed_page = client.get(f"/team/{closed.reference}").text

    assert all(words in open_page for words in ("Start looking at it", "Accept", "Say no", "Cancel the referral"))
    assert "Give to a link worker" not in open_page
    assert not any(words in closed_page for words in ("Accept<", "Say no", "Cancel the referral"))


def test_deciding_what_was_decided_is_refused(client, coordinator):
    referral = make.referral("rejected")

    assert client.post(f"/team/{referral.reference}/accept").status_code == 409
    assert client.get(f"/team/{referral.reference}/reject").status_code == 409


def test_a_link_worker_looks_and_does_not_allocate(client):
    client.sign_in(make.user(Role.LINK_WORKER))
    referral = make.referral("accepted")

    page = client.get(f"/team/{referral.reference}")

    assert page.status_code == 200
    assert "Give to a link worker" not in page.text
    assert client.get(f"/team/{referral.reference}/allocate").status_code == 403


def test_another_hub_does_not_know_of_it(client):
    client.sign_in(make.user(Role.COORDINATOR, at=make.place(PlaceKind.LOCAL_HUB, "Coastal hub")))
    referral = make.referral("received")

    assert client.get(f"/team/{referral.reference}").status_code == 404
    assert client.post(f"/team/{referral.reference}/accept").status_code == 404


@pytest.mark.parametrize("role", [Role.REFERRER, Role.PROVIDER, Role.EDITOR])
def test_the_hub_is_not_for_others(client, role):
    group = make.organisation() if role == Role.PROVIDER else None
    client.sign_in(make.user(role, organisation=group))

    assert client.get("/team").status_code == 403


def test_a_longer_list_asks_the_database_no_more_often(client, coordinator):
    def asked():
        with recorded_queries() as statements:
            assert client.get("/team").status_code == 200
        return len(statements)

    make.referral("received")
    asked()
    few = asked()
    for _ in range(4):
        make.referral("received")

    assert asked() == few


def test_the_list_is_paged(client, coordinator, monkeypatch):
    monkeypatch.setattr("social_rx.referrals.pages.team.PER_PAGE", 1)
    make.referral("received", given_name="Ada")
    make.referral("received", given_name="Ben")

    second = client.get("/team?page=2").text

    assert "Ben Ellis" in second
    assert "Ada Ellis" not in second
