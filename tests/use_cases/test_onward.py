"""The step to a community group: asking it, its answer, and what it may know of the person."""

import uuid
from datetime import timedelta

import pytest

from social_rx import clock, events
from social_rx.errors import ActionNotAllowed, Conflict, Forbidden, InvalidInput, NotFound
from social_rx.referrals import onward, queries, sharing
from social_rx.referrals.consent import SHARE_WITH_GROUP, record_consent
from social_rx.referrals.schemas.answers import request_for
from social_rx.referrals.status import ONWARD, OnwardReason, OnwardStatus
from social_rx.users import Role
from tests import make

pytestmark = pytest.mark.usefixtures("app")
EVERYTHING = tuple(onward.SHAREABLE)


@pytest.fixture
def worker():
    return make.actor(Role.LINK_WORKER)


@pytest.fixture
def case(worker):
    return make.referral("supporting", link_worker=worker, access_needs="Hearing aid")


def ask(worker, case, service, **changes):
    details = {"message": "Would like company", "shared": ["name", "phone"], "consent_method": "in_person"} | changes
    return onward.refer_onward(worker, case.reference, service_id=service.id, **details)


def test_a_group_is_asked_with_the_persons_recorded_agreement(worker, case, app):
    provider, service = make.group()
    service.email = "walks@example.org"
    make.save(service)
    app.extensions["outbox"].clear()

    asked = ask(worker, case, service)

    consent = make.as_it_is(case).consents[-1]
    assert (consent.purpose, consent.organisation_id, consent.given) == (
        SHARE_WITH_GROUP,
        service.organisation_id,
        True,
    )
    assert queries.inbox(provider)[0] == [asked]
    [email] = app.extensions["outbox"]
    assert email.to == "walks@example.org"
    assert "Margaret" not in email.subject + email.body


def test_a_group_is_not_asked_twice_at_once(worker, case):
    _, service = make.group()
    ask(worker, case, service)

    with pytest.raises(InvalidInput) as refusal:
        ask(worker, case, service)

    assert set(refusal.value.fields) == {"service_id"}


def test_nobody_is_asked_before_somebody_has_spoken_to_the_person(worker):
    case = make.referral("contacting", link_worker=worker)

    with pytest.raises(Conflict):
        ask(worker, case, make.group()[1])


def test_a_listing_nobody_has_checked_for_a_year_is_not_asked(worker, case):
    old = make.service(verified_at=clock.now() - timedelta(days=366))

    with pytest.raises(InvalidInput) as refusal:
        ask(worker, case, old)

    assert refusal.value.message == "Nobody has checked this listing for over a year."


def test_a_listing_that_is_gone_is_not_there(worker, case):
    details = {"message": "Company", "shared": [], "consent_method": "in_person"}

    with pytest.raises(NotFound):
        onward.refer_onward(worker, case.reference, service_id=uuid.uuid4(), **details)


def secrets_of(person):
    return {person.nhs_number, person.date_of_birth.isoformat(), person.family_name, person.phone, person.email}


@pytest.mark.parametrize("status", OnwardStatus)
def test_a_group_never_knows_the_nhs_number_or_the_birthday_and_the_name_only_after_its_yes(worker, status):
    provider, service = make.group()
    details = {"family_name": "Unmistakable", "email": "margaret@example.org", "contact_note": "After 10am"}
    case = make.referral("supporting", link_worker=worker, **details)
    asked = make.onward(status, link_worker=worker, case=case, service=service, shared=EVERYTHING)

    shown = str(request_for(provider, queries.get_onward(provider, asked.id)))

    person = make.as_it_is(case).person
    known = {secret for secret in secrets_of(person) if secret in shown}
    said_yes = status not in {OnwardStatus.SENT, OnwardStatus.REJECTED, OnwardStatus.CANCELLED}
    assert known == ({person.family_name, person.phone, person.email} if said_yes else set())
    assert "Margaret U" in shown


def test_a_group_sees_only_what_the_person_agreed_to_share(worker):
    provider, service = make.group()
    asked = make.onward("accepted", link_worker=worker, service=service, shared=("phone",))

    seen = sharing.what_the_group_may_see(queries.get_onward(provider, asked.id))

    assert seen.keys() == {"name", "age_band", "message", "needs", "phone"}
    assert seen["name"] == "Margaret E"


def test_a_person_who_takes_their_agreement_back_is_initials_again(worker, case):
    provider, service = make.group()
    asked = make.onward("accepted", link_worker=worker, case=case, service=service)
    referral = make.as_it_is(case)
    with clock.pretend(clock.now() + timedelta(minutes=1)):
        no = {"purpose": SHARE_WITH_GROUP, "given": False, "organisation_id": service.organisation_id}
        make.save(record_consent(worker, referral, **no))

    seen = sharing.what_the_group_may_see(queries.get_onward(provider, asked.id))

    assert seen.keys() == {"name", "age_band"}


def test_thirty_days_after_the_end_the_person_is_initials_again(worker):
    provider, service = make.group()
    asked = make.onward("completed", link_worker=worker, service=service)

    before, after = [], []
    for days, seen in ((29, before), (30, after)):
        with clock.pretend(clock.now() + timedelta(days=days)):
            seen.append(sharing.what_the_group_may_see(queries.get_onward(provider, asked.id)))

    assert before[0]["name"] == "Margaret Ellis"
    assert after[0]["name"] == "Margaret E"


@pytest.mark.parametrize(
    ("age", "band"), [(18, "Under 20"), (20, "20 to 29"), (79, "70 to 79"), (89, "80 to 89"), (90, "90 or over")]
)
def test_an_age_is_told_in_tens(age, band):
    assert sharing.age_band(age) == band


def test_a_group_says_yes_and_the_link_worker_hears_of_it(worker, case, app):
    provider, service = make.group()
    asked = ask(worker, case, service)
    app.extensions["outbox"].clear()
    visit = clock.today() + timedelta(days=7)

    said = onward.answer_onward(provider, asked.id, "accept", first_visit_on=visit, note="Bring boots")

    assert (said.status, said.first_visit_on, said.group_note) == ("accepted", visit, "Bring boots")
    assert [email.to for email in app.extensions["outbox"]] == [worker.email]
    now = make.as_it_is(case)
    assert now.next_action == "Check that the first visit is arranged"
    assert events.timeline(now)[-1].actor_name == provider.name


def test_a_group_that_says_no_says_why(worker, case):
    provider, service = make.group()
    asked = ask(worker, case, service)

    with pytest.raises(InvalidInput) as refusal:
        onward.answer_onward(provider, asked.id, "reject")
    said = onward.answer_onward(provider, asked.id, "reject", reason=OnwardReason.FULL)

    assert set(refusal.value.fields) == {"reason"}
    assert (said.status, said.reason) == ("rejected", "full")


def test_a_link_worker_records_for_a_group_what_it_said_by_phone(worker, app):
    asked = make.onward("sent", link_worker=worker)
    app.extensions["outbox"].clear()

    said = onward.answer_onward(worker, asked.id, "accept")

    assert said.status == "accepted"
    assert app.extensions["outbox"] == []


def test_a_colleague_does_not_answer_for_a_group():
    asked = make.onward("sent")

    with pytest.raises(Forbidden):
        onward.answer_onward(make.actor(Role.LINK_WORKER), asked.id, "accept")


def test_another_group_does_not_know_of_it():
    asked = make.onward("sent")
    stranger, _ = make.group("Blue Oars")

    assert queries.inbox(stranger) == ([], 0)
    with pytest.raises(NotFound):
        onward.answer_onward(stranger, asked.id, "accept")


def test_two_answers_cross_and_the_second_is_refused(worker):
    provider, service = make.group()
    asked = make.onward("sent", link_worker=worker, service=service)
    onward.answer_onward(worker, asked.id, "reject", reason=OnwardReason.FULL)

    with pytest.raises(ActionNotAllowed):
        onward.answer_onward(provider, asked.id, "accept")


def test_the_first_visit_is_arranged_after_the_yes(worker):
    provider, service = make.group()
    asked = make.onward("sent", link_worker=worker, service=service)
    visit = {"first_visit_on": clock.today() + timedelta(days=7)}

    with pytest.raises(Conflict):
        onward.arrange_first_visit(provider, asked.id, **visit)
    onward.answer_onward(worker, asked.id, "accept")
    said = onward.arrange_first_visit(provider, asked.id, **visit)

    assert said.first_visit_on == visit["first_visit_on"]


def test_every_action_has_its_answer_and_every_answer_its_event():
    assert onward.ANSWERS.keys() == ONWARD.steps.keys()


def test_a_signpost_is_a_name_handed_over_and_no_referral(worker, case):
    _, service = make.group()

    onward.signpost(worker, case.reference, to="Citizens Advice", reason="Debt")
    found = onward.signpost(worker, case.reference, service_id=service.id)

    assert [given.to for given in found.signposts] == ["Citizens Advice", "Walking group"]
    assert found.onward == []


def test_a_signpost_needs_a_name(worker, case):
    with pytest.raises(InvalidInput) as refusal:
        onward.signpost(worker, case.reference)

    assert set(refusal.value.fields) == {"to"}
