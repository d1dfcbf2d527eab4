"""Measures of how a person is doing, and what their answers come to."""

from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.errors import Conflict, InvalidInput
from social_rx.referrals import measures, wording
from social_rx.users import Role
from tests import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def worker():
    return make.actor(Role.LINK_WORKER)


@pytest.fixture
def case(worker):
    return make.referral("assessing", link_worker=worker)


@pytest.mark.parametrize(
    ("item", "value", "band"),
    [
        *[("anxious", 7, "high"), ("anxious", 3, "low"), ("happy", 4, "low"), ("happy", 5, "medium")],
        *[("satisfied", 0, "low"), ("satisfied", 7, "high"), ("worthwhile", 10, "very high"), ("happy", 8, "high")],
        *[("anxious", 0, "very low"), ("anxious", 1, "very low"), ("anxious", 5, "medium"), ("anxious", 6, "high")],
    ],
)
def test_each_answer_has_the_word_of_the_office_for_national_statistics(item, value, band):
    assert measures.score("ons4", {item: value}) == {item: {"value": value, "band": band}}


def test_often_three_times_is_nine():
    answers = {"companionship": 3, "left_out": 3, "isolated": 3}

    assert measures.score("ucla3", answers) == {"total": 9}


def test_loneliness_has_no_total_while_an_answer_is_missing():
    answers = {"companionship": 3, "left_out": 3, "lonely": 5}

    assert measures.score("ucla3", answers) == {"direct": "Often or always"}


def test_the_answers_are_kept_as_given_and_a_missing_one_stays_missing(worker, case):
    found = measures.record_measure(worker, case.reference, instrument="ons4", answers={"happy": 4})

    [kept] = found.measures
    assert (kept.instrument, kept.instrument_version, kept.answers) == ("ons4", "2018", {"happy": 4})


@pytest.mark.parametrize(
    ("answers", "at_fault"),
    [({"happy": 11}, "happy"), ({"happy": -1}, "happy"), ({"cheerful": 3}, "cheerful"), ({}, "answers")],
)
def test_an_answer_off_the_scale_is_refused(worker, case, answers, at_fault):
    with pytest.raises(InvalidInput) as refusal:
        measures.record_measure(worker, case.reference, instrument="ons4", answers=answers)

    assert set(refusal.value.fields) == {at_fault}


def test_change_is_from_the_first_answer_to_the_last(worker, case):
    for weeks, satisfied in ((8, 3), (4, 9), (0, 6)):
        with clock.pretend(clock.now() - timedelta(weeks=weeks)):
            answers = {"satisfied": satisfied} | ({"happy": 5} if weeks == 8 else {})
            found = measures.record_measure(worker, case.reference, instrument="ons4", answers=answers)

    assert measures.changes(found.measures) == {"satisfied": (3, 6)}


@pytest.mark.parametrize(
    ("item", "first", "last", "words"),
    [
        ("satisfied", 3, 6, "Life satisfaction rose from 3 to 6 out of 10"),
        ("anxious", 8, 4, "Anxiety fell from 8 to 4 out of 10"),
        ("happy", 5, 5, "Happiness stayed at 5 out of 10"),
        ("left_out", 3, 1, "Feeling left out went from often to hardly ever or never"),
        ("lonely", 5, 3, "Feeling lonely went from often or always to occasionally"),
        ("isolated", 2, 2, "Feeling isolated stayed at some of the time"),
    ],
)
def test_change_is_said_in_words(item, first, last, words):
    assert wording.change_in_words(item, first, last) == words


def test_a_measure_needs_a_case_that_is_open(worker):
    waiting = make.referral("accepted")

    with pytest.raises(Conflict):
        measures.record_measure(worker, waiting.reference, instrument="ons4", answers={"happy": 4})
