"""A form that the rules refuse comes back: the reason is said, and what was typed is still there."""

from datetime import timedelta
from html import unescape

import pytest

from social_rx import clock
from social_rx.users import Role, actors_of
from tests import make

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def enter(client):
    """Sign in as a new person of this role; whoever they are."""

    def enter(role, organisation=None):
        user = make.user(role, organisation=organisation)
        client.sign_in(user)
        [actor] = actors_of(user.id)
        return actor

    return enter


def typed_date(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def yesterday(name):
    return typed_date(name, clock.today() - timedelta(days=1))


CLOSING = {
    "reason": "unable_to_contact",
    "outcome": "Unchanged, alas",
    "actions_for_gp": "Ring her daughter",
    "no_measure_reason": "Not wanted",
}
AGREED = {"agreed": "true", "matters": "Cards on Fridays"}
# The path after that of the case, the status it is in, what is sent, what the rule says, and what must be kept.
OF_A_CASE = {
    "close": ("supporting", CLOSING, "Try at least 3 times", "Unchanged, alas"),
    "plan": ("assessing", AGREED, "Enter who agreed the plan", "Cards on Fridays"),
    "hold": ("supporting", {"reason": "In hospital", **yesterday("review_on")}, "a date after today", "In hospital"),
    "review": ("reviewing", {"note": "Going well", **yesterday("review_on")}, "a date after today", "Going well"),
    "next-action": ("supporting", {"what": "Ring her", **yesterday("on")}, "today's date or a later one", "Ring her"),
    "start_supporting": ("assessing", {}, "Add at least one goal", ""),
    "start_assessing": ("contacting", {}, "Record a contact first", ""),
}


@pytest.mark.parametrize("path", OF_A_CASE)
def test_what_the_rules_of_a_case_refuse_comes_back(client, enter, path):
    status, sent, rule, kept = OF_A_CASE[path]
    case = make.referral(status, link_worker=enter(Role.LINK_WORKER))

    answer = client.post(f"/cases/{case.reference}/{path}", data=sent)

    page = unescape(answer.text)
    assert answer.status_code == 422
    assert rule in page and kept in page
    assert make.as_it_is(case).status == status


def test_a_case_with_a_group_that_goes_on_is_not_closed_unless_that_is_known(client, enter):
    worker = enter(Role.LINK_WORKER)
    case = make.referral("supporting", link_worker=worker)
    make.onward("started", link_worker=worker, case=case)

    answer = client.post(f"/cases/{case.reference}/close", data=CLOSING | {"reason": "completed_goals_met"})

    assert answer.status_code == 422
    assert "A group has not finished" in answer.text and "I know that these go on: Walking group" in answer.text
    assert "Unchanged, alas" in answer.text


def test_the_plan_is_one_step_from_what_is_missing_in_it(client, enter):
    case = make.referral("assessing", link_worker=enter(Role.LINK_WORKER))

    page = client.post(f"/cases/{case.reference}/start_supporting").text

    summary = page[page.index("There is a problem") :][:600]
    assert f'href="/cases/{case.reference}/plan"' in summary


def test_a_group_is_not_asked_twice_and_the_message_is_kept(client, enter):
    worker = enter(Role.LINK_WORKER)
    case = make.referral("supporting", link_worker=worker)
    asked = make.onward(link_worker=worker, case=case)
    sent = {"service_id": str(asked.service_id), "message": "Likes chess", "consent_method": "by_phone"}

    answer = client.post(f"/cases/{case.reference}/onward/new", data=sent)

    assert answer.status_code == 422
    assert "already been asked" in answer.text and "Likes chess" in answer.text


def test_a_group_is_asked_only_after_the_person_was_spoken_to(client, enter):
    case = make.referral("contacting", link_worker=enter(Role.LINK_WORKER))
    _, service = make.group()
    sent = {"service_id": str(service.id), "message": "Likes chess", "consent_method": "by_phone"}

    answer = client.post(f"/cases/{case.reference}/onward/new", data=sent)

    assert answer.status_code == 409
    assert "Speak to the person first" in answer.text and "Likes chess" in answer.text


def test_a_plan_that_somebody_else_saved_meanwhile_keeps_what_was_typed(client, enter):
    case = make.referral("supporting", link_worker=enter(Role.LINK_WORKER))
    sent = AGREED | {"agreed_with": "Margaret", "version": case.plan.version - 1}

    answer = client.post(f"/cases/{case.reference}/plan", data=sent)

    assert answer.status_code == 412
    assert "Somebody else changed this plan" in answer.text and "Cards on Fridays" in answer.text


def test_what_a_group_said_by_phone_needs_its_reason_and_the_note_is_kept(client, enter):
    worker = enter(Role.LINK_WORKER)
    case = make.referral("supporting", link_worker=worker)
    asked = make.onward(link_worker=worker, case=case)

    answer = client.post(f"/cases/{case.reference}/onward/{asked.id}/reject", data={"note": "Jean said so"})

    assert answer.status_code == 422
    assert "Select a reason." in answer.text and "Jean said so" in answer.text


def test_a_signpost_names_somebody_and_what_it_was_for_is_kept(client, enter):
    case = make.referral("supporting", link_worker=enter(Role.LINK_WORKER))

    answer = client.post(f"/cases/{case.reference}/signposts", data={"reason": "Debt advice"})

    assert answer.status_code == 422
    assert "Enter whose details you gave." in answer.text and "Debt advice" in answer.text


# The decision, the status it is taken in, what is sent, what the rule says, and what must be kept.
DECISIONS = {
    "waitlist": (
        {"reason": "No room yet", **yesterday("expected_on")},
        "Enter the date when you expect",
        "No room yet",
    ),
    "allocate": ({"override_reason": "She knows her"}, "Select a link worker of your teams", "She knows her"),
}


@pytest.mark.parametrize("action", DECISIONS)
def test_what_the_rules_of_the_hub_refuse_comes_back(client, enter, action):
    sent, rule, kept = DECISIONS[action]
    elsewhere = make.actor(Role.LINK_WORKER, at=make.place(make.PlaceKind.PLACE_TEAM, "Coastal team"))
    enter(Role.COORDINATOR)
    referral = make.referral("accepted")
    more = {"link_worker_id": str(elsewhere.user_id)} if action == "allocate" else {}

    answer = client.post(f"/team/{referral.reference}/{action}", data=sent | more)

    assert answer.status_code == 422
    assert rule in answer.text and kept in answer.text


# The answer of a group, the status it is given in, what is sent, what the rule says, and what must be kept.
ANSWERS = {
    "reject": ("sent", {"note": "Hall is shut"}, "Select a reason.", "Hall is shut"),
    "drop_out": ("started", {"note": "Moved away"}, "Select a reason.", "Moved away"),
    "accept": ("sent", {"note": "Bring shoes", **yesterday("first_visit_on")}, "Enter today or a date", "Bring shoes"),
    "first-visit": ("accepted", yesterday("first_visit_on"), "Enter today or a date", ""),
}


@pytest.mark.parametrize("action", ANSWERS)
def test_what_the_rules_of_an_answer_refuse_comes_back(client, enter, action):
    status, sent, rule, kept = ANSWERS[action]
    friends = make.organisation("Castle Ward Friends")
    enter(Role.PROVIDER, friends)
    asked = make.onward(status, service=make.service("Lunch club", organisation=friends))

    answer = client.post(f"/inbox/{asked.id}/{action}", data=sent)

    assert answer.status_code == 422
    assert rule in answer.text and kept in answer.text


REFERRING = {
    "given_name": "Margaret",
    "family_name": "Ellis",
    "nhs_number": "999 000 0018",
    "phone": "07700 900982",
    "needs": ["loneliness_isolation"],
    "reason": "Lives alone since May.",
    "risk": "no_known_risks",
    "consent": "in_person",
    "date_of_birth-day": "27",
    "date_of_birth-month": "3",
    "date_of_birth-year": "1954",
}
ANOTHER_BIRTHDAY = "This NHS number is on your record with another date of birth"


@pytest.mark.parametrize("to", ["link worker", "service", "draft"])
def test_a_number_with_another_birthday_is_refused_and_the_referral_comes_back(client, enter, to):
    gp = enter(Role.REFERRER)
    make.referral("received", referrer=gp, nhs_number="9990000018", date_of_birth="1960-01-01")
    service, draft = make.service("Lunch club"), make.referral("draft", referrer=gp)
    paths = {
        "link worker": "/refer/link-worker",
        "service": f"/services/{service.id}/refer",
        "draft": f"/refer/{draft.reference}/edit",
    }

    answer = client.post(paths[to], data=REFERRING)

    assert answer.status_code == 422
    assert ANOTHER_BIRTHDAY in answer.text and "Lives alone since May." in answer.text


def test_a_cancellation_that_comes_too_late_is_refused(client, enter):
    referral = make.referral("contacting", referrer=enter(Role.REFERRER))

    answer = client.post(f"/refer/{referral.reference}/cancel", data={"reason": "made_in_error"})

    assert answer.status_code == 409
    assert 'href="/refer/mine"' in answer.text or 'href="/find"' in answer.text


@pytest.mark.parametrize("missing", [{"summary": None, "description": None}, {"latitude": None}])
def test_a_listing_that_lacks_something_is_not_sent_to_the_editors(client, enter, missing):
    friends = make.organisation("Castle Ward Friends")
    enter(Role.PROVIDER_MANAGER, friends)
    service = make.service("Lunch club", organisation=friends, status="draft", **missing)

    answer = client.post(f"/my-listings/{service.id}/submit", data={})

    assert answer.status_code == 422
    assert "Lunch club" in answer.text


AGAIN = {
    Role.LINK_WORKER: ["contacts", "next-action", "start_supporting"],
    Role.COORDINATOR: ["accept"],
    Role.REFERRER: ["send", "discard"],
}


@pytest.mark.parametrize("role", AGAIN)
def test_loading_the_page_again_after_a_refusal_leads_back_to_it(client, enter, role):
    actor = enter(role)
    status, root = {
        Role.LINK_WORKER: ("supporting", "cases"),
        Role.COORDINATOR: ("received", "team"),
        Role.REFERRER: ("draft", "refer"),
    }[role]
    people = {Role.LINK_WORKER: "link_worker", Role.COORDINATOR: "coordinator", Role.REFERRER: "referrer"}
    referral = make.referral(status, **{people[role]: actor})

    for path in AGAIN[role]:
        answer = client.get(f"/{root}/{referral.reference}/{path}")
        assert answer.status_code == 303
        assert client.get(answer.location, follow_redirects=True).status_code == 200


@pytest.mark.parametrize(
    ("role", "start"), [(Role.LINK_WORKER, "/caseload"), (Role.PROVIDER, "/inbox"), (Role.AUDITOR, "/account")]
)
@pytest.mark.parametrize(("path", "status"), [("/moderate", 403), ("/nowhere", 404)])
def test_a_refusal_leads_back_to_where_the_work_is(client, enter, role, start, path, status):
    enter(role, make.organisation() if role == Role.PROVIDER else None)

    answer = client.get(path)

    assert answer.status_code == status
    assert f'<a href="{start}">Go back to ' in answer.text
