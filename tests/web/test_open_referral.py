"""The open feed: what everyone may read, in the envelope and with the headers that other systems rely on."""

import contextvars
import gzip
import json
from uuid import uuid4

import pytest

from social_rx.db import db
from social_rx.directory.changes import note_change
from social_rx.directory.models import ContactPerson, Language, Phone
from social_rx.directory.open_referral import selecting
from social_rx.directory.status import ListingStatus
from tests import make
from tests.support import recorded_queries

BASE = "/oruk/v3"
LISTS = ["services", "service_at_locations", "organizations", "taxonomies", "taxonomy_terms"]


@pytest.fixture
def ask(client):
    def ask(path, status=200, **headers):
        answer = client.get(BASE + path, headers=headers)
        assert answer.status_code == status, answer.text
        return answer

    return ask


def full_service(**changes):
    service = make.service(
        "Lunch club",
        needs=("loneliness_isolation",),
        supports=("lunch_club",),
        access=("step_free",),
        sessions=({"byday": "TU"},),
        price=3.5,
        minimum_age=0,
        website="https://example.org",
        **changes,
    )
    with db.session.no_autoflush:
        db.session.add(Language(service_id=service.id, code="pa"))
        db.session.add(Phone(service_id=service.id, number="024 7655 0100"))
        db.session.add(Phone(organisation_id=service.organisation_id, number="024 7655 0101"))
        contact = ContactPerson(service_id=service.id, name="Front desk", email="desk@example.org")
        contact.phones = [Phone(number="024 7655 0102")]
        db.session.add(contact)
    db.session.commit()
    return service


def lines_of(client, path):
    """Every line of a stream, read in the context in which a server would read it."""
    db.session.commit()
    answer = contextvars.Context().run(client.get, BASE + path, buffered=True)
    return answer, [json.loads(line) for line in answer.text.splitlines()]


@pytest.mark.parametrize("path", ["", "/"])
def test_the_feed_says_which_standard_it_keeps_and_where_it_is_described(app, ask, path):
    said = ask(path).json

    assert said["version"] == "HSDS-UK-3.0"
    assert said["openapi_url"] == f"{app.config['BASE_URL']}/oruk/v3/openapi.json"


def test_a_service_is_told_with_all_that_hangs_on_it_and_its_numbers_to_phone(ask):
    service = full_service()

    said = ask(f"/services/{service.id}").json

    assert (said["name"], said["status"], said["minimum_age"]) == ("Lunch club", "active", 0)
    assert said["organization_id"] == said["organization"]["id"] == str(service.organisation_id)
    assert said["phones"][0]["number"] == "024 7655 0100"
    assert said["organization"]["phones"][0]["number"] == "024 7655 0101"
    assert said["contacts"][0]["email"] == "desk@example.org"
    assert said["contacts"][0]["phones"][0]["number"] == "024 7655 0102"
    assert (said["languages"][0]["name"], said["languages"][0]["code"]) == ("Punjabi", "pa")
    assert said["cost_options"][0]["amount"] == 3.5
    assert said["schedules"][0]["byday"] == "TU"
    [at] = said["service_at_locations"]
    assert at["location"]["addresses"][0]["postal_code"] == "CV1 2AB"
    assert at["location"]["accessibility"][0]["accessibility"] == "Step-free"
    assert {one["taxonomy_term"]["code"] for one in said["attributes"]} == {"loneliness_isolation", "lunch_club"}


def test_without_extensions_nothing_is_said_that_the_uk_profile_does_not_know(app, ask):
    service = full_service()
    app.config["ORUK_EXTENSIONS"] = False

    try:
        said = ask(f"/services/{service.id}").text
    finally:
        app.config["ORUK_EXTENSIONS"] = True

    for word in ("phones", "0100", "desk@", "application_process", "currency", '"code"'):
        assert word not in said


@pytest.mark.parametrize("status", [one for one in ListingStatus if one != ListingStatus.ACTIVE])
def test_what_is_not_active_is_nowhere_in_the_feed(ask, status):
    service = make.service("Hidden group", status=status)
    [at] = service.at_locations

    assert [ask(f"/{name}").json["total_items"] for name in LISTS[:3]] == [0, 0, 0]
    ask(f"/services/{service.id}", 404)
    ask(f"/service_at_locations/{at.id}", 404)
    ask(f"/organizations/{service.organisation_id}", 404)


@pytest.mark.parametrize("total", [0, 1, 19, 20, 21, 45])
def test_pages_hold_twenty_and_tell_which_of_them_is_the_first_and_the_last(ask, total):
    owner = make.organisation()
    for number in range(total):
        make.service(f"Group {number}", organisation=owner, latitude=None)

    pages = [ask(f"/services?page={page}").json for page in range(1, -(-total // 20) + 1)]

    assert [page["total_items"] for page in pages] == [total] * len(pages)
    assert [page["size"] for page in pages] == [len(page["contents"]) for page in pages]
    assert [page["first_page"] for page in pages] == [page["page_number"] == 1 for page in pages]
    assert [page["last_page"] for page in pages] == [page["page_number"] == page["total_pages"] for page in pages]
    ids = [one["id"] for page in pages for one in page["contents"]]
    assert len(set(ids)) == len(ids) == total


def test_a_page_after_the_last_is_empty_and_says_so(ask):
    make.service()

    said = ask("/services?page=7").json

    assert (said["empty"], said["size"], said["contents"], said["last_page"]) == (True, 0, [], True)


@pytest.mark.parametrize("spelling", ["per_page", "perPage"])
def test_the_length_of_a_page_may_be_asked_for_in_both_spellings(ask, spelling):
    for _ in range(3):
        make.service()

    assert ask(f"/services?{spelling}=2").json["size"] == 2


@pytest.mark.parametrize("asked", ["page=0", "per_page=0", "per_page=1001", "page=two", "day=someday", "format=xml"])
def test_a_question_that_cannot_be_read_is_refused_with_what_to_do(ask, asked):
    answer = ask(f"/services?{asked}", 422)

    assert answer.mimetype == "application/problem+json"
    assert next(iter(answer.json["errors"].values()))[0].startswith("Enter")


@pytest.mark.parametrize("path", ["/services", "/services/1", "/nothing", "/services?page=x", "/openapi.json"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
def test_pages_of_every_other_site_may_read_every_answer_and_every_refusal(client, method, path):
    answer = client.open(BASE + path, method=method, headers={"Origin": "https://elsewhere.example"})

    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Set-Cookie" not in answer.headers


def test_an_address_that_does_not_exist_is_refused_as_problem_json(ask):
    for path in ("/nothing", "/services/1", f"/services/{uuid4()}", f"/taxonomy_terms/{uuid4()}"):
        answer = ask(path, 404)
        assert (answer.mimetype, answer.json["status"]) == ("application/problem+json", 404)


def test_a_fault_of_ours_can_be_read_by_other_sites_too(monkeypatch, ask):
    monkeypatch.setattr(selecting, "services", lambda asked: 1 / 0)

    answer = ask("/services", 500)

    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_page_of_another_site_may_first_ask_whether_it_may(client):
    answer = client.options(f"{BASE}/services", headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 200
    assert "GET" in answer.headers["Access-Control-Allow-Methods"]


def test_other_pages_of_ours_stay_closed_to_other_sites(client):
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/needs").headers


@pytest.mark.parametrize("name", LISTS)
def test_what_has_not_changed_is_not_sent_again(ask, name):
    make.service(needs=("debt",))
    first = ask(f"/{name}")
    path = f"/{name}/{first.json['contents'][0]['id']}"

    for address in (f"/{name}", path):
        tag = ask(address).headers["ETag"]
        again = ask(address, 304, **{"If-None-Match": tag})
        assert again.data == b""
        assert again.headers["Access-Control-Allow-Origin"] == "*"


def test_a_service_says_when_it_changed_and_is_not_sent_again_before_the_next_change(ask):
    service = make.service()
    since = ask(f"/services/{service.id}").headers["Last-Modified"]

    ask(f"/services/{service.id}", 304, **{"If-Modified-Since": since})
    ask("/services", 304, **{"If-Modified-Since": ask("/services").headers["Last-Modified"]})
    ask(f"/services/{service.id}", 200, **{"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"})


def test_a_change_is_in_the_very_next_answer(ask):
    service = make.service("Walking group")
    before = [ask(path).text for path in ("/services", "/services?full=true", f"/services/{service.id}")]

    service.name = "Rambling group"
    note_change(service.id)
    db.session.commit()

    after = [ask(path).text for path in ("/services", "/services?full=true", f"/services/{service.id}")]
    assert all("Walking group" in text for text in before)
    assert all("Rambling group" in text and "Walking group" not in text for text in after)


def test_a_telephone_number_that_changed_is_in_the_very_next_answer(ask):
    service = full_service()
    ask(f"/services/{service.id}")

    db.session.add(Phone(service_id=service.id, number="024 7655 0199"))
    note_change(service.id)
    db.session.commit()

    assert "024 7655 0199" in ask(f"/services/{service.id}").text


def test_whoever_can_unpack_gets_fewer_bytes_of_the_same(ask):
    for _ in range(5):
        make.service(description="Company. " * 50)
    plain, packed = ask("/services"), ask("/services", **{"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < len(plain.data) / 2
    assert gzip.decompress(packed.data) == plain.data
    assert "Accept-Encoding" in packed.headers["Vary"]


@pytest.mark.parametrize("name", ["services", "service_at_locations", "organizations"])
def test_all_there_is_comes_as_one_record_on_a_line(client, ask, name):
    for number in range(25):
        make.service(f"Group {number}", needs=("debt",))

    answer, lines = lines_of(client, f"/{name}?format=ndjson")

    assert answer.mimetype == "application/x-ndjson"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert lines == [ask(f"/{name}/{one['id']}").json for one in lines]
    assert len({one["id"] for one in lines}) == 25


def test_a_stream_can_be_packed_too(client):
    make.service()
    db.session.commit()

    answer = contextvars.Context().run(
        client.get, f"{BASE}/services?format=ndjson", headers={"Accept-Encoding": "gzip"}, buffered=True
    )

    assert json.loads(gzip.decompress(answer.data))["name"] == "Walking group"


@pytest.mark.parametrize(
    "path", ["/services", "/services?full=true", "/service_at_locations?full=true", "/organizations?full_service=true"]
)
def test_a_longer_list_asks_the_database_no_more_often(ask, path):
    def counted():
        with recorded_queries() as asked:
            ask(f"{path}{'&' if '?' in path else '?'}nothing={uuid4()}")  # asked anew: nothing of it has been kept
        return len(asked)

    for _ in range(2):
        full_service()
    few = counted()
    for _ in range(8):
        full_service()

    assert counted() == few
