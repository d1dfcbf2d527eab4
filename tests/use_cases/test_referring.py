"""A practice asks for help for a person: draft, send, cancel."""

from datetime import timedelta

import pytest

from social_rx import clock, events
from social_rx.errors import ActionNotAllowed, ChangedMeanwhile, Conflict, Forbidden, InvalidInput, NotFound
from social_rx.places import PlaceKind
from social_rx.referrals import queries, referring
from social_rx.referrals.schemas.requests import DraftSchema
from social_rx.referrals.status import CancellationReason
from social_rx.users import Role
from tests import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def referrer():
    return make.actor(Role.REFERRER)


def draft(actor, **changes):
    return referring.draft_referral(actor, **DraftSchema().load(make.draft_details(**changes)))


def elsewhere():
    return make.place(PlaceKind.PRACTICE, "Church Road Surgery", make.tree()[PlaceKind.PLACE_TEAM])


def test_a_draft_says_who_refers_whom_and_why(referrer):
    found = draft(referrer, reason="Lonely since June", needs=["bereavement", "loneliness_isolation"])

    assert (found.status, found.referrer_name, found.reason) == ("draft", referrer.name, "Lonely since June")
    assert found.person.name == "Margaret Ellis"
    assert [need.code for need in found.needs] == ["bereavement", "loneliness_isolation"]
    assert [(consent.purpose, consent.given) for consent in found.consents] == [("share_with_link_worker", True)]


def test_a_draft_is_seen_by_its_practice_and_not_by_the_hub(referrer):
    found = draft(referrer)

    with pytest.raises(NotFound):
        queries.get_referral(make.actor(Role.COORDINATOR), found.reference)


def test_a_sent_referral_reaches_the_hub_with_the_time_it_was_received(referrer):
    found = draft(referrer)

    referring.submit_referral(referrer, found.reference)

    seen = queries.get_referral(make.actor(Role.COORDINATOR), found.reference)
    assert seen.status == "received"
    assert (clock.now() - seen.received_at).total_seconds() < 60


def test_a_referral_cannot_be_sent_twice(referrer):
    found = make.referral("received", referrer=referrer)

    with pytest.raises(ActionNotAllowed):
        referring.submit_referral(referrer, found.reference)


def test_a_referral_without_a_risk_statement_cannot_be_sent(referrer):
    details = DraftSchema().load(make.draft_details())
    details["risk"] = {"code": "known_risk", "text": None}
    found = referring.draft_referral(referrer, **details)

    with pytest.raises(InvalidInput) as refusal:
        referring.submit_referral(referrer, found.reference)

    assert refusal.value.fields == {"risk": ["Say in words what the risk is."]}


def test_a_referral_the_person_refused_cannot_be_sent(referrer):
    details = DraftSchema().load(make.draft_details())
    details["consent"] = {"given": False, "method": "in_person"}
    found = referring.draft_referral(referrer, **details)

    with pytest.raises(InvalidInput) as refusal:
        referring.submit_referral(referrer, found.reference)

    assert set(refusal.value.fields) == {"consent"}


def test_a_listing_nobody_has_checked_for_a_year_takes_no_referrals(referrer):
    old = make.service(verified_at=clock.now() - timedelta(days=366))

    with pytest.raises(InvalidInput) as refusal:
        draft(referrer, service_id=str(old.id))

    assert refusal.value.fields == {"service_id": ["Nobody has checked this listing for over a year."]}


def test_the_name_of_the_listing_stays_readable_after_the_listing_was_renamed(referrer):
    service = make.service("Walking group")
    found = draft(referrer, service_id=str(service.id))
    service.name = "Strolling group"
    make.save(service)

    assert make.as_it_is(found).service_name == "Walking group"


def test_a_person_with_an_open_referral_is_referred_again_only_on_purpose(referrer):
    first = make.referral("received", referrer=referrer)
    again = {
        "nhs_number": first.person.nhs_number,
        "date_of_birth": first.person.date_of_birth.isoformat(),
    }
    second = draft(referrer, **again)

    with pytest.raises(referring.PossibleDuplicate) as refusal:
        referring.submit_referral(referrer, second.reference)
    sent = referring.submit_referral(referrer, second.reference, even_if_open=True)

    assert refusal.value.references == [first.reference]
    assert sent.status == "received"


def test_a_duplicate_from_another_practice_is_found_without_saying_whose(referrer):
    first = make.referral("received", referrer=make.actor(Role.REFERRER, at=elsewhere()))
    details = {"nhs_number": first.person.nhs_number, "date_of_birth": first.person.date_of_birth.isoformat()}
    second = draft(referrer, **details)

    with pytest.raises(referring.PossibleDuplicate) as refusal:
        referring.submit_referral(referrer, second.reference)

    assert refusal.value.references == []
    assert first.reference not in refusal.value.message


def test_one_person_is_recorded_once_by_a_practice(referrer):
    first = make.referral("received", referrer=referrer)
    same = {"nhs_number": first.person.nhs_number, "date_of_birth": first.person.date_of_birth.isoformat()}

    second = draft(referrer, **same, phone="07700 900 111")
    assert make.as_it_is(first).person.phone != "07700 900111"

    sent = referring.submit_referral(referrer, second.reference, even_if_open=True)

    assert sent.person_id == first.person_id
    assert make.as_it_is(first).person.phone == "07700 900111"
    changed = [event for event in events.timeline(sent) if event.name == "person.changed"]
    assert [event.data for event in changed] == [{"fields": ["phone"]}]


def test_reception_does_not_loosen_what_keeps_a_person_safe(referrer):
    first = make.referral("received", referrer=referrer, safe_to_phone=False, contact_note="Never phone the house.")
    same = {"nhs_number": first.person.nhs_number, "date_of_birth": first.person.date_of_birth.isoformat()}
    reception = make.actor(Role.PRACTICE_ADMIN)

    second = draft(reception, **same, safe_to_phone=True, contact_note="Phone any time.")
    referring.submit_referral(reception, second.reference, even_if_open=True)

    person = make.as_it_is(first).person
    assert (person.safe_to_phone, person.contact_note) == (False, "Never phone the house.")


def test_reception_neither_changes_nor_sends_what_a_clinician_wrote(referrer):
    found = draft(referrer)
    reception = make.actor(Role.PRACTICE_ADMIN)
    other = DraftSchema().load(make.draft_details())

    with pytest.raises(Forbidden):
        referring.revise_draft(reception, found.reference, version=found.version, **other)
    with pytest.raises(Forbidden):
        referring.submit_referral(reception, found.reference)
    with pytest.raises(Forbidden):
        referring.discard_draft(reception, found.reference)


def test_of_two_who_change_a_draft_at_once_the_second_hears_of_it(referrer):
    found = draft(referrer)
    other, read = DraftSchema().load(make.draft_details(phone="07700 900 222")), found.version
    referring.revise_draft(referrer, found.reference, version=read, **other)

    with pytest.raises(ChangedMeanwhile):
        referring.revise_draft(referrer, found.reference, version=read, **other)


def test_a_draft_that_was_put_away_is_seen_by_nobody(referrer):
    found = draft(referrer)

    referring.discard_draft(referrer, found.reference)

    with pytest.raises(NotFound):
        queries.get_referral(referrer, found.reference)


def test_an_nhs_number_with_another_date_of_birth_is_a_mistake(referrer):
    first = make.referral("received", referrer=referrer)

    with pytest.raises(InvalidInput) as refusal:
        draft(referrer, nhs_number=first.person.nhs_number, date_of_birth="1960-01-01")

    assert set(refusal.value.fields) == {"date_of_birth"}


def test_a_draft_can_be_put_right_before_it_is_sent(referrer):
    found = draft(referrer)
    better = DraftSchema().load(make.draft_details(reason="Grieving", needs=["bereavement"]))

    referring.revise_draft(referrer, found.reference, version=found.version, **better)

    now = make.as_it_is(found)
    assert (now.reason, [need.code for need in now.needs]) == ("Grieving", ["bereavement"])
    assert (len(now.risks), len(now.consents)) == (1, 1)


def test_a_referral_that_was_sent_is_not_rewritten(referrer):
    found = make.referral("received", referrer=referrer)

    with pytest.raises(Conflict):
        better = DraftSchema().load(make.draft_details())
        referring.revise_draft(referrer, found.reference, version=found.version, **better)


def test_a_practice_takes_its_referral_back_and_says_why(referrer):
    found = make.referral("received", referrer=referrer)

    referring.cancel_referral(referrer, found.reference, reason=CancellationReason.PATIENT_CHANGED_MIND)

    now = make.as_it_is(found)
    assert (now.status, now.cancellation_reason) == ("cancelled", "patient_changed_mind")
    last = events.timeline(now)[-1]
    assert (last.name, last.data) == ("referral.cancelled", {"reason": "patient_changed_mind"})


def test_once_a_link_worker_has_it_the_practice_can_no_longer_take_it_back(referrer):
    found = make.referral("allocated", referrer=referrer)

    with pytest.raises(ActionNotAllowed):
        referring.cancel_referral(referrer, found.reference, reason=CancellationReason.MADE_IN_ERROR)


def test_another_practice_does_not_know_of_it(referrer):
    found = make.referral("received", referrer=referrer)
    stranger = make.actor(Role.REFERRER, at=elsewhere())

    with pytest.raises(NotFound):
        queries.get_referral(stranger, found.reference)
    with pytest.raises(NotFound):
        referring.cancel_referral(stranger, found.reference, reason=CancellationReason.DIED)


def test_somebody_without_a_practice_cannot_refer():
    with pytest.raises(Forbidden):
        draft(make.actor(Role.EDITOR))
