"""The directory over JSON, open to everyone."""

import pytest

from social_rx.directory.models import Outcode, Postcode
from social_rx.directory.status import CapacityStatus, ListingStatus
from social_rx.directory.taxonomies import NEEDS, SUPPORTS
from tests import make


@pytest.fixture
def ask(client):
    def ask(path, status=200):
        answer = client.get(f"/api/v1{path}")
        assert answer.status_code == status, answer.text
        return answer.json

    return ask


@pytest.fixture
def coventry(app):
    make.save(Postcode(postcode="CV12AB", latitude=52.408, longitude=-1.51))
    make.save(Outcode(outcode="CV1", latitude=52.41, longitude=-1.51, postcodes=900))


def test_a_search_answers_with_services_distances_and_reasons(ask, coventry):
    service = make.service("Tea and company", needs=("loneliness_isolation",), capacity_status=CapacityStatus.PLACES)

    found = ask("/services?q=lonely&near=CV1+2AB&within_km=5")

    [item] = found["items"]
    assert (found["total"], found["page"], found["per_page"]) == (1, 1, 20)
    assert (item["id"], item["organisation"]) == (str(service.id), "Green Steps")
    assert (item["distance_km"], item["approximate"]) == (0.0, False)
    assert item["needs"] == ["loneliness_isolation"]
    assert item["capacity"]["status"] == "places"
    assert item["reasons"]
    assert found["facets"]["needs"] == {"loneliness_isolation": 1}
    assert "loneliness_isolation" in found["looked_for"]["needs"]
    assert found["near"] == {"label": "CV1 2AB", "approximate": False, "problem": None}


def test_a_search_from_a_place_nobody_knows_still_answers_and_says_so(ask, coventry):
    make.service("Lunch club")

    found = ask("/services?q=lunch&near=QQ1+9ZZ")

    assert found["total"] == 1
    assert found["items"][0]["distance_km"] is None
    assert "Enter a postcode" in found["near"]["problem"]


def test_a_search_without_a_place_says_nothing_of_places(ask):
    assert ask("/services")["near"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("near=CV1&within_km=1000", "within_km"),
        ("age=-1", "age"),
        ("day=7", "day"),
        ("need=nonsense", "need"),
        ("per_page=101", "per_page"),
        ("page=0", "page"),
        ("colour=red", "colour"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_by_field(ask, query, field):
    refusal = ask(f"/services?{query}", status=422)

    assert refusal["code"] == "invalid_input"
    assert field in refusal["errors"]


def test_lists_are_paged(ask):
    for number in range(3):
        make.service(f"Lunch {number}")

    first, second = (ask(f"/services?q=lunch&per_page=2&page={page}")["items"] for page in (1, 2))

    assert len({item["id"] for item in [*first, *second]}) == 3


def test_one_service_is_told_in_full(ask):
    service = make.service("Lunch club", sessions=({"byday": "TU"},), access=("step_free",))

    told = ask(f"/services/{service.id}")

    assert told["when"] == ["Tuesdays"]
    assert told["access"] == ["step_free"]
    assert told["places"][0]["postcode"] == "CV1 2AB"
    assert told["can_be_referred_to"] is True


def test_a_refuge_is_told_by_its_district_alone(ask, client, coventry):
    service = make.service("Safe house", sensitive=True)

    [place] = ask(f"/services/{service.id}")["places"]
    everything = client.get(f"/api/v1/services/{service.id}").text + client.get("/api/v1/services?near=CV1+2AB").text

    assert place == {"district": "CV1", "approximate": True, "sensitive": True}
    assert "Church Lane" not in everything and "CV1 2AB" not in client.get(f"/api/v1/services/{service.id}").text


@pytest.mark.parametrize("status", [status for status in ListingStatus if status != ListingStatus.ACTIVE])
def test_only_active_services_are_there(ask, status):
    service = make.service("Lunch club", status=status)

    assert ask("/services?q=lunch")["total"] == 0
    assert ask(f"/services/{service.id}", status=404)["code"] == "not_found"


def test_needs_and_supports_are_told_by_code_and_name(ask):
    told = [{item["code"]: item["name"] for item in ask(path)["items"]} for path in ("/needs", "/supports")]

    assert told == [NEEDS, SUPPORTS]
