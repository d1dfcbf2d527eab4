"""How a practice refers over the pages, and what it hears afterwards."""

import re
from html import unescape

import pytest
from sqlalchemy import select

from social_rx import events, users
from social_rx.db import db
from social_rx.places import PlaceKind
from social_rx.referrals import closing
from social_rx.referrals.models import Referral
from social_rx.users import Role
from tests import make
from tests.support import recorded_queries

BANNER = "ELLIS, Margaret (Mrs)  Born 27-Mar-1954 (72y)  Gender Female  NHS No. 999 000 0018  Mobile 07700 900982"
BORN = {"date_of_birth-day": "27", "date_of_birth-month": "3", "date_of_birth-year": "1954"}
TYPED = {
    "given_name": "Margaret",
    "family_name": "Ellis",
    "nhs_number": "999 000 0018",
    "phone": "07700 900982",
    "needs": ["loneliness_isolation"],
    "reason": "Lives alone since her husband died.",
    "risk": "no_known_risks",
    "consent": "in_person",
} | BORN


@pytest.fixture
def gp(app):
    return make.user(Role.REFERRER)


@pytest.fixture
def signed_in(client, gp):
    return client.sign_in(gp)


@pytest.fixture
def page(client):
    def page(path, status=200):
        answer = client.get(path)
        assert answer.status_code == status, answer.text
        return unescape(answer.text)

    return page


@pytest.fixture
def post(client):
    """Send a form; the answer, once its status is what it should be."""

    def post(path, form=(), status=303):
        answer = client.post(path, data=form)
        assert answer.status_code == status, answer.text
        return answer

    return post


def as_actor(user):
    [actor] = users.actors_of(user.id)
    return actor


def only_referral():
    [reference] = db.session.scalars(select(Referral.reference))
    return make.as_it_is(db.session.scalar(select(Referral).where(Referral.reference == reference)))


def test_a_gp_refers_from_form_to_check_to_sent(signed_in, page, post):
    service = make.service("Lunch club")

    checked = post(f"/services/{service.id}/refer", TYPED).location
    html = page(checked)
    sent = post(re.search(r'action="(/refer/[^"]*/send)"', html).group(1)).location
    thanks = page(sent)

    referral = only_referral()
    assert (referral.status, referral.service_name) == ("received", "Lunch club")
    for words in ("Margaret Ellis", "27 March 1954", "999 000 0018", "Lives alone since her husband died."):
        assert words in html
    assert referral.reference in thanks
    assert "Referral to social prescribing service (871731000000106)" in thanks


def test_a_referral_may_go_to_a_link_worker_alone(signed_in, page, post):
    html = page(post("/refer/link-worker", TYPED).location)

    assert only_referral().service_id is None
    assert "A link worker" in html


def test_the_search_fills_in_the_reason_and_the_needs(signed_in, page):
    html = page("/refer/link-worker?q=lonely+since+wife+died")

    ticked = re.findall(r'<input[^>]*name="needs"[^>]*value="([a-z_]+)"[^>]*checked', html)
    assert set(ticked) == {"loneliness_isolation", "bereavement"}
    assert "lonely since wife died</textarea>" in html


@pytest.mark.parametrize("name", ["risk", "consent"])
def test_risk_and_consent_are_never_answered_beforehand(signed_in, page, name):
    html = page("/refer/link-worker?q=lonely")

    assert not re.search(rf'<input[^>]*name="{name}"[^>]*checked', html)


def test_a_pasted_banner_fills_what_nobody_typed(signed_in, post):
    rest = {name: TYPED[name] for name in ("needs", "reason", "risk", "consent")}

    post("/refer/link-worker", rest | {"banner": BANNER, "family_name": "Ellis-Jones"})

    person = only_referral().person
    assert (person.given_name, person.family_name, person.nhs_number) == ("Margaret", "Ellis-Jones", "9990000018")
    assert (person.date_of_birth.isoformat(), person.phone) == ("1954-03-27", "07700 900982")


def test_a_banner_that_fills_the_boxes_is_shown_in_them_when_something_else_is_missing(signed_in, post):
    html = post("/refer/link-worker", {"banner": BANNER}, status=422).text

    for value in ("Margaret", "Ellis", "27", "1954", "999 000 0018"):
        assert f'value="{value}"' in html


def test_a_banner_that_cannot_be_read_is_said(signed_in, post):
    html = post("/refer/link-worker", {"banner": "see attached"}, status=422).text

    assert "Paste the whole patient banner, or type the details below." in html


def test_an_empty_form_names_every_answer_that_is_missing(signed_in, post):
    html = unescape(post("/refer/link-worker", {"date_of_birth-day": ""}, status=422).text)

    links = re.findall(r'href="#([\w-]+)"', html.split("There is a problem")[1].split("</ul>")[0])
    required = [
        "nhs_number",
        "phone",
        "given_name",
        "family_name",
        "date_of_birth-day",
        "needs",
        "reason",
        "risk",
        "consent",
    ]
    assert links == required
    assert all(f'id="{link}"' in html for link in links)
    assert "<title>Error: " in html


def test_what_was_typed_is_kept_when_something_is_wrong(signed_in, post):
    html = post(
        "/refer/link-worker", TYPED | {"nhs_number": "999 000 0019", "date_of_birth-year": "2090"}, status=422
    ).text

    assert "Check the NHS number" in html and "Date of birth must be in the past" in html
    for value in ('value="999 000 0019"', 'value="2090"', "Lives alone since her husband died.</textarea>"):
        assert value in html


def test_a_patient_who_says_no_is_not_referred(signed_in, post):
    html = post("/refer/link-worker", TYPED | {"consent": "refused"}, status=422).text

    assert "The patient must agree" in html
    assert db.session.scalars(select(Referral)).all() == []


def test_a_draft_is_changed_before_it_is_sent(signed_in, page, post):
    reference = post("/refer/link-worker", TYPED | {"address": "1 Mill Lane", "interpreter": "yes"}).location.split(
        "/"
    )[2]

    form = page(f"/refer/{reference}/edit")
    changed = {name: value for name, value in TYPED.items() if name != "phone"} | {"reason": "Sleeps badly."}
    post(f"/refer/{reference}/edit", changed | {"address": "2 Mill Lane"})

    referral = only_referral()
    assert "Lives alone since her husband died.</textarea>" in form and 'value="1 Mill Lane"' in form
    assert (referral.reason, referral.person.address) == ("Sleeps badly.", "2 Mill Lane")
    assert (referral.person.phone, referral.person.interpreter) == (None, False)


def test_a_new_referral_does_not_forget_what_the_record_says_of_the_person(signed_in, post):
    known = make.referral("closed", nhs_number="9990000018", date_of_birth="1954-03-27", safe_to_phone=False)

    reference = post("/refer/link-worker", TYPED | {"phone": "07700 900999"}).location.split("/")[2]
    post(f"/refer/{reference}/send")

    person = make.as_it_is(known).person
    assert (person.safe_to_phone, person.phone) == (False, "07700 900999")


def test_a_second_open_referral_is_sent_only_when_somebody_says_so(signed_in, page, post):
    first = post("/refer/link-worker", TYPED).location.split("/")[2]
    post(f"/refer/{first}/send")
    second = post("/refer/link-worker", TYPED).location.split("/")[2]

    stopped = unescape(post(f"/refer/{second}/send", status=409).text)
    post(f"/refer/{second}/send", {"even_if_open": "true"})

    assert "Margaret Ellis already has an open referral" in stopped and first in stopped
    assert "Referral sent" in page(f"/refer/{second}/sent")


def test_an_open_referral_of_another_practice_is_told_of_but_not_shown(signed_in, client, post):
    elsewhere = make.place(PlaceKind.PRACTICE, "Another surgery", make.tree()[PlaceKind.PLACE_TEAM])
    other = make.referral(
        referrer=make.actor(Role.REFERRER, at=elsewhere), nhs_number="9990000018", date_of_birth="1954-03-27"
    )
    mine = post("/refer/link-worker", TYPED).location.split("/")[2]

    html = post(f"/refer/{mine}/send", status=409).text

    assert "Another practice sent it" in html and other.reference not in html


def test_sending_twice_is_harmless(signed_in, page, post, gp):
    reference = post("/refer/link-worker", TYPED).location.split("/")[2]
    post(f"/refer/{reference}/send")

    again = page(post(f"/refer/{reference}/send").location)

    assert "You have already sent this referral." in again
    names = [event.name for event in events.timeline(only_referral())]
    assert names.count("referral.submitted") == 1


def test_a_draft_is_never_shown_as_sent(signed_in, client, gp):
    draft = make.referral("draft", referrer=as_actor(gp))

    assert client.get(f"/refer/{draft.reference}/sent").location == f"/refer/{draft.reference}/check"


def test_my_referrals_say_what_has_happened_and_where_news_waits(signed_in, page, gp):
    make.referral("supporting", referrer=as_actor(gp), given_name="Ada")
    closed = make.referral("closed", referrer=as_actor(gp), given_name="Bela")

    told, finished = page("/refer/mine"), page("/refer/mine?state=finished")
    closing.read_letter(as_actor(gp), closed.reference)
    opened = page("/refer/mine")

    assert told.index("Bela Ellis") < told.index("Ada Ellis")
    assert "Ada Ellis" in opened and "Getting support" in opened and "Bela" not in opened
    assert "Bela Ellis" in finished and "The goals were met" in finished and ">New</strong>" in finished


def test_a_colleagues_referral_is_under_my_practice(signed_in, page):
    make.referral(referrer=make.actor(Role.REFERRER), given_name="Ada")

    assert "Ada" not in page("/refer/mine")
    assert "Ada Ellis" in page("/refer/mine?whose=practice")


def test_a_long_list_of_referrals_is_cut_into_pages(signed_in, page, gp):
    for number in range(21):
        make.referral("draft", referrer=as_actor(gp), given_name=f"Ada {number}")

    assert page("/refer/mine").count("<td") == 20 * 4
    assert page("/refer/mine?page=2").count("<td") == 4


def test_a_longer_list_of_referrals_asks_the_database_no_more_questions(signed_in, client, gp):
    def asked():
        with recorded_queries() as statements:
            client.get("/refer/mine?state=all")
        return len(statements)

    make.referral("closed", referrer=as_actor(gp))
    few = asked()
    for _ in range(4):
        make.referral("closed", referrer=as_actor(gp))

    assert asked() == few


def test_the_gp_reads_the_letter_and_says_so(signed_in, page, post, gp):
    referral = make.referral("closed", referrer=as_actor(gp))

    html = page(f"/refer/{referral.reference}")
    post(f"/refer/{referral.reference}/read")

    for words in ("What you need to do", "She has company", "Closed: The goals were met", "Given to a link worker"):
        assert words in html
    after = page(f"/refer/{referral.reference}")
    assert "Mark as read" in html and "Mark as read" not in after
    assert ">New</strong>" not in page("/refer/mine?state=finished")


def test_opening_the_page_does_not_mark_the_letter_as_read(signed_in, page, gp):
    referral = make.referral("closed", referrer=as_actor(gp))

    page(f"/refer/{referral.reference}")

    assert all(message.read_at is None for message in make.as_it_is(referral).messages)


def test_a_referral_is_cancelled_with_a_reason(signed_in, page, post, gp):
    referral = make.referral(referrer=as_actor(gp))

    wrong = post(f"/refer/{referral.reference}/cancel", status=422).text
    post(f"/refer/{referral.reference}/cancel", {"reason": "patient_changed_mind"})

    assert "Select why you are cancelling" in wrong
    assert "Cancelled: The person changed their mind" in page(f"/refer/{referral.reference}")


def test_a_referral_with_a_link_worker_can_no_longer_be_cancelled(signed_in, page, gp):
    referral = make.referral("contacting", referrer=as_actor(gp))

    assert "cannot be cancelled any more" in page(f"/refer/{referral.reference}/cancel")


def test_reception_sees_neither_the_reason_nor_the_letter(client, page, gp):
    referral = make.referral("closed", referrer=as_actor(gp), reason="A secret of hers.")
    client.sign_in(make.user(Role.PRACTICE_ADMIN))

    html = page(f"/refer/{referral.reference}") + page("/refer/mine?whose=practice&state=finished")

    assert "Margaret Ellis" in html
    for hidden in ("A secret of hers.", "She has company", ">New</strong>", "New letters", "Mark as read"):
        assert hidden not in html
    assert client.post(f"/refer/{referral.reference}/read").status_code == 403


def test_reception_may_write_a_referral_and_cannot_read_a_clinicians_draft(client, page, post, gp):
    theirs = make.referral("draft", referrer=as_actor(gp), reason="A secret of hers.")
    client.sign_in(make.user(Role.PRACTICE_ADMIN))

    mine = page(post("/refer/link-worker", TYPED).location)

    assert "Lives alone since her husband died." in mine
    assert "A secret of hers." not in page(f"/refer/{theirs.reference}/check")
    assert "A secret of hers." not in page(f"/refer/{theirs.reference}/edit", status=403)


PAGES = ["", "/check", "/edit", "/sent", "/cancel"]


@pytest.mark.parametrize("path", PAGES)
def test_another_practices_referral_is_not_there(signed_in, page, path):
    elsewhere = make.place(PlaceKind.PRACTICE, "Another surgery", make.tree()[PlaceKind.PLACE_TEAM])
    other = make.referral(referrer=make.actor(Role.REFERRER, at=elsewhere))

    assert "Margaret" not in page(f"/refer/{other.reference}{path}", status=404)


@pytest.mark.parametrize("role", [Role.LINK_WORKER, Role.COORDINATOR, Role.PROVIDER, Role.EDITOR])
def test_only_a_practice_refers(client, page, role):
    service = make.service()
    client.sign_in(make.user(role, organisation=make.organisation() if role == Role.PROVIDER else None))

    for path in ("/refer/mine", "/refer/link-worker", f"/services/{service.id}/refer"):
        page(path, status=403)


def test_the_public_is_asked_to_sign_in(client):
    assert client.get("/refer/mine").location.startswith("/sign-in")


def test_a_service_that_is_paused_cannot_be_referred_to(signed_in, page):
    service = make.service("Lunch club", status="paused")

    assert "not taking anyone" in page(f"/services/{service.id}/refer", status=410)


def test_a_service_people_contact_themselves_offers_the_link_worker(signed_in, page, post):
    service = make.service("Park walk", referral_mode="self_refer")

    html = page(f"/services/{service.id}/refer")

    assert "people who contact it themselves" in html and "/refer/link-worker" in html
    assert '<form method="post" novalidate>' not in html
    post(f"/services/{service.id}/refer", TYPED, status=422)


def test_no_address_of_these_pages_names_anybody(signed_in, post, page):
    locations = [post("/refer/link-worker", TYPED).location]
    locations += re.findall(r'href="([^"]*)"', page(locations[0]))

    assert not [one for one in locations if "Ellis" in one or "999" in one]
