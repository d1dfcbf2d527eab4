"""The hub decides: take on, say no, let wait, or give to a link worker."""

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import update
from sqlalchemy.orm.exc import StaleDataError

from social_rx import clock, events
from social_rx.db import db
from social_rx.errors import ActionNotAllowed, InvalidInput, NotFound
from social_rx.places import PlaceKind
from social_rx.referrals import queries, triage
from social_rx.referrals.models import Referral
from social_rx.referrals.status import RejectionReason
from social_rx.users import Role
from tests import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def coordinator():
    return make.actor(Role.COORDINATOR)


def test_a_coordinator_says_no_and_why_and_the_referrer_hears_of_it(coordinator, app):
    referrer = make.actor(Role.REFERRER)
    referral = make.referral("received", referrer=referrer)
    app.extensions["outbox"].clear()

    triage.reject_referral(coordinator, referral.reference, reason=RejectionReason.OUT_OF_AREA)

    now = make.as_it_is(referral)
    assert (now.status, now.rejection_reason) == ("rejected", "out_of_area")
    assert events.timeline(now)[-1].data == {"reason": "out_of_area"}
    assert [email.to for email in app.extensions["outbox"]] == [referrer.email]


def test_an_email_about_a_referral_contains_no_name_and_no_need(coordinator, app):
    referral = make.referral("accepted", coordinator=coordinator, family_name="Unmistakable")
    worker = make.actor(Role.LINK_WORKER)
    app.extensions["outbox"].clear()

    triage.allocate_referral(coordinator, referral.reference, link_worker_id=worker.user_id)

    [email] = app.extensions["outbox"]
    secrets = {"Margaret", "Unmistakable", referral.person.nhs_number, "loneliness", "Lives alone"}
    assert not [secret for secret in secrets if secret.lower() in (email.subject + email.body).lower()]


def test_a_referral_waits_only_until_a_day_to_come(coordinator):
    referral = make.referral("accepted", coordinator=coordinator)
    yesterday = clock.today() - timedelta(days=1)

    with pytest.raises(InvalidInput) as refusal:
        triage.waitlist_referral(coordinator, referral.reference, reason="No room", expected_on=yesterday)

    assert set(refusal.value.fields) == {"expected_on"}
    assert make.as_it_is(referral).status == "accepted"


def test_a_referral_given_to_a_link_worker_becomes_their_case_with_a_first_contact_due(coordinator):
    referral = make.referral("accepted", coordinator=coordinator)
    worker = make.actor(Role.LINK_WORKER)

    found = triage.allocate_referral(coordinator, referral.reference, link_worker_id=worker.user_id)

    assert (found.status, found.link_worker.name, found.next_action) == ("allocated", worker.name, "Make first contact")
    assert found.next_action_on == clock.add_working_days(clock.today(), 5)
    assert [case.reference for case in queries.caseload(worker)[0]] == [referral.reference]


def test_a_full_link_worker_gets_another_case_only_with_a_reason(coordinator, app, monkeypatch):
    worker = make.actor(Role.LINK_WORKER)
    make.referral("allocated", coordinator=coordinator, link_worker=worker)
    referral = make.referral("accepted", coordinator=coordinator)
    monkeypatch.setitem(current_app.config, "CASELOAD_CAP", 1)
    given = {"link_worker_id": worker.user_id}

    with pytest.raises(InvalidInput) as refusal:
        triage.allocate_referral(coordinator, referral.reference, **given)
    triage.allocate_referral(coordinator, referral.reference, **given, override_reason="Knows the family")

    assert set(refusal.value.fields) == {"override_reason"}
    assert make.as_it_is(referral).link_worker_id == worker.user_id


def test_a_case_goes_only_to_a_link_worker_of_the_hub(coordinator):
    referral = make.referral("accepted", coordinator=coordinator)
    far_away = make.actor(Role.LINK_WORKER, at=make.place(PlaceKind.PLACE_TEAM, "Coastal team"))

    with pytest.raises(InvalidInput) as refusal:
        triage.allocate_referral(coordinator, referral.reference, link_worker_id=far_away.user_id)

    assert set(refusal.value.fields) == {"link_worker_id"}


def test_a_link_worker_of_another_team_of_the_hub_sees_the_case_given_to_them(coordinator):
    other_team = make.place(PlaceKind.PLACE_TEAM, "Second team", make.tree()[PlaceKind.LOCAL_HUB])
    worker = make.actor(Role.LINK_WORKER, at=other_team)
    referral = make.referral("accepted", coordinator=coordinator)

    triage.allocate_referral(coordinator, referral.reference, link_worker_id=worker.user_id)

    assert queries.get_referral(worker, referral.reference).status == "allocated"


def test_a_link_worker_of_two_teams_is_offered_once(coordinator):
    worker = make.user(Role.LINK_WORKER)
    team = make.place(PlaceKind.PLACE_TEAM, "Second team", make.tree()[PlaceKind.LOCAL_HUB])
    make.save(make.RoleAssignment(user_id=worker.id, role=Role.LINK_WORKER, place_id=team.id))

    found = queries.link_workers_for(coordinator.place_path)

    assert [(user.id, held) for user, held in found] == [(worker.id, 0)]


def test_the_link_worker_with_fewest_open_cases_comes_first(coordinator):
    busy, free = make.actor(Role.LINK_WORKER), make.actor(Role.LINK_WORKER)
    make.referral("allocated", link_worker=busy, coordinator=coordinator)
    make.referral("closed", link_worker=free, coordinator=coordinator)

    found = queries.link_workers_for(coordinator.place_path)

    assert [(user.name, held) for user, held in found] == [(free.name, 0), (busy.name, 1)]


def test_what_waits_is_listed_urgent_first_then_oldest(coordinator):
    old, new = make.referral("received"), make.referral("in_triage")
    urgent = make.referral("received", urgent=True)
    make.referral("allocated")
    make.referral("draft")

    found, total = queries.waiting_for_triage(coordinator)

    assert [referral.reference for referral in found] == [urgent.reference, old.reference, new.reference]
    assert total == 3


def test_two_people_decide_and_the_second_is_told_that_it_is_decided(coordinator):
    referral = make.referral("received")
    triage.accept_referral(coordinator, referral.reference)

    with pytest.raises(ActionNotAllowed):
        triage.reject_referral(make.actor(Role.COORDINATOR), referral.reference, reason=RejectionReason.NO_CAPACITY)

    assert make.as_it_is(referral).status == "accepted"


def test_a_change_made_on_an_old_reading_is_refused(coordinator):
    referral = make.referral("received")
    referral.reason = "Changed on the old reading"
    with db.session.no_autoflush:
        newer = update(Referral).values(version=referral.version + 1).where(Referral.id == referral.id)
        db.session.execute(newer, execution_options={"synchronize_session": False})

    with pytest.raises(StaleDataError):
        db.session.flush()


def test_a_coordinator_of_another_hub_does_not_know_of_it():
    referral = make.referral("received")
    stranger = make.actor(Role.COORDINATOR, at=make.place(PlaceKind.LOCAL_HUB, "Coastal hub"))

    with pytest.raises(NotFound):
        triage.accept_referral(stranger, referral.reference)


@pytest.mark.parametrize("role", [Role.COMMISSIONER, Role.EDITOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_whoever_has_no_part_in_care_sees_no_referral(role):
    referral = make.referral("received")

    with pytest.raises(NotFound):
        queries.get_referral(make.actor(role), referral.reference)
