"""What the practice that referred is shown: who it was, what was written to it, and what it may still take back."""

import re
from html import unescape

import pytest

from social_rx.referrals import closing, referring, triage
from social_rx.referrals.status import CancellationReason, RejectionReason
from social_rx.users import Role, actors_of
from tests import make

pytestmark = pytest.mark.usefixtures("app")
FLAT = {"address": "Flat 2, 14 Mill Lane", "postcode": "CV4 7AL"}
TYPED = {
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


@pytest.fixture
def enter(client):
    """Sign in as a new person of this role; whoever they are."""

    def enter(role):
        user = make.user(role)
        client.sign_in(user)
        [actor] = actors_of(user.id)
        return actor

    return enter


@pytest.fixture
def page(client):
    def page(path, status=200):
        answer = client.get(path)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    return page


@pytest.mark.parametrize(
    ("role", "root"), [(Role.LINK_WORKER, "cases"), (Role.COORDINATOR, "team"), (Role.REFERRER, "refer")]
)
def test_where_the_person_lives_is_shown_to_those_who_help_them(enter, page, role, root):
    enter(role)
    referral = make.referral("allocated", **FLAT)

    html = page(f"/{root}/{referral.reference}")

    assert "Lives at" in html and "Flat 2, 14 Mill Lane, CV4 7AL" in html


def test_reception_does_not_see_where_the_person_lives(enter, page):
    enter(Role.PRACTICE_ADMIN)
    referral = make.referral("allocated", **FLAT)

    assert "Mill Lane" not in page(f"/refer/{referral.reference}")


def test_nobody_says_for_a_person_that_it_is_safe_to_phone(enter, page):
    enter(Role.LINK_WORKER)
    silent, said = make.referral("allocated"), make.referral("allocated", safe_to_phone=False)

    assert "Nobody has asked whether it is safe to phone." in page(f"/cases/{silent.reference}")
    assert "Do not phone." in page(f"/cases/{said.reference}")


def test_the_form_asks_whether_it_is_safe_to_phone_and_keeps_the_answer(client, enter, page):
    enter(Role.REFERRER)

    checked = client.post("/refer/link-worker", data=TYPED | {"safe_to_phone": "no"}).location
    reference = checked.split("/")[2]
    html, form = page(checked), page(f"/refer/{reference}/edit")

    assert "Do not phone." in html
    assert re.search(r'<input[^>]*name="safe_to_phone"[^>]*value="no"[^>]*checked', form)
    client.post(f"/refer/{reference}/edit", data=TYPED)
    assert "Nobody has asked whether it is safe to phone." in page(checked)


@pytest.mark.parametrize("way", ["/check", "/cancel"])
def test_the_pages_of_a_draft_lead_to_deleting_it(enter, page, way):
    draft = make.referral("draft", referrer=enter(Role.REFERRER))

    html = page(f"/refer/{draft.reference}{way}")

    assert "Delete this draft" in html or f'href="/refer/{draft.reference}/check"' in html


def test_a_draft_is_deleted_from_the_list(client, enter, page):
    draft = make.referral("draft", referrer=enter(Role.REFERRER), given_name="Ada")
    assert f'action="/refer/{draft.reference}/discard"' in page("/refer/mine")

    answer = client.post(f"/refer/{draft.reference}/discard")

    assert answer.status_code == 303
    assert "Ada" not in page("/refer/mine?state=all")
    page(f"/refer/{draft.reference}", status=404)


def test_a_referral_that_was_sent_is_not_deleted(client, enter, page):
    sent = make.referral(referrer=enter(Role.REFERRER))

    assert client.post(f"/refer/{sent.reference}/discard").status_code == 409
    assert "discard" not in page("/refer/mine")


def test_who_sees_a_draft_is_said(enter, page):
    draft = make.referral("draft", referrer=enter(Role.REFERRER))

    assert "Only your practice sees this referral until you send it." in page(f"/refer/{draft.reference}")


@pytest.mark.parametrize("state", ["open", "finished", "all"])
def test_new_letters_come_first_whatever_is_listed(enter, page, state):
    gp = enter(Role.REFERRER)
    make.referral("closed", referrer=gp, given_name="Bela")
    make.referral(referrer=gp, given_name="Ada")

    html = page(f"/refer/mine?state={state}")

    assert "New letters" in html
    assert html.index("Bela Ellis") < html.index('aria-live="polite"')
    assert ">New</strong>" in html


def test_the_menu_counts_the_letters_nobody_has_read(client, enter, page):
    gp = enter(Role.REFERRER)
    closed = make.referral("closed", referrer=gp)
    make.referral("closed", referrer=make.actor(Role.REFERRER))

    before = page("/find")
    closing.read_letter(gp, closed.reference)

    assert 'My referrals (1<span class="nhsuk-u-visually-hidden"> new</span>)' in before
    assert "My referrals (" not in page("/find")


def test_who_waits_is_told_when_there_is_room_and_promised_nothing_else(enter, page):
    referral = make.referral("waitlisted", referrer=enter(Role.REFERRER))

    html = page(f"/refer/{referral.reference}")

    assert "We expect room by" in html and "Somebody should have spoken" not in html


def test_what_the_hub_wrote_stands_under_its_name(enter, page):
    referral = make.referral(referrer=enter(Role.REFERRER))
    hub = make.actor(Role.COORDINATOR)
    triage.reject_referral(hub, referral.reference, reason=RejectionReason.OUT_OF_AREA, note="Try Rugby.")

    html = page(f"/refer/{referral.reference}")

    assert "What the hub wrote" in html and "Try Rugby." in html and "What changed" not in html


def test_reception_reads_its_own_note_and_nobody_elses(enter, page):
    me, gp = enter(Role.PRACTICE_ADMIN), make.actor(Role.REFERRER)
    mine, theirs = make.referral(), make.referral()
    reason = CancellationReason.PATIENT_CHANGED_MIND
    referring.cancel_referral(me, mine.reference, reason=reason, note="She rang us.")
    referring.cancel_referral(gp, theirs.reference, reason=reason, note="Said in confidence.")

    assert "She rang us." in page(f"/refer/{mine.reference}")
    assert "Said in confidence." not in page(f"/refer/{theirs.reference}")


def test_an_interpreter_is_for_a_language_with_a_name(enter, page):
    worker = enter(Role.LINK_WORKER)
    referral = make.referral("allocated", link_worker=worker, interpreter=True, language="ur")

    assert "Needed (Urdu)" in page(f"/cases/{referral.reference}")


def test_the_nhs_keeps_its_capitals(enter, page):
    draft = make.referral("draft", referrer=enter(Role.REFERRER))

    html = page(f"/refer/{draft.reference}/check")

    assert "Change<span" in html and "nhs number" not in html


def test_a_case_searches_by_its_needs_and_its_district_alone(enter, page):
    case = make.referral("supporting", link_worker=enter(Role.LINK_WORKER), **FLAT)

    html = page(f"/cases/{case.reference}")

    assert f"/find?case={case.reference}&near=CV4&need=loneliness_isolation" in html
    assert "7AL" not in " ".join(re.findall(r'href="([^"]*)"', html))


def test_nothing_of_a_person_is_shared_unless_it_is_ticked(enter, page):
    case = make.referral("supporting", link_worker=enter(Role.LINK_WORKER))
    _, service = make.group()

    html = page(f"/cases/{case.reference}/onward/new?service_id={service.id}")

    assert not re.search(r'name="shared"[^>]*checked', html)
    assert "their age in tens, their needs and your message" in html


def test_what_a_group_sees_first_is_said_to_everybody(page):
    html = " ".join(page("/privacy").split())

    assert "your first name, the first letter of your family name, your age in tens" in html
    assert "When the group says yes, it also sees what you agreed to share" in html


def test_whether_the_plan_is_agreed_is_no_option(enter, page):
    case = make.referral("assessing", link_worker=enter(Role.LINK_WORKER))

    html = page(f"/cases/{case.reference}/plan")

    assert "Is the plan agreed?" in html and "Is the plan agreed? (optional)" not in html


def test_a_group_reads_a_need_with_its_capitals(client, page):
    friends = make.organisation("Castle Ward Friends")
    worker = make.actor(Role.LINK_WORKER)
    case = make.referral("supporting", link_worker=worker, needs=["language_migration", "loneliness_isolation"])
    make.onward(link_worker=worker, case=case, service=make.service("Lunch", organisation=friends))
    client.sign_in(make.user(Role.PROVIDER, organisation=friends))

    assert "language and settling in the UK, loneliness and isolation." in page("/inbox")


@pytest.mark.parametrize("role", Role)
def test_everybody_has_a_page_of_their_own_account(client, page, role):
    group = make.organisation() if role in {Role.PROVIDER, Role.PROVIDER_MANAGER} else None
    user = make.user(role, organisation=group, name="Ama Boateng")
    client.sign_in(user)

    html = page("/account")

    for words in ("Your account", "Ama Boateng", user.email, 'href="/password/change"', 'href="/api/v1/"'):
        assert words in html


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR, Role.COMMISSIONER])
def test_who_has_no_pages_of_work_begins_at_their_account(client, enter, page, role):
    enter(role)

    assert client.get("/").location == "/account"
    assert re.findall(r'navigation-link" href="([^"]*)"', page("/account")) == ["/account", "/find"]
