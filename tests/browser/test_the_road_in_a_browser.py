"""The main road through the pages, in a real Chromium: with JavaScript and without."""

import re

import pytest

from social_rx.directory.changes import note_change
from social_rx.directory.models import Outcode
from social_rx.users import Role
from tests import make
from tests.browser.conftest import hashed_password


@pytest.fixture(scope="module")
def cast(world):
    """A practice, a hub, a link worker and a lunch club near CV1, all of whom can sign in."""
    make.save(Outcode(outcode="CV1", latitude=52.408, longitude=-1.51, postcodes=1))
    group = make.organisation("Canalside Friends")
    club = make.service(
        "Tuesday lunch club",
        organisation=group,
        summary="Hot lunch and company for people who live alone.",
        needs=("loneliness_isolation", "bereavement"),
        supports=("lunch_club",),
    )
    note_change(club.id)
    make.db.session.commit()
    password = hashed_password()
    accounts = {
        "gp": make.user(Role.REFERRER, name="Dr Ama Boateng", password=password),
        "hub": make.user(Role.COORDINATOR, name="Farah Khan", password=password),
        "worker": make.user(Role.LINK_WORKER, name="Jas Kalsi", password=password),
        "group": make.user(Role.PROVIDER, organisation=group, name="Jean Wells", password=password),
    }
    for account in accounts.values():
        make.db.session.expunge(account)
    return accounts


def a_gp_finds_and_refers(gp, nhs_number, family_name):
    gp.go("/find")
    gp.page.locator("[name=q]").fill("lonely since her husband died")
    gp.page.locator("[name=near]").fill("CV1 2AB")
    gp.press("Search")
    assert "Tuesday lunch club" in gp.page.content()
    gp.click(gp.page.locator("main a[href*='/refer'][href*='/services/']"))
    gp.page.locator("[name=nhs_number]").fill(nhs_number)
    gp.page.locator("[name=given_name]").fill("Margaret")
    gp.page.locator("[name=family_name]").fill(family_name)
    gp.page.locator("[name=phone]").fill("07700 900982")
    for part, value in (("day", "27"), ("month", "3"), ("year", "1949")):
        gp.page.locator(f"[name=date_of_birth-{part}]").fill(value)
    assert gp.page.get_by_label("Bereavement", exact=True).is_checked()
    gp.page.get_by_label("No risks are known").check()
    gp.page.get_by_label("Yes, in person").check()
    gp.press("Continue")
    assert gp.heading == "Check and send this referral"
    assert f"Margaret {family_name}" in gp.page.inner_text("main")
    gp.press("Send referral")
    return re.search(r"/refer/([0-9A-Z-]+)", gp.page.url)[1]


def the_hub_gives_it_to_a_link_worker(hub, reference):
    hub.go(f"/team/{reference}")
    hub.press("Accept")
    hub.page.locator("[name=link_worker_id]").select_option(index=1)
    hub.click(hub.page.locator("form[action$=allocate] button"))


def a_link_worker_makes_a_plan(worker, reference):
    worker.go(f"/cases/{reference}")
    worker.press("No answer")
    worker.press("Spoke by phone")
    worker.press("Start finding out what matters")
    worker.go(f"/cases/{reference}/wellbeing/ons4")
    for item, value in (("satisfied", 3), ("worthwhile", 4), ("happy", 3), ("anxious", 7)):
        worker.page.locator(f"[name={item}][value='{value}']").check()
    worker.press("Save the answers")
    worker.go(f"/cases/{reference}/plan")
    worker.page.locator("[name=matters]").fill("Eating with other people again.")
    worker.page.locator("[name=agreed][value=true]").check()
    worker.page.locator("[name=agreed_with]").fill("Margaret")
    worker.press("Save the plan")
    worker.follow("Add a goal")
    worker.page.locator("[name=text]").fill("Eat out once a week")
    worker.press("Add the goal")
    worker.go(f"/cases/{reference}")
    worker.press("Start acting on the plan")


def the_link_worker_asks_the_group(worker, reference):
    worker.go(f"/find?case={reference}&q=lunch")
    worker.click(worker.page.locator("main a[href*='/onward/new']"))
    worker.page.get_by_label("Full name").check()
    worker.page.get_by_label("Phone number").check()
    worker.page.locator("[name=consent_method][value=in_person]").check()
    worker.press("Ask the group")


def the_group_answers_from_a_phone(group):
    group.go("/inbox")
    group.click(group.page.locator("main a[href^='/inbox/']"))
    assert "Margaret E" in group.page.inner_text("main")
    assert "07700 900982" not in group.page.content()
    group.press("Yes, we can help")
    assert "07700 900982" in group.page.content()
    group.press("Yes, they started")
    group.press("They have finished")


def the_link_worker_closes(worker, reference):
    worker.go(f"/cases/{reference}/close")
    worker.page.locator("[name=reason][value=completed_goals_met]").check()
    worker.page.locator("[name=outcome]").fill("She goes every Tuesday and has made two friends.")
    worker.press("Close the case and tell the practice")


@pytest.mark.parametrize(
    ("javascript", "nhs_number", "family_name"),
    [(True, "9990000018", "Ellis"), (False, "9990000026", "Everett")],
    ids=["with JavaScript", "without JavaScript"],
)
def test_a_referral_goes_the_whole_way_through_the_pages(visit, cast, javascript, nhs_number, family_name):
    options = {"java_script_enabled": javascript}
    gp, hub, worker = (visit(cast[name], **options) for name in ("gp", "hub", "worker"))
    group = visit(cast["group"], width=360, **options)

    reference = a_gp_finds_and_refers(gp, nhs_number, family_name)
    the_hub_gives_it_to_a_link_worker(hub, reference)
    a_link_worker_makes_a_plan(worker, reference)
    the_link_worker_asks_the_group(worker, reference)
    the_group_answers_from_a_phone(group)
    the_link_worker_closes(worker, reference)

    gp.go(f"/refer/{reference}")
    letter = gp.page.inner_text("main")
    assert "She goes every Tuesday and has made two friends." in letter
    assert letter.index("What you need to do") < letter.index("Why you referred")


def test_no_page_scrolls_sideways_on_a_small_phone(visit, cast):
    public, worker = visit(width=320), visit(cast["worker"], width=320)

    paths = [(public, path) for path in ("/", "/find?q=lonely", "/sign-in", "/accessibility", "/privacy")]
    paths += [(worker, path) for path in ("/caseload", "/team")]

    for person, path in paths:
        page = person.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
