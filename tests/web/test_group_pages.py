"""The pages of a community group: who would like to join, and the group's answers."""

from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.db import db
from social_rx.referrals.models import OnwardReferral
from social_rx.referrals.status import OnwardStatus
from social_rx.users import Role
from tests import make
from tests.support import recorded_queries

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def worker(app):
    return make.actor(Role.LINK_WORKER)


@pytest.fixture
def friends(app):
    return make.organisation("Castle Ward Friends")


@pytest.fixture
def service(friends):
    return make.service("Tuesday lunch club", organisation=friends)


@pytest.fixture(params=[Role.PROVIDER, Role.PROVIDER_MANAGER])
def group(request, client, friends):
    """A browser in which somebody of the group is signed in."""
    return client.sign_in(make.user(request.param, organisation=friends))


def asked(worker, service, status="sent", **more):
    details = {"family_name": "Unmistakable", "email": "margaret@example.org"}
    case = make.referral("supporting", link_worker=worker, **details)
    return make.onward(status, link_worker=worker, case=case, service=service, shared=("name", "phone", "email"))


def status_of(request):
    return db.session.get(OnwardReferral, request.id).status


def test_nobody_is_waiting(group):
    page = group.get("/inbox").text

    assert "Nobody is waiting for an answer." in page
    assert "01632 960100" in page


def test_somebody_waits_with_a_first_name_and_an_initial(group, worker, service):
    asked(worker, service)

    page = group.get("/inbox").text

    for words in ("Margaret U", "Tuesday lunch club", "loneliness and isolation", "Would like company on walks."):
        assert words in page
    assert "Unmistakable" not in page


def test_one_press_says_yes_and_shows_how_to_reach_them(group, worker, service):
    request = asked(worker, service)

    page = group.post(f"/inbox/{request.id}/accept", follow_redirects=True).text

    assert "Margaret Unmistakable" in page
    assert 'href="tel:07700900982"' in page
    assert "When can they come for the first time?" in page


@pytest.mark.parametrize("status", OnwardStatus)
def test_no_page_ever_shows_the_nhs_number_or_the_birthday(group, worker, service, status):
    request = asked(worker, service, status)
    person = make.as_it_is(request.referral).person
    born = person.date_of_birth

    for path in ("/inbox", "/inbox/finished", f"/inbox/{request.id}"):
        page = group.get(path).text
        number = person.nhs_number
        secrets = {number, f"{number[:3]} {number[3:6]} {number[6:]}", born.isoformat(), f"{born.day} {born:%B %Y}"}
        assert not [secret for secret in secrets if secret in page]
        assert "01632 960100" in page
        if status in {"sent", "rejected", "cancelled"}:
            assert "Unmistakable" not in page


def test_a_no_asks_why(group, worker, service):
    request = asked(worker, service)

    empty = group.post(f"/inbox/{request.id}/reject", data={})
    filled = group.post(f"/inbox/{request.id}/reject", data={"reason": "full"}, follow_redirects=True)

    assert empty.status_code == 422
    assert 'href="#reason"' in empty.text
    assert "The link worker has been told." in filled.text


def test_the_first_visit_is_written_down(group, worker, service):
    request = asked(worker, service, "accepted")
    day = clock.today() + timedelta(days=7)
    boxes = {"first_visit_on-day": day.day, "first_visit_on-month": day.month, "first_visit_on-year": day.year}

    empty = group.post(f"/inbox/{request.id}/first-visit", data={})
    filled = group.post(f"/inbox/{request.id}/first-visit", data=boxes, follow_redirects=True)

    assert empty.status_code == 422
    assert f"{day.day} {day:%B %Y}" in filled.text


@pytest.mark.parametrize(
    ("status", "action", "after"),
    [
        ("accepted", "waitlist", "waitlisted"),
        ("accepted", "start", "started"),
        ("waitlisted", "start", "started"),
        ("accepted", "not_start", "not_started"),
        ("started", "complete", "completed"),
        ("started", "drop_out", "dropped_out"),
    ],
)
def test_what_happened_is_told_with_a_button(group, worker, service, status, action, after):
    request = asked(worker, service, status)
    assert f"/inbox/{request.id}/{action}" in group.get(f"/inbox/{request.id}").text

    assert group.get(f"/inbox/{request.id}/{action}").status_code == 200
    data = {"reason": "did_not_attend"} if after in {"not_started", "dropped_out"} else {}
    assert group.post(f"/inbox/{request.id}/{action}", data=data).status_code == 303

    assert status_of(request) == after


def test_an_answer_that_comes_too_late_is_refused(group, worker, service):
    request = asked(worker, service, "cancelled")

    assert group.get(f"/inbox/{request.id}/accept").status_code == 409
    assert group.post(f"/inbox/{request.id}/accept").status_code == 409


def test_looking_changes_nothing(group, worker, service):
    request = asked(worker, service)

    group.get(f"/inbox/{request.id}/accept")

    assert status_of(request) == "sent"


def test_another_group_does_not_know_of_it(group, worker):
    other = make.service("Rowing", organisation=make.organisation("Blue Oars"))
    request = asked(worker, other)

    assert group.get(f"/inbox/{request.id}").status_code == 404
    assert group.post(f"/inbox/{request.id}/accept").status_code == 404
    assert "Nobody is waiting" in group.get("/inbox").text


@pytest.mark.parametrize("role", [Role.REFERRER, Role.LINK_WORKER, Role.COORDINATOR, Role.EDITOR])
def test_the_inbox_is_for_groups(client, role):
    client.sign_in(make.user(role))

    assert client.get("/inbox").status_code == 403


def test_a_longer_inbox_asks_the_database_no_more_often(group, worker, service):
    def counted():
        with recorded_queries() as statements:
            assert group.get("/inbox").status_code == 200
        return len(statements)

    asked(worker, service)
    asked(worker, service, "accepted")
    counted()
    few = counted()
    for status in ("sent", "accepted", "started"):
        asked(worker, service, status)

    assert counted() == few
