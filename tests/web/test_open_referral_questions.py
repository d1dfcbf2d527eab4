"""The questions of the standard: each finds what it should, and all of them combine."""

import contextvars
import json
from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest

from social_rx.db import db
from social_rx.directory.models import Outcode, Postcode, Schedule, ServiceArea
from tests import make

BASE = "/oruk/v3"
NEAR, FAR = (52.408, -1.51), (52.3, -1.6)  # twelve kilometres and more apart


@pytest.fixture
def names(client):
    """The names of the services found, in order."""

    def names(question, path="services"):
        answer = client.get(f"{BASE}/{path}?{question}")
        assert answer.status_code == 200, answer.text
        found = answer.json["contents"]
        assert answer.json["total_items"] == len(found)
        return [one.get("service", one)["name"] for one in found]

    return names


@pytest.fixture
def coventry(app):
    make.save(Postcode(postcode="CV12AB", latitude=NEAR[0], longitude=NEAR[1]))
    make.save(Outcode(outcode="CV1", latitude=52.413, longitude=-1.517, postcodes=900))


def at(opens, closes, byday="TU", **more):
    return {"opens_at": time(opens), "closes_at": time(closes), "byday": byday, **more}


def test_services_are_found_by_words_best_first(names):
    make.service("Chess", description="We sometimes fold origami.")
    make.service("Origami club", description="Folding origami.")
    make.service("Swimming")

    assert names("search=origami") == ["Origami club", "Chess"]
    assert names("search=origami", "service_at_locations") == ["Origami club", "Chess"]


def test_services_are_found_by_a_term_and_by_its_taxonomy(names):
    make.service("Debt clinic", needs=("debt",))
    make.service("Lunch club", supports=("lunch_club",))
    debt = make.term("debt")

    assert names(f"taxonomy_term_id={debt.id}") == ["Debt clinic"]
    assert names(f"taxonomy_id={debt.taxonomy_id}") == ["Debt clinic"]
    assert names(f"taxonomy_id={debt.taxonomy_id}", "service_at_locations") == ["Debt clinic"]
    assert names(f"taxonomy_term_id={uuid4()}") == []


def test_services_are_found_by_who_runs_them(names):
    owner = make.organisation("Mill Trust")
    make.service("Lunch club", organisation=owner)
    make.service("Walking group")

    assert names(f"organization_id={owner.id}") == ["Lunch club"]


def test_minimum_and_maximum_age_are_read_as_the_standard_words_them(names):
    make.service("Over 50s", minimum_age=50)
    make.service("Youth club", minimum_age=11, maximum_age=18)
    make.service("Everyone")

    assert names("minimum_age=50") == ["Over 50s"]
    assert sorted(names("minimum_age=11")) == ["Over 50s", "Youth club"]
    assert names("maximum_age=18") == ["Youth club"]
    assert names("maximum_age=17.5") == []


@pytest.mark.parametrize("day", ["TU", "tu", "Tuesday", "tuesday", "Tue"])
def test_services_are_found_by_the_day_of_the_week_however_it_is_written(names, day):
    make.service("Tuesdays", sessions=(at(10, 12),))
    make.service("Wednesdays", sessions=(at(10, 12, "WE"),))
    make.service("No days")

    assert names(f"day={day}") == ["Tuesdays"]
    assert names(f"day={day}", "service_at_locations") == ["Tuesdays"]


def test_a_day_is_known_from_the_date_a_weekly_session_began_and_from_every_day(names):
    make.service("Since a Monday", sessions=(at(10, 12, None, dtstart=date(2026, 11, 2)),))
    make.service("Every day", sessions=(at(10, 12, None, freq="DAILY"),))
    make.service("First Monday of the month", sessions=(at(10, 12, "1MO", freq="MONTHLY"),))

    assert sorted(names("day=MO")) == ["Every day", "First Monday of the month", "Since a Monday"]
    assert names("day=SU") == ["Every day"]


def test_one_session_must_meet_the_day_and_both_times(names):
    make.service("Split", sessions=(at(9, 10, "TU"), at(14, 16, "WE")))
    make.service("Whole", sessions=(at(14, 16, "TU"),))

    assert names("day=TU&start_time=13:00&end_time=16:00") == ["Whole"]
    assert sorted(names("start_time=14:00")) == ["Split", "Whole"]
    assert names("end_time=10:00:00") == ["Split"]


def test_a_session_that_has_ended_is_not_found_by_its_day(names):
    make.service("Over", sessions=(at(10, 12, valid_to=date(2020, 1, 1)),))
    make.service("Over too", sessions=(at(10, 12, until=date(2020, 1, 1)),))

    assert names("day=TU") == []


def test_a_place_is_found_by_its_own_sessions_and_by_those_of_the_whole_service(names):
    service = make.service("Two halls", sessions=(at(10, 12, "TU"),))
    [here] = service.at_locations
    make.save(Schedule(service_id=service.id, service_at_location_id=here.id, byday="FR"))

    assert names("day=FR", "service_at_locations") == ["Two halls"]
    assert names("day=TU", "service_at_locations") == ["Two halls"]


def test_a_postcode_finds_those_whose_area_holds_it_and_those_that_name_no_area(names, coventry):
    served = make.service("Coventry only")
    make.save(ServiceArea(service_id=served.id, name="cv1"))
    elsewhere = make.service("Rugby only")
    make.save(ServiceArea(service_id=elsewhere.id, name="CV21"))
    make.service("Everyone")

    assert sorted(names("postcode=CV1+2AB")) == ["Coventry only", "Everyone"]
    assert sorted(names("postcode=cv1", "service_at_locations")) == ["Coventry only", "Everyone"]


@pytest.mark.parametrize("path", ["services", "service_at_locations"])
def test_proximity_is_counted_in_metres_from_the_postcode(names, coventry, path):
    make.service("Next door", latitude=NEAR[0] + 0.004, longitude=NEAR[1])  # 445 metres
    make.service("Far away", latitude=FAR[0], longitude=FAR[1])
    make.service("By phone", latitude=None)

    assert names("postcode=CV1+2AB&proximity=446", path) == ["Next door"]
    assert names("postcode=CV1+2AB&proximity=444", path) == []
    assert sorted(names("postcode=CV1+2AB&proximity=20000", path)) == ["Far away", "Next door"]


def test_no_circle_tells_where_the_door_of_a_sensitive_place_is(names, coventry):
    make.service("Refuge", latitude=NEAR[0], longitude=NEAR[1], postcode="CV1 2AB", sensitive=True)

    assert names("postcode=CV1+2AB&proximity=200") == []
    assert names("postcode=CV1&proximity=1500") == ["Refuge"]


def test_a_sensitive_place_in_a_district_we_cannot_place_is_found_by_no_circle(client, names, coventry):
    service = make.service("Refuge", postcode="CV9 1ZZ", sensitive=True)

    [at_location] = client.get(f"{BASE}/services/{service.id}").json["service_at_locations"]

    assert names("postcode=CV1+2AB&proximity=500000") == []
    assert not at_location["location"].keys() & {"latitude", "longitude"}


@pytest.mark.parametrize("asked", ["postcode=nowhere", "postcode=QQ1+9ZZ&proximity=100", "proximity=100"])
def test_a_place_that_nobody_knows_is_refused_in_words(client, coventry, asked):
    answer = client.get(f"{BASE}/services?{asked}")

    assert answer.status_code == 422
    assert "ostcode" in answer.text


def test_what_changed_since_includes_the_moment_itself(names):
    make.service("Old", updated_at=datetime(2026, 1, 1, tzinfo=UTC))
    make.service("New", updated_at=datetime(2026, 6, 1, 12, tzinfo=UTC))

    assert names("modified_after=2026-06-01T12:00:00Z") == ["New"]
    assert names("modified_after=2026-06-01T13:00:00+01:00") == ["New"]
    assert names("modified_after=2026-06-01T12:00:01Z") == []
    assert sorted(names("modified_after=2025-06-01")) == ["New", "Old"]


def test_the_minimal_list_holds_every_key_and_when_each_changed_on_one_page(client):
    made = [make.service(f"Group {number}") for number in range(23)]

    said = client.get(f"{BASE}/services?minimal=true").json

    assert (said["total_pages"], said["size"]) == (1, 23)
    assert {one["id"] for one in said["contents"]} == {str(service.id) for service in made}
    whole = client.get(f"{BASE}/services/{made[0].id}").json
    [one] = [one for one in said["contents"] if one["id"] == whole["id"]]
    assert one == {"id": whole["id"], "modified_date": whole["last_modified"]}


@pytest.mark.parametrize("name", ["services", "service_at_locations", "organizations"])
def test_full_shows_in_the_list_what_each_record_shows_by_itself(client, name):
    make.service("Lunch club", needs=("debt",), sessions=(at(10, 12),), access=("step_free",))

    [listed] = client.get(f"{BASE}/{name}?full=true").json["contents"]

    assert listed == client.get(f"{BASE}/{name}/{listed['id']}").json


def test_questions_combine(names, coventry):
    make.service("Origami club", needs=("debt",), sessions=(at(10, 12),), minimum_age=18)
    make.service("Origami walk", needs=("debt",), sessions=(at(10, 12, "FR"),), minimum_age=18)
    make.service("Origami far away", needs=("debt",), sessions=(at(10, 12),), minimum_age=18, latitude=FAR[0])
    debt = make.term("debt").id

    asked = f"search=origami&day=TU&postcode=CV1+2AB&proximity=5000&taxonomy_term_id={debt}&minimum_age=18"

    assert names(asked) == ["Origami club"]
    assert names(asked, "service_at_locations") == ["Origami club"]


def test_a_stream_answers_questions_too_in_the_order_of_the_search(client):
    make.service("Chess", description="We sometimes fold origami.")
    make.service("Origami club", description="Folding origami.")
    make.service("Swimming")
    db.session.commit()

    answer = contextvars.Context().run(client.get, f"{BASE}/services?format=ndjson&search=origami", buffered=True)

    assert [json.loads(line)["name"] for line in answer.text.splitlines()] == ["Origami club", "Chess"]


def test_terms_are_found_by_taxonomy_by_parent_and_at_the_top(names):
    top = make.term("money")
    below = make.term("debt")
    below.parent_id = top.id
    make.save(below)
    make.term("lunch_club", "supports")

    assert sorted(names(f"taxonomy_id={top.taxonomy_id}", "taxonomy_terms")) == ["debt", "money"]
    assert names(f"parent_id={top.id}", "taxonomy_terms") == ["debt"]
    assert sorted(names("top_only=true", "taxonomy_terms")) == ["lunch club", "money"]
    assert names("search=100%25", "taxonomy_terms") == []
    assert names("search=suppo", "taxonomies") == ["supports"]


def test_an_organization_may_bring_all_of_each_of_its_services(client):
    service = make.service("Lunch club", sessions=(at(10, 12),))
    path = f"{BASE}/organizations/{service.organisation_id}"

    lean, whole = (client.get(f"{path}{more}").json["services"][0] for more in ("", "?full_service=true"))

    assert lean["name"] == whole["name"] == "Lunch club"
    assert "schedules" in whole
    assert "schedules" not in lean
    assert client.get(f"{BASE}/organizations?search=green").json["total_items"] == 1
