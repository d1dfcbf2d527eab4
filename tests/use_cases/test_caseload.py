"""What a link worker does from day to day: tries, contacts, the next action, and holding a case."""

from datetime import UTC, datetime, timedelta

import pytest

from social_rx import clock, events
from social_rx.errors import Conflict, Forbidden, InvalidInput
from social_rx.referrals import caseload, contacting, queries
from social_rx.users import Role
from tests import make

pytestmark = pytest.mark.usefixtures("app")
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def worker():
    return make.actor(Role.LINK_WORKER)


@pytest.fixture
def case(worker):
    return make.referral("allocated", link_worker=worker)


def no_answer(worker, case, **more):
    return caseload.record_attempt(worker, case.reference, channel="phone", outcome="no_answer", **more)


def test_the_first_try_starts_contacting_and_sets_the_next_try(worker):
    with clock.pretend(MONDAY):
        case = make.referral("allocated", link_worker=worker)
        found = no_answer(worker, case)

    assert (found.status, found.next_action) == ("contacting", "Try again to make contact")
    assert found.next_action_on.isoformat() == "2026-03-05"
    assert found.first_attempt_at == MONDAY
    assert len(found.attempts) == 1


def test_a_text_message_is_a_try_and_not_a_first_contact(worker, case):
    found = caseload.record_attempt(worker, case.reference, channel="text", outcome="sent")

    assert found.first_contact_at is None


@pytest.mark.parametrize(
    ("mechanism", "attended", "counts"),
    [
        *[("01", "5", True), ("02", "6", True), ("04", "5", True), ("11", "5", True)],
        *[("09", "5", False), ("05", "5", False), ("10", "5", False), ("02", "3", False), ("01", "7", False)],
    ],
)
def test_only_a_conversation_that_took_place_is_a_first_contact(worker, case, mechanism, attended, counts):
    found = caseload.record_contact(worker, case.reference, mechanism=mechanism, attended=attended)

    assert (found.first_contact_at is not None) is counts


def test_the_first_contact_is_the_earliest_even_when_recorded_later(worker, case):
    now, an_hour_ago = clock.now(), clock.now() - timedelta(hours=1)
    caseload.record_contact(worker, case.reference, mechanism="02", attended="5", at=now)

    found = caseload.record_contact(worker, case.reference, mechanism="01", attended="5", at=an_hour_ago)

    assert found.first_contact_at == an_hour_ago
    assert [contact.at for contact in found.contacts] == [an_hour_ago, now]


@pytest.mark.parametrize("at", [clock.now() - timedelta(days=30), clock.now().replace(year=1)])
def test_nothing_is_recorded_before_the_referral_came(worker, case, at):
    with pytest.raises(InvalidInput) as refusal:
        no_answer(worker, case, at=at)

    assert set(refusal.value.fields) == {"at"}


@pytest.mark.parametrize("to", ["assessing", "supporting", "reviewing"])
def test_a_hold_is_no_way_round_a_guard(worker, to):
    fresh = make.referral("allocated", link_worker=worker)
    caseload.hold_case(worker, fresh.reference, reason="On holiday", review_on=clock.today() + timedelta(days=9))

    with pytest.raises(InvalidInput, match="Record a contact first"):
        caseload.resume_case(worker, fresh.reference, to=to)


def test_nothing_is_recorded_before_it_has_happened(worker, case):
    tomorrow = clock.now() + timedelta(days=1)

    with pytest.raises(InvalidInput) as refusal:
        no_answer(worker, case, at=tomorrow)

    assert set(refusal.value.fields) == {"at"}


def test_after_three_tries_the_link_worker_is_asked_to_decide(worker, case):
    for _ in range(3):
        found = no_answer(worker, case)

    assert found.next_action == "Decide whether to close: tried enough times"


def test_tries_are_counted_afresh_after_a_conversation(worker, case):
    for _ in range(2):
        no_answer(worker, case)
    caseload.record_contact(worker, case.reference, mechanism="02", attended="5")

    found = no_answer(worker, case)

    assert found.next_action == "Try again to make contact"


def test_a_missed_appointment_is_asked_about_within_days(worker):
    with clock.pretend(MONDAY):
        case = make.referral("allocated", link_worker=worker)
        found = caseload.record_contact(worker, case.reference, mechanism="01", attended="3")

    assert (found.next_action, found.next_action_on.isoformat()) == ("Ask about the missed appointment", "2026-03-05")


def test_assessing_begins_only_after_a_conversation(worker, case):
    no_answer(worker, case)

    with pytest.raises(InvalidInput, match="Record a contact first"):
        caseload.start_assessing(worker, case.reference)
    caseload.record_contact(worker, case.reference, mechanism="02", attended="5")
    found = caseload.start_assessing(worker, case.reference)

    assert found.status == "assessing"


def test_contacting_begins_only_with_a_try(worker, case):
    with pytest.raises(InvalidInput):
        caseload.start_contacting(worker, case.reference)

    assert make.as_it_is(case).status == "allocated"


@pytest.mark.parametrize("what", contacting.HAPPENINGS)
def test_whatever_happened_is_recorded_with_one_choice(worker, case, what):
    found = contacting.record(worker, case.reference, happened=what, note="Sounded well", minutes=20)

    recorded = [*found.contacts, *found.attempts]
    assert len(recorded) == 1
    assert "Sounded well" in {getattr(recorded[0], name, None) for name in ("note", "summary")}


def test_the_five_quick_choices_cover_a_conversation_a_visit_and_three_that_reached_nobody(worker):
    counted = {}
    for what in contacting.QUICK:
        case = make.referral("allocated", link_worker=worker)
        counted[what] = contacting.record(worker, case.reference, happened=what).first_contact_at is not None

    assert counted == {
        "spoke_by_phone": True,
        "met_in_person": True,
        "no_answer": False,
        "sent_text": False,
        "did_not_come": False,
    }


def test_the_next_action_is_today_or_later(worker, case):
    yesterday = clock.today() - timedelta(days=1)

    with pytest.raises(InvalidInput):
        caseload.set_next_action(worker, case.reference, what="Phone", on=yesterday)
    found = caseload.set_next_action(worker, case.reference, what="Phone", on=clock.today())

    assert (found.next_action, found.next_action_on) == ("Phone", clock.today())


def test_a_case_is_held_until_a_day_to_come_and_then_taken_up_again(worker, case):
    no_answer(worker, case)
    later = clock.today() + timedelta(days=30)

    with pytest.raises(InvalidInput):
        caseload.hold_case(worker, case.reference, reason="In hospital", review_on=clock.today())
    held = caseload.hold_case(worker, case.reference, reason="In hospital", review_on=later)
    assert (held.status, held.hold_reason, held.next_action_on) == ("on_hold", "In hospital", later)
    found = caseload.resume_case(worker, case.reference, to="contacting")

    assert (found.status, found.hold_reason, found.review_on) == ("contacting", None, None)
    assert events.timeline(found)[-1].data == {"to": "contacting"}


def test_another_link_worker_of_the_team_reads_a_case_and_changes_nothing(case):
    colleague = make.actor(Role.LINK_WORKER)

    assert queries.get_referral(colleague, case.reference).reference == case.reference
    assert caseload.actions_for(colleague, case) == []
    with pytest.raises(Forbidden):
        no_answer(colleague, case)


@pytest.mark.parametrize("status", ["accepted", "waitlisted", "rejected", "closed", "entered_in_error"])
def test_nothing_is_recorded_in_a_case_that_is_not_open(worker, status):
    case = make.referral(status, link_worker=worker)

    with pytest.raises(Conflict):
        no_answer(worker, case)


def test_a_caseload_shows_what_is_late_or_due_first_and_only_open_cases(worker):
    today = clock.today()
    later, now = (make.referral("allocated", link_worker=worker) for _ in range(2))
    make.referral("closed", link_worker=worker)
    make.referral("allocated")
    caseload.set_next_action(worker, later.reference, what="Phone", on=today + timedelta(days=9))
    caseload.set_next_action(worker, now.reference, what="Phone", on=today)

    found, total = queries.caseload(worker)

    assert [case.reference for case in found] == [now.reference, later.reference]
    assert total == 2
