"""The pages of a link worker: the caseload, one case, its plan, its groups, and its end."""

import re
from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.referrals import caseload, measures, onward
from social_rx.users import Role, actors_of
from tests import make
from tests.support import recorded_queries

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def worker(client):
    user = make.user(Role.LINK_WORKER)
    client.sign_in(user)
    [actor] = actors_of(user.id)
    return actor


@pytest.fixture
def case(worker):
    return make.referral("supporting", link_worker=worker, family_name="Ellis")


def typed_date(name, day):
    return {f"{name}-day": day.day, f"{name}-month": day.month, f"{name}-year": day.year}


def in_two_weeks():
    return clock.today() + timedelta(days=14)


def goes_to_a_field(page):
    """Every link of the error summary that points at a field has that field on the page, once."""
    links = set(re.findall(r'href="#([\w-]+)"', page)) - {"maincontent"}
    return bool(links) and all(len(re.findall(rf'id="{name}"', page)) == 1 for name in links)


def test_a_caseload_without_cases_leads_to_the_team(client, worker):
    page = client.get("/caseload").text

    assert "You have no open cases." in page
    assert 'href="/team"' in page


def test_a_caseload_says_what_is_late_and_what_is_due(client, worker):
    today = clock.today()
    late, due = (make.referral("allocated", link_worker=worker, given_name=name) for name in ("Ada", "Ben"))
    with clock.pretend(clock.now() - timedelta(days=2)):
        caseload.set_next_action(worker, late.reference, what="Phone again", on=clock.today())
    caseload.set_next_action(worker, due.reference, what="Visit", on=today)

    page = client.get("/caseload").text

    assert page.index("Late by 2 days") < page.index("Ada Ellis") < page.index("Ben Ellis")
    stats = re.findall(r"<strong>(\d+)</strong> (late|due today|open of 50)", page)
    assert stats == [("1", "late"), ("1", "due today"), ("2", "open of 50")]


def test_an_answer_of_a_group_is_new_until_the_link_worker_writes_something(client, worker, case):
    provider, service = make.group()
    asked = make.onward("sent", link_worker=worker, case=case, service=service)
    assert "New reply" not in client.get("/caseload").text

    onward.answer_onward(provider, asked.id, "accept")
    assert "New reply" in client.get("/caseload").text
    client.post(f"/cases/{case.reference}/contacts", data={"quick": "spoke_by_phone"})

    assert "New reply" not in client.get("/caseload").text


def test_a_longer_caseload_asks_the_database_no_more_often(client, worker):
    def asked():
        with recorded_queries() as statements:
            assert client.get("/caseload").status_code == 200
        return len(statements)

    make.referral("allocated", link_worker=worker)
    asked()
    few = asked()
    for _ in range(4):
        make.referral("supporting", link_worker=worker)

    assert asked() == few


def test_a_case_shows_who_it_is_and_what_has_happened(client, worker, case):
    number = case.person.nhs_number

    page = client.get(f"/cases/{case.reference}").text

    for words in (
        "Margaret Ellis",
        f"{number[:3]} {number[3:6]} {number[6:]}",
        "07700 900982",
        "Nobody has asked whether it is safe to phone.",
        "No risks are known",
        "Company at meals",
        "Go to lunch club twice",
        "Given to a link worker",
        "Contact: telephone",
        "Find a group",
    ):
        assert words in page


@pytest.mark.parametrize("quick", ["spoke_by_phone", "met_in_person", "no_answer", "sent_text", "did_not_come"])
def test_one_press_records_what_happened(client, worker, case, quick):
    there = f"/cases/{case.reference}"
    assert f'name="quick" value="{quick}"' in client.get(there).text

    response = client.post(f"{there}/contacts", data={"quick": quick}, follow_redirects=True)

    assert "Contact saved. Next action:" in response.text
    now = make.as_it_is(case)
    assert len(now.contacts) + len(now.attempts) == 3


def test_a_contact_is_recorded_with_a_note(client, worker, case):
    more = {"quick": "spoke_by_video", "note": "Missed the bus", "minutes": "20"}

    page = client.post(f"/cases/{case.reference}/contacts", data=more, follow_redirects=True).text

    assert "Contact: video, 20 minutes" in page
    assert "Missed the bus" in page


def test_a_note_without_what_happened_is_kept_and_asked_about(client, worker, case):
    response = client.post(f"/cases/{case.reference}/contacts", data={"note": "Missed the bus", "minutes": "soon"})

    assert response.status_code == 422
    assert "Select what happened." in response.text
    assert "Enter a number of minutes" in response.text
    assert "Missed the bus" in response.text
    assert goes_to_a_field(response.text)


FORMS = {
    "next-action": lambda: {"what": "Phone", **typed_date("on", in_two_weeks())},
    "hold": lambda: {"reason": "In hospital", **typed_date("review_on", in_two_weeks())},
    "goals": lambda: {"text": "Walk to the shop", "what": "Find shoes", "who": "Margaret", "confidence": "7"},
    "signposts": lambda: {"to": "Citizens Advice"},
    "close": lambda: {
        "reason": "completed_goals_met",
        "outcome": "She has company",
        "actions_for_gp": "Nothing",
        "no_measure_reason": "Not wanted",
    },
    "wellbeing/ons4": lambda: {"happy": "4"},
    "wellbeing/ucla3": lambda: {"companionship": "3", "left_out": "3", "isolated": "3"},
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_sent_empty_says_what_to_do(client, worker, case, form):
    response = client.post(f"/cases/{case.reference}/{form}", data={})

    assert response.status_code == 422
    assert "<title>Error: " in response.text
    assert goes_to_a_field(response.text)


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_filled_in_is_saved(client, worker, case, form):
    if form != "next-action":
        assert client.get(f"/cases/{case.reference}/{form}").status_code == 200

    response = client.post(f"/cases/{case.reference}/{form}", data=FORMS[form]())

    assert response.status_code == 303
    assert client.get(response.location).status_code == 200


def test_the_guard_says_what_is_missing_before_support_can_begin(client, worker):
    case = make.referral("assessing", link_worker=worker)

    response = client.post(f"/cases/{case.reference}/start_supporting")

    assert response.status_code == 422
    assert "Add at least one goal to the plan first." in response.text


def test_a_case_goes_from_allocated_to_closed_by_its_pages(client, worker):
    case = make.referral("allocated", link_worker=worker)
    there = f"/cases/{case.reference}"
    steps = [
        ("contacts", {"quick": "spoke_by_phone"}),
        ("start_assessing", {}),
        ("plan", {"matters": "Company", "agreed": "true", "agreed_with": "Margaret"}),
        ("goals", FORMS["goals"]()),
        ("start_supporting", {}),
        ("start_reviewing", {}),
        ("review", {"note": "Going well", **typed_date("review_on", in_two_weeks())}),
        ("hold", FORMS["hold"]()),
        ("resume_supporting", {}),
        ("wellbeing/ons4", FORMS["wellbeing/ons4"]()),
        ("close", FORMS["close"]()),
    ]

    for path, data in steps:
        assert client.post(f"{there}/{path}", data=data).status_code == 303, path

    letters = client.get(f"{there}/letters").text
    assert "What you need to do" in letters
    assert "The goals were met." in letters
    assert client.get(there).status_code == 200


@pytest.mark.parametrize("status", ["accepted", "allocated", "contacting", "reviewing", "on_hold", "closed"])
@pytest.mark.parametrize("page", ["", "/plan", "/onward", "/wellbeing", "/letters"])
def test_every_page_of_a_case_opens_in_every_status(client, worker, status, page):
    case = make.referral(status, link_worker=worker)

    assert client.get(f"/cases/{case.reference}{page}").status_code == 200


def test_a_closed_case_offers_nothing_more(client, worker):
    case = make.referral("closed", link_worker=worker)

    page = client.get(f"/cases/{case.reference}").text

    assert "Record a contact" not in page
    assert client.get(f"/cases/{case.reference}/close").status_code == 409
    assert client.post(f"/cases/{case.reference}/contacts", data={"quick": "no_answer"}).status_code == 409


def test_a_plan_that_somebody_else_saved_meanwhile_is_not_overwritten(client, worker, case):
    old = make.as_it_is(case).plan.version
    there = f"/cases/{case.reference}/plan"
    assert f'name="version" value="{old}"' in client.get(there).text

    first = client.post(there, data={"version": old, "matters": "Cards", "agreed": "true", "agreed_with": "Margaret"})
    second = client.post(there, data={"version": old, "matters": "Chess"})

    assert (first.status_code, second.status_code) == (303, 412)
    assert make.as_it_is(case).plan.matters == "Cards"


def test_how_far_a_goal_was_reached_is_saved_from_the_plan(client, worker, case):
    goal = case.plan.goals[0]

    response = client.post(f"/cases/{case.reference}/goals/{goal.id}", data={"achievement": "achieved"})

    assert response.status_code == 303
    assert make.as_it_is(case).plan.goals[0].achievement == "achieved"


def test_wellbeing_is_shown_in_words_with_its_change(client, worker, case):
    for satisfied in (3, 6):
        measures.record_measure(worker, case.reference, instrument="ons4", answers={"satisfied": satisfied})

    page = client.get(f"/cases/{case.reference}/wellbeing").text

    assert "Life satisfaction rose from 3 to 6 out of 10" in page
    assert "(medium)" in page


def test_a_group_is_asked_from_a_listing(client, worker, case):
    _, service = make.group()
    there = f"/cases/{case.reference}/onward/new"
    assert client.get(there).location == f"/find?case={case.reference}&need=loneliness_isolation"
    page = client.get(f"{there}?service_id={service.id}").text
    assert "Company at meals" in page

    empty = client.post(there, data={"service_id": str(service.id)})
    filled = {"service_id": str(service.id), "message": "Likes walks", "shared": "name", "consent_method": "in_person"}
    assert client.post(there, data=filled).status_code == 303

    assert empty.status_code == 422
    assert goes_to_a_field(empty.text)
    [asked] = make.as_it_is(case).onward
    assert (asked.message, asked.shared) == ("Likes walks", ["name"])


def test_a_listing_that_takes_no_referrals_leads_to_a_signpost(client, worker, case):
    _, service = make.group()
    service.referral_mode = "signpost_only"
    make.save(service)

    page = client.get(f"/cases/{case.reference}/onward/new?service_id={service.id}").text

    assert "This service takes people who contact it themselves." in page
    assert "Record that you gave them the details" in page


def test_what_a_group_said_by_phone_is_recorded(client, worker, case):
    asked = make.onward("sent", link_worker=worker, case=case)
    there = f"/cases/{case.reference}/onward"
    assert "The group said yes" in client.get(there).text

    assert client.get(f"{there}/{asked.id}/reject").status_code == 200
    empty = client.post(f"{there}/{asked.id}/reject", data={})
    assert client.post(f"{there}/{asked.id}/reject", data={"reason": "full"}).status_code == 303

    assert empty.status_code == 422
    assert "The group is full" in client.get(there).text


def test_a_colleague_reads_the_case_and_is_offered_nothing(client, case):
    client.sign_in(make.user(Role.LINK_WORKER))

    page = client.get(f"/cases/{case.reference}")

    assert page.status_code == 200
    assert "Record a contact" not in page.text
    assert client.post(f"/cases/{case.reference}/contacts", data={"quick": "no_answer"}).status_code == 403


@pytest.mark.parametrize("path", ["", "/plan", "/onward", "/wellbeing", "/letters", "/close", "/hold", "/goals"])
def test_another_teams_case_is_not_there(client, case, path):
    elsewhere = make.place(make.PlaceKind.PLACE_TEAM, "Coastal team")
    client.sign_in(make.user(Role.LINK_WORKER, at=elsewhere))

    assert client.get(f"/cases/{case.reference}{path}").status_code == 404


@pytest.mark.parametrize("role", [Role.REFERRER, Role.COORDINATOR, Role.EDITOR])
def test_cases_are_not_for_others(client, case, role):
    client.sign_in(make.user(role))

    assert client.get(f"/cases/{case.reference}").status_code == 403
    assert client.get("/caseload").status_code == 403
