"""The main road over JSON: a GP refers, the hub allocates, a link worker helps, a group answers, the GP reads."""

from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.users import Role
from tests import make

DRAFT = {
    "given_name": "Margaret",
    "family_name": "Ellis",
    "date_of_birth": "1949-03-27",
    "nhs_number": "999 000 0018",
    "phone": "07700 900982",
    "postcode": "CV1 2AB",
    "needs": ["loneliness_isolation", "bereavement"],
    "reason": "Lives alone since her husband died in June.",
    "risk": "no_known_risks",
    "consent": "in_person",
}
CLOSE = {
    "reason": "completed_goals_met",
    "outcome": "She goes every Tuesday and has made two friends.",
    "actions_for_gp": "Nothing.",
}


@pytest.fixture
def group(app):
    return make.organisation()


@pytest.fixture
def lunch_club(group):
    return make.service("Tuesday lunch club", organisation=group, needs=("loneliness_isolation",))


@pytest.fixture
def cast(client, group):
    """Everybody on the road, as the headers of their tokens."""
    people = {
        "gp": make.user(Role.REFERRER),
        "hub": make.user(Role.COORDINATOR),
        "worker": make.user(Role.LINK_WORKER),
        "group": make.user(Role.PROVIDER, organisation=group),
    }
    return {name: client.token(user) for name, user in people.items()} | {"worker_id": people["worker"].id}


@pytest.fixture
def send(client, cast):
    """Ask the API as one of the cast; the answer's JSON, once its status is what it should be."""

    def send(who, method, path, body=None, status=200, **headers):
        answer = client.open(f"/api/v1{path}", method=method, json=body, headers=cast[who] | headers)
        assert answer.status_code == status, answer.text
        return answer.json

    return send


def test_a_referral_goes_the_whole_way_over_json(send, cast, lunch_club):
    draft = send("gp", "POST", "/referrals", DRAFT | {"service_id": str(lunch_club.id)}, 201)
    here = f"/referrals/{draft['reference']}"
    assert (draft["status"], draft["actions"]) == ("draft", ["submit"])

    assert send("gp", "POST", f"{here}/submit", {})["status"] == "received"
    assert send("hub", "POST", f"{here}/accept", {})["status"] == "accepted"
    assert send("hub", "POST", f"{here}/allocate", {"link_worker_id": str(cast["worker_id"])})["status"] == "allocated"

    tried = send("worker", "POST", f"{here}/attempts", {"channel": "phone", "outcome": "no_answer"}, 201)
    assert tried["status"] == "contacting"
    spoke = send("worker", "POST", f"{here}/contacts", {"mechanism": "02", "attended": "5", "minutes": 30}, 201)
    assert spoke["first_contact_at"] is not None
    assert send("worker", "POST", f"{here}/start_assessing", {})["status"] == "assessing"

    send("worker", "POST", f"{here}/measures", {"instrument": "ons4", "answers": {"satisfied": 3, "anxious": 7}}, 201)
    plan = {"matters": "Eating with other people.", "agreed": True, "agreed_with": "Margaret"}
    send("worker", "PUT", f"{here}/plan", plan)
    send("worker", "POST", f"{here}/goals", {"text": "Eat out once a week", "importance": 9}, 201)
    assert send("worker", "POST", f"{here}/start_supporting", {})["status"] == "supporting"

    ask = {
        "service_id": str(lunch_club.id),
        "message": "She would like company at lunch.",
        "shared": ["name", "phone"],
        "consent_method": "in_person",
    }
    onward = send("worker", "POST", f"{here}/onward-referrals", ask, 201)
    asked = send("group", "GET", f"/onward-referrals/{onward['id']}")
    assert asked["person"] == {"name": "Margaret E", "age_band": "70 to 79"}
    for action in ("accept", "start", "complete"):
        answered = send("group", "POST", f"/onward-referrals/{onward['id']}/{action}", {})
    assert answered["status"] == "completed"
    assert answered["person"]["phone"] == "07700 900982"

    assert send("worker", "POST", f"{here}/close", CLOSE)["status"] == "closed"
    [letter] = send("gp", "GET", here)["messages"]
    assert letter["actions_text"] == "Nothing."
    assert letter["body"].index("What you need to do") < letter["body"].index("Why you referred")
    assert "Tuesday lunch club (Green Steps): finished." in letter["body"]
    names = [event["name"] for event in send("gp", "GET", f"{here}/timeline")["items"]]
    assert names[0] == "referral.drafted" and names[-1] == "referral.closed"


def test_what_is_wrong_comes_back_field_by_field_as_problem_json(client, cast):
    body = DRAFT | {"nhs_number": "0000000000", "date_of_birth": "2026-02-30", "surprise": 1}

    answer = client.post("/api/v1/referrals", json=body, headers=cast["gp"])

    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert answer.json["code"] == "invalid_input"
    assert set(answer.json["errors"]) == {"nhs_number", "date_of_birth", "surprise"}


def test_a_plan_is_not_overwritten_by_somebody_who_read_an_older_one(client, cast, send, lunch_club):
    reference = send("gp", "POST", "/referrals", DRAFT, 201)["reference"]
    here = f"/referrals/{reference}"
    send("gp", "POST", f"{here}/submit", {})
    send("hub", "POST", f"{here}/accept", {})
    send("hub", "POST", f"{here}/allocate", {"link_worker_id": str(cast["worker_id"])})
    send("worker", "PUT", f"{here}/plan", {"matters": "Company."})
    read = client.get(f"/api/v1{here}/plan", headers=cast["worker"]).headers["ETag"]

    send("worker", "PUT", f"{here}/plan", {"matters": "Company, and lunch."}, 200, **{"If-Match": read})

    send("worker", "PUT", f"{here}/plan", {"matters": "Only lunch."}, 412, **{"If-Match": read})
    send("worker", "PUT", f"{here}/plan", {"matters": "Only lunch."}, 428)


def test_practice_reception_sees_no_reason_and_no_letters(client, send, cast):
    reference = send("gp", "POST", "/referrals", DRAFT, 201)["reference"]
    reception = client.token(make.user(Role.PRACTICE_ADMIN))

    seen = client.get(f"/api/v1/referrals/{reference}", headers=reception).json

    assert seen["person"]["family_name"] == "Ellis"
    assert not {"reason", "messages", "risks", "consents", "plan", "contacts"} & set(seen)


def test_a_referral_of_another_practice_is_not_there(client, send, cast):
    reference = send("gp", "POST", "/referrals", DRAFT, 201)["reference"]
    elsewhere = make.place(make.PlaceKind.PRACTICE, "Another surgery", make.tree()[make.PlaceKind.PLACE_TEAM])
    stranger = client.token(make.user(Role.REFERRER, at=elsewhere))

    assert client.get(f"/api/v1/referrals/{reference}", headers=stranger).status_code == 404
    assert client.post(f"/api/v1/referrals/{reference}/submit", json={}, headers=stranger).status_code == 404


def test_a_listing_nobody_checked_for_a_year_is_not_referred_to(client, cast):
    stale = make.service("Old club", verified_at=clock.now() - timedelta(days=366))

    answer = client.post("/api/v1/referrals", json=DRAFT | {"service_id": str(stale.id)}, headers=cast["gp"])

    assert answer.status_code == 422
    assert "over a year" in answer.json["errors"]["service_id"][0]
