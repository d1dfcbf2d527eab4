"""The demonstration: large enough, believable, invented, and lived through the real rules."""

import re
from collections import Counter
from itertools import pairwise

import nhs_number
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from social_rx import clock, create_app, events
from social_rx.db import db
from social_rx.demo import loading
from social_rx.directory.models import Attribute, Phone, Service, Term
from social_rx.directory.status import ListingStatus, freshness
from social_rx.directory.taxonomies import NEEDS
from social_rx.places import Place
from social_rx.referrals.models import Person, Referral
from social_rx.referrals.status import OPEN, REFERRAL, ReferralStatus
from social_rx.users import Role, RoleAssignment
from tests.conftest import DATABASES, empty_database, settings_for_tests

STEP_OF = {
    "referral.submitted": "submit",
    "referral.triage_started": "start_triage",
    "referral.accepted": "accept",
    "referral.rejected": "reject",
    "referral.cancelled": "cancel",
    "referral.waitlisted": "waitlist",
    "referral.allocated": "allocate",
    "referral.contacting_started": "start_contacting",
    "referral.assessing_started": "start_assessing",
    "referral.supporting_started": "start_supporting",
    "referral.review_started": "start_reviewing",
    "referral.held": "hold",
    "referral.closed": "close",
    "referral.entered_in_error": "enter_in_error",
}
NOBODYS_NUMBER = re.compile(r"^(01632960|07700900|08081570|03069990)\d+$")


@pytest.fixture(scope="module", params=DATABASES)
def demonstration(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("demonstration")
    with empty_database(request.param, folder) as url:
        app = create_app(settings_for_tests(url, folder))
        with app.app_context():
            db.create_all()
            loading.load_demo("walking-choir-garden-42", lambda what: None)
            yield
            db.session.remove()
            db.engine.dispose()


pytestmark = pytest.mark.usefixtures("demonstration")


def count(column):
    return dict(db.session.execute(select(column, func.count()).group_by(column)).all())


def referrals():
    return db.session.scalars(select(Referral).order_by(Referral.id)).all()


def test_it_has_places_people_and_accounts_of_every_kind():
    assert count(Place.kind) == {"city_hub": 1, "local_hub": 3, "place_team": 6, "practice": 12}
    assert set(count(RoleAssignment.role)) == set(Role)
    assert len(loading.sign_ins()) == len(Role)


def test_it_has_250_listings_for_all_needs_of_every_freshness():
    services = db.session.scalars(select(Service)).all()
    needs = db.session.scalars(select(Term.code).join(Attribute, Attribute.term_id == Term.id).distinct()).all()

    assert len(services) >= 250
    assert set(NEEDS) <= set(needs)
    assert {freshness(service.verified_at) for service in services} == {"fresh", "stale", "expired", "never"}
    assert set(count(Service.status)) == set(ListingStatus)


def test_it_has_120_referrals_in_every_status():
    assert sum(count(Referral.status).values()) == 120
    assert set(count(Referral.status)) == set(ReferralStatus)


def test_every_history_obeys_the_lifecycle():
    for referral in referrals():
        status = ReferralStatus.DRAFT
        for event in events.timeline(referral):
            if step := REFERRAL.steps.get(STEP_OF.get(event.name, "")):
                assert status in step.sources, (referral.reference, event.name, status)
                status = step.target
        assert status == referral.status


def test_nothing_happens_at_night_at_weekends_or_tomorrow():
    now = clock.now()
    for referral in referrals():
        timeline = events.timeline(referral)
        assert all(earlier.at <= later.at <= now for earlier, later in pairwise(timeline))
    hours = Counter(event.at.astimezone(clock.LONDON).hour for event in db.session.scalars(select(events.Event)))
    recent = hours[now.astimezone(clock.LONDON).hour]
    assert sum(hours[hour] for hour in range(9, 18)) >= 0.9 * (sum(hours.values()) - recent)


def test_every_open_case_says_what_comes_next_and_when():
    with_a_link_worker = [held for held in referrals() if held.status in OPEN and held.link_worker_id]

    assert with_a_link_worker
    assert [held.reference for held in with_a_link_worker if not (held.next_action and held.next_action_on)] == []


def test_every_closed_case_has_told_the_gp():
    closed = select(Referral).where(Referral.status == "closed").options(selectinload(Referral.messages))

    assert [held.reference for held in db.session.scalars(closed) if not held.messages] == []


def test_nobody_in_it_is_real():
    numbers = db.session.scalars(select(Person.nhs_number)).all()
    phones = [*db.session.scalars(select(Phone.number)), *db.session.scalars(select(Person.phone))]

    assert all(number.startswith("999") and nhs_number.is_valid(number) for number in numbers)
    assert [phone for phone in phones if not NOBODYS_NUMBER.match(phone.replace(" ", ""))] == []
