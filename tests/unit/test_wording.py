"""The words people read for the codes we keep."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from social_rx import clock
from social_rx.events import Event
from social_rx.referrals import onward, wording
from social_rx.referrals.models import OnwardReferral, Person, Referral, Risk

HOUSE = Path(wording.__file__).parent


def event(name, **data):
    return Event(name=name, data=data)


def test_everything_that_is_recorded_can_be_said():
    written = {
        name for path in HOUSE.glob("*.py") for name in re.findall(r'events\.record\(\s*"([\w.]+)"', path.read_text())
    }
    answered = {answer.event for answer in onward.ANSWERS.values()}

    assert written
    assert wording.EVENT_WORDS.keys() == written | answered


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (event("referral.accepted"), "Accepted"),
        (event("referral.rejected", reason="out_of_area"), "Not taken on: The person lives outside our area"),
        (event("referral.waitlisted", expected_on="2026-03-05"), "Put on the waiting list: expected 5 March 2026"),
        (event("contact.recorded", mechanism="02", attended="3"), "Contact: Telephone, Did not come"),
        (event("onward.accepted", onward_id="gone"), "A group said yes"),
    ],
)
def test_a_line_of_the_timeline_is_a_sentence(said, words):
    assert wording.in_words(said) == words


def test_a_group_is_called_by_its_name():
    asked = OnwardReferral(id=1, service_name="Tuesday lunch club")

    assert wording.in_words(event("onward.accepted", onward_id="1"), [asked]) == "Tuesday lunch club said yes"


def test_what_somebody_wrote_freely_is_not_repeated():
    said = event("referral.entered_in_error", reason="Mistaken for her sister Maud")

    assert "Maud" not in wording.in_words(said)


@pytest.mark.parametrize(
    ("on", "words", "presses"),
    [
        (date(2026, 3, 1), "Late by 1 day", "late"),
        (date(2026, 2, 28), "Late by 2 days", "late"),
        (date(2026, 3, 2), "Today", "today"),
        (date(2026, 3, 12), "12 March 2026", ""),
        (None, "No date", ""),
    ],
)
def test_what_is_due_is_said_in_words(on, words, presses):
    with clock.pretend(datetime(2026, 3, 2, 10, tzinfo=UTC)):
        assert wording.due(on) == (words, presses)


@pytest.mark.parametrize(
    ("safe", "message", "words"),
    [
        (True, True, "Safe to phone. You can leave a message. After 10am."),
        (True, False, "Safe to phone. Do not leave a message. After 10am."),
        (False, True, "Do not phone. After 10am."),
        (False, None, "Do not phone. After 10am."),
        (True, None, "Safe to phone. Nobody has asked whether we may leave a message. After 10am."),
        (None, None, "Nobody has asked whether it is safe to phone. After 10am."),
        (None, False, "Nobody has asked whether it is safe to phone. Do not leave a message. After 10am."),
    ],
)
def test_how_to_reach_somebody_safely_is_said_in_words(safe, message, words):
    person = Person(safe_to_phone=safe, safe_to_leave_message=message, contact_note="After 10am.")

    assert wording.reaching(person) == words


def test_a_risk_that_has_ended_is_not_said_any_more():
    now = datetime(2026, 3, 2, tzinfo=UTC)
    referral = Referral(risks=[Risk(code="no_known_risks", ended_at=now), Risk(code="known_risk", text="Fell in May")])

    assert wording.risks(referral) == ["Fell in May"]
