"""The plan a person and their link worker make: what matters, goals, agreement, review."""

import uuid
from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.errors import ChangedMeanwhile, Conflict, Forbidden, InvalidInput, NotFound
from social_rx.referrals import planning
from social_rx.users import Role
from tests import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def worker():
    return make.actor(Role.LINK_WORKER)


@pytest.fixture
def case(worker):
    return make.referral("assessing", link_worker=worker)


def test_a_plan_is_written_in_the_persons_words(worker, case):
    found = planning.save_plan(worker, case.reference, matters="I want to eat with other people")

    assert found.plan.matters == "I want to eat with other people"
    assert found.plan.goals == []


def test_two_people_write_a_plan_and_the_second_is_told_to_read_it_again(worker, case):
    read = planning.save_plan(worker, case.reference, matters="Company").plan.version
    planning.save_plan(worker, case.reference, matters="Company at meals", version=read)

    with pytest.raises(ChangedMeanwhile):
        planning.save_plan(worker, case.reference, matters="Cards", version=read)

    assert make.as_it_is(case).plan.matters == "Company at meals"


def test_an_agreed_plan_says_with_whom(worker, case):
    with pytest.raises(InvalidInput) as refusal:
        planning.save_plan(worker, case.reference, agreed=True)

    assert set(refusal.value.fields) == {"agreed_with"}


def test_a_plan_that_is_not_agreed_says_why(worker, case):
    with pytest.raises(InvalidInput) as refusal:
        planning.save_plan(worker, case.reference, agreed=False)

    assert set(refusal.value.fields) == {"not_agreed_reason"}


def test_a_goal_comes_with_what_leads_to_it(worker, case):
    actions = [{"what": "Phone the lunch club", "who": "Margaret", "confidence": 7}]

    found = planning.add_goal(worker, case.reference, text="Go to lunch club twice", importance=9, actions=actions)

    [goal] = found.plan.goals
    assert (goal.text, goal.importance, goal.achievement) == ("Go to lunch club twice", 9, "not_started")
    assert [(action.what, action.confidence) for action in goal.actions] == [("Phone the lunch club", 7)]


def test_support_begins_with_a_goal_and_an_answer_whether_the_plan_was_agreed(worker, case):
    with pytest.raises(InvalidInput, match="at least one goal"):
        planning.start_supporting(worker, case.reference)
    planning.add_goal(worker, case.reference, text="Walk to the shop")
    with pytest.raises(InvalidInput, match="agreed"):
        planning.start_supporting(worker, case.reference)
    version = make.as_it_is(case).plan.version
    planning.save_plan(worker, case.reference, version=version, agreed=False, not_agreed_reason="Wants to think")
    found = planning.start_supporting(worker, case.reference)

    assert (found.status, found.next_action) == ("supporting", "Review the plan")
    assert found.next_action_on == clock.today() + timedelta(weeks=6)


def test_a_goal_is_looked_back_at(worker, case):
    [goal] = planning.add_goal(worker, case.reference, text="Walk to the shop").plan.goals

    found = planning.record_achievement(worker, case.reference, goal.id, achievement="partly_achieved")

    assert [goal.achievement for goal in found.plan.goals] == ["partly_achieved"]


def test_a_goal_of_another_case_is_not_there(worker, case):
    with pytest.raises(NotFound):
        planning.record_achievement(worker, case.reference, uuid.uuid4(), achievement="achieved")


def test_a_review_ends_with_what_was_found_and_the_day_of_the_next(worker):
    case = make.referral("reviewing", link_worker=worker)
    next_time = clock.today() + timedelta(weeks=6)

    with pytest.raises(InvalidInput):
        planning.finish_reviewing(worker, case.reference, note="Going well", review_on=clock.today())
    found = planning.finish_reviewing(worker, case.reference, note="Going well", review_on=next_time)

    assert (found.status, found.plan.review_note, found.plan.review_on) == ("supporting", "Going well", next_time)


def test_the_plan_of_a_closed_case_stays_as_it_was(worker):
    case = make.referral("closed", link_worker=worker)

    with pytest.raises(Conflict):
        planning.save_plan(worker, case.reference, matters="Something else")


def test_a_colleague_does_not_write_in_the_plan(case):
    with pytest.raises(Forbidden):
        planning.add_goal(make.actor(Role.LINK_WORKER), case.reference, text="Walk")
