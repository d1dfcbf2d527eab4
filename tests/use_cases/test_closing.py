"""The end of a case: what must be said, and the letter that tells the GP."""

from datetime import UTC, datetime, timedelta

import pytest

from social_rx import clock, events
from social_rx.errors import ActionNotAllowed, Forbidden, InvalidInput
from social_rx.referrals import caseload, closing, letters, measures, planning, queries, sharing
from social_rx.referrals import onward as asking
from social_rx.referrals.models import Referral
from social_rx.referrals.status import ClosureReason
from social_rx.users import Role
from tests import make

pytestmark = pytest.mark.usefixtures("app")
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.fixture
def worker():
    return make.actor(Role.LINK_WORKER)


@pytest.fixture
def case(worker):
    return make.referral("supporting", link_worker=worker)


def close(worker, case, **changes):
    said = {
        "reason": ClosureReason.COMPLETED_GOALS_MET,
        "outcome": "She has company at meals.",
        "actions_for_gp": "Nothing",
        "no_measure_reason": "She did not want it",
    }
    return closing.close_case(worker, case.reference, **said | changes)


def test_a_closed_case_has_its_reason_its_letter_and_no_next_action(worker, case):
    found = close(worker, case)

    assert (found.status, found.closure_reason, found.next_action) == ("closed", "completed_goals_met", None)
    [letter] = found.messages
    assert letter.actions_text == "Nothing"
    assert events.timeline(found)[-1].data == {"reason": "completed_goals_met"}


@pytest.mark.parametrize("blank", ["", "  \n"])
def test_the_gp_is_always_told_what_to_do_even_if_it_is_nothing(worker, case, blank):
    with pytest.raises(InvalidInput) as refusal:
        close(worker, case, actions_for_gp=blank)

    assert set(refusal.value.fields) == {"actions_for_gp"}
    assert make.as_it_is(case).status == "supporting"


def test_a_case_without_a_measure_says_why(worker, case):
    with pytest.raises(InvalidInput) as refusal:
        close(worker, case, no_measure_reason=None)

    assert set(refusal.value.fields) == {"no_measure_reason"}


def test_a_group_that_has_not_finished_is_not_forgotten(worker, case):
    make.onward("started", link_worker=worker, case=case)

    with pytest.raises(InvalidInput) as refusal:
        close(worker, case)
    found = close(worker, case, acknowledge_onward=True)

    assert set(refusal.value.fields) == {"acknowledge_onward"}
    assert [onward.acknowledged for onward in found.onward] == [True]


def test_everything_that_is_missing_is_said_at_once(worker, case):
    make.onward("sent", link_worker=worker, case=case)

    with pytest.raises(InvalidInput) as refusal:
        close(worker, case, actions_for_gp="", no_measure_reason=None)

    assert set(refusal.value.fields) == {"actions_for_gp", "no_measure_reason", "acknowledge_onward"}


TRIES = {
    "two tries": ([(0, "phone"), (1, "letter")], "at least 3 times"),
    "three on one day": ([(0, "phone"), (0, "letter"), (0, "text")], "2 different days"),
    "three by phone": ([(0, "phone"), (1, "phone"), (2, "phone")], "2 different ways"),
    "three on two days in two ways": ([(0, "phone"), (0, "letter"), (1, "phone")], None),
}


@pytest.mark.parametrize(("tries", "refused"), TRIES.values(), ids=TRIES)
def test_nobody_is_given_up_before_they_were_tried_often_enough(worker, tries, refused):
    with clock.pretend(MONDAY):
        case = make.referral("allocated", link_worker=worker)
    for days, channel in tries:
        with clock.pretend(MONDAY + timedelta(days=days)):
            caseload.record_attempt(worker, case.reference, channel=channel, outcome="no_answer")

    if refused:
        with pytest.raises(InvalidInput) as refusal:
            close(worker, case, reason=ClosureReason.UNABLE_TO_CONTACT)
        assert refused in refusal.value.fields["reason"][0]
    else:
        assert close(worker, case, reason=ClosureReason.UNABLE_TO_CONTACT).status == "closed"


def test_days_are_counted_as_they_are_in_england(worker):
    late_evening = datetime(2026, 6, 1, 22, 30, tzinfo=UTC)  # half past eleven at night in London
    with clock.pretend(late_evening):
        case = make.referral("allocated", link_worker=worker)
    for minutes, channel in ((0, "phone"), (10, "text"), (60, "phone")):  # the last is half past midnight
        with clock.pretend(late_evening + timedelta(minutes=minutes)):
            found = caseload.record_attempt(worker, case.reference, channel=channel, outcome="no_answer")

    assert closing.why_not_given_up(found.attempts) is None


def test_the_letter_says_first_what_the_gp_must_do_and_fits_a_page(worker):
    case = make.referral("assessing", link_worker=worker, return_response_to="Dr Okafor")
    planning.save_plan(worker, case.reference, matters="Company at meals", agreed=True, agreed_with="Margaret")
    planning.add_goal(worker, case.reference, text="Lunch club twice")
    planning.start_supporting(worker, case.reference)
    for satisfied in (3, 6):
        measures.record_measure(worker, case.reference, instrument="ons4", answers={"satisfied": satisfied})
    make.onward("completed", link_worker=worker, case=case)
    asking.signpost(worker, case.reference, to="Citizens Advice")

    [letter] = close(worker, case, actions_for_gp="Please look at her hearing aid.").messages

    body, number = letter.body, case.person.nhs_number
    assert body.index("Please look at her hearing aid.") < body.index("Lives alone since her husband died.")
    assert f"NHS number {number[:3]} {number[3:6]} {number[6:]}" in body
    for words in (
        "To Dr Okafor",
        "Company at meals",
        "1 contact.",
        "1 try that reached nobody.",
        "Walking group (Green Steps): finished.",
        "Details of Citizens Advice given.",
        "Life satisfaction rose from 3 to 6 out of 10.",
        "The goals were met.",
        "She has company at meals.",
    ):
        assert words in body
    assert len(body.splitlines()) < 45


def test_one_answer_shows_no_change_in_the_letter(worker, case):
    measures.record_measure(worker, case.reference, instrument="ons4", answers={"satisfied": 3})

    [letter] = close(worker, case).messages

    assert "Measured once, so no change can be shown." in letter.body


@pytest.mark.parametrize("reason", ClosureReason)
def test_every_ending_can_be_told(worker, reason):
    case = make.as_it_is(make.referral("supporting", link_worker=worker))
    case.closure_reason = reason

    assert letters.letter_to_gp(worker, case, actions_for_gp="Nothing").payload["referral"]["closure_reason"] == reason


def test_a_case_is_closed_once(worker, case):
    close(worker, case)

    with pytest.raises(ActionNotAllowed):
        close(worker, case)


def test_a_colleague_does_not_close_it(case):
    with pytest.raises(Forbidden):
        close(make.actor(Role.LINK_WORKER), case)


def test_the_practice_has_read_the_letter(worker):
    referrer = make.actor(Role.REFERRER)
    case = make.referral("closed", referrer=referrer, link_worker=worker)

    closing.read_letter(referrer, case.reference)
    found = closing.read_letter(referrer, case.reference)

    assert [message.read_at is not None for message in found.messages] == [True]
    assert [event.name for event in events.timeline(found)].count("letter.read") == 1


def test_an_administrator_strikes_out_a_referral_that_should_never_have_been(worker, case):
    found = closing.enter_in_error(make.actor(Role.ADMINISTRATOR), case.reference, reason="Wrong person")

    assert (found.status, found.next_action) == ("entered_in_error", None)
    with pytest.raises(ActionNotAllowed):
        closing.enter_in_error(make.actor(Role.COORDINATOR), case.reference, reason="Wrong person")


def test_striking_out_a_referral_ends_what_groups_were_asked():
    provider, service = make.group()
    asked = make.onward("accepted", service=service)
    administrator = make.actor(Role.ADMINISTRATOR)

    closing.enter_in_error(
        administrator, make.db.session.get(Referral, asked.referral_id).reference, reason="Wrong person"
    )

    found = queries.get_onward(provider, asked.id)
    assert found.status == "cancelled"
    assert sharing.what_the_group_may_see(found).keys() == {"name", "age_band"}


def test_a_group_is_not_left_waiting_for_somebody_who_has_died(worker):
    provider, service = make.group()
    asked = make.onward("accepted", link_worker=worker, service=service)
    reference = make.db.session.get(Referral, asked.referral_id).reference

    closing.close_case(
        worker,
        reference,
        reason=ClosureReason.DIED,
        outcome="She died on Tuesday.",
        actions_for_gp="Nothing.",
        no_measure_reason="She died.",
        acknowledge_onward=True,
    )

    assert queries.get_onward(provider, asked.id).status == "cancelled"
