"""Where a postcode is: our own tables at once, postcodes.io later, and never a refused listing because of either."""

import json
import logging
from datetime import timedelta

import pytest
import responses
import time_machine

from social_rx import clock
from social_rx.db import db
from social_rx.directory import geocoding
from social_rx.directory.changes import changes_from, latest_change
from social_rx.directory.known_points import postcodes_to_look_up, repoint_locations
from social_rx.directory.models import Address, Geocode, Location, Outcode, Postcode
from social_rx.errors import InvalidInput, UnsafeSettings
from tests import make

URL = "https://api.postcodes.io/postcodes"
FOUND = {
    "postcode": "CV1 2AB",
    "quality": 1,
    "eastings": 433297,
    "northings": 278969,
    "country": "England",
    "longitude": -1.511,
    "latitude": 52.4081,
    "admin_district": "Coventry",
    "outcode": "CV1",
    "incode": "2AB",
    "codes": {"admin_district": "E08000026", "lsoa": "E01035000", "lsoa11": "E01009642"},
}
OLD = {"postcode": "CV1 2ZZ", "year_terminated": 1996, "month_terminated": 6, "longitude": -1.52, "latitude": 52.407}
NOT_FOUND = {"status": 404, "error": "Postcode not found"}


@pytest.fixture(autouse=True)
def tables(app):
    db.session.add(Postcode(postcode="CV13AA", latitude=52.41, longitude=-1.5))
    db.session.add(Outcode(outcode="CV1", latitude=52.4, longitude=-1.49, postcodes=1))
    db.session.commit()
    yield
    app.extensions.pop(geocoding.PAUSED, None)


@pytest.fixture
def outside():
    """Stands for every machine outside: what no test expects is not answered."""
    with responses.RequestsMock() as mock:
        yield mock


def bulk_answer(outside, **points):
    items = [{"query": key, "result": found} for key, found in points.items()]
    return outside.post(URL, json={"status": 200, "result": items})


def listing_at(postcode, **fields):
    service = make.service(latitude=52.4, longitude=-1.49, postcode=postcode)
    location = service.at_locations[0].location
    location.approximate = True
    db.session.commit()
    return service, location


def remembered(key):
    db.session.expire_all()
    return db.session.get(Geocode, key)


# In a request: our own tables, and nobody else


def test_a_postcode_we_hold_is_found_exactly():
    found = geocoding.locate("cv1 3aa")

    assert found == (52.41, -1.5, "postcode", "CV1 3AA")
    assert not found.approximate


def test_a_postcode_we_lack_is_found_by_its_district_and_said_to_be_approximate():
    found = geocoding.locate("CV1 2AB")

    assert found == (52.4, -1.49, "outcode", "about the middle of CV1")
    assert found.approximate


def test_a_district_alone_is_found_approximately():
    assert geocoding.locate(" cv1 ") == (52.4, -1.49, "outcode", "about the middle of CV1")


def test_what_was_looked_up_before_is_found_exactly():
    make.save(Geocode(postcode="CV12AB", latitude=52.4081, longitude=-1.511))

    assert geocoding.locate("CV1 2AB").precision == "postcode"


def test_a_postcode_no_longer_in_use_is_found_where_it_was_and_said_to_be_old():
    make.save(Geocode(postcode="CV12ZZ", latitude=52.407, longitude=-1.52, terminated=True))

    assert geocoding.locate("CV1 2ZZ") == (52.407, -1.52, "terminated", "CV1 2ZZ, a postcode no longer in use")


def test_a_postcode_in_use_goes_before_what_we_were_told_of_it():
    make.save(Geocode(postcode="CV13AA", latitude=50.0, longitude=-2.0, terminated=True))

    assert geocoding.locate("CV1 3AA").latitude == 52.41


def test_a_postcode_looked_up_in_vain_is_still_found_by_its_district():
    make.save(Geocode(postcode="CV12AB"))

    assert geocoding.locate("CV1 2AB").approximate


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("CV9 9ZZ", "We could not find CV9 9ZZ. Check the postcode."),
        ("CV9", "We could not find CV9. Check the postcode."),
        ("ZZ99 3VZ", "ZZ99 3VZ stands for no place. Enter a postcode near the person."),
    ],
)
def test_a_place_nobody_knows_is_refused_by_name(typed, says):
    with pytest.raises(geocoding.PlaceUnknown) as refused:
        geocoding.locate(typed)

    assert refused.value.message == says


@pytest.mark.parametrize("typed", ["", "Coventry", "CV1 2A", "<script>", "9" * 10_000])
def test_what_is_no_postcode_is_refused_with_what_to_enter(typed):
    with pytest.raises(InvalidInput) as refused:
        geocoding.locate(typed)

    assert refused.value.message == "Enter a postcode, like CV1 2AB, or its first part, like CV1."


def test_finding_a_place_asks_nobody_outside(outside):
    geocoding.locate("CV1 2AB")

    assert len(outside.calls) == 0


# Saving a listing


@pytest.mark.parametrize(
    ("postcode", "point"),
    [
        ("CV1 3AA", (52.41, -1.5, False)),
        ("CV1 2AB", (52.4, -1.49, True)),
        ("CV9 9ZZ", (None, None, False)),
        ("ZZ99 3VZ", (None, None, False)),
        ("Coventry", (None, None, False)),
        ("CV1", (None, None, False)),
        (None, (None, None, False)),
    ],
)
def test_a_place_gets_the_best_point_we_know_and_never_a_refusal(postcode, point):
    location = Location(latitude=1.0, longitude=1.0, address=Address(postcode=postcode))

    geocoding.place_location(location)

    assert (location.latitude, location.longitude, location.approximate) == point


def test_a_place_without_address_gets_no_point():
    location = Location(address=None)

    geocoding.place_location(location)

    assert location.latitude is None


# Looking up, by a job


def test_what_addresses_name_and_we_lack_is_to_be_looked_up_once():
    for postcode in ("CV1 2AB", "cv12ab", "CV1 3AA", "nonsense", "ZZ99 3VZ"):
        make.service(postcode=postcode)

    assert postcodes_to_look_up(also=["CV1 4AA", "ZZ99 3WZ", "", "cv1 3aa"]) == ["CV12AB", "CV14AA"]


def test_nobody_outside_is_asked_about_the_postcode_of_a_sensitive_place():
    make.service("Refuge", sensitive=True, postcode="CV1 2AB")

    assert postcodes_to_look_up() == []


def test_a_place_in_the_middle_of_its_district_is_moved_to_its_postcode_and_its_listings_noted(outside):
    service, location = listing_at("CV1 2AB")
    bulk_answer(outside, CV12AB=FOUND)
    before = latest_change()

    done = geocoding.look_up_missing()

    assert (done.asked, done.found, done.unknown, done.repointed, done.stopped) == (1, 1, 0, 1, None)
    assert json.loads(outside.calls[0].request.body) == {"postcodes": ["CV12AB"]}
    db.session.refresh(location)
    assert (location.latitude, location.longitude, location.approximate) == (52.4081, -1.511, False)
    assert [change.service_id for change in changes_from(before.seq + 1)] == [service.id]
    assert geocoding.locate("CV1 2AB").precision == "postcode"


def test_newly_loaded_postcodes_move_places_without_asking_anybody():
    _, location = listing_at("CV1 2AB")
    make.save(Postcode(postcode="CV12AB", latitude=52.408, longitude=-1.51))

    moved = repoint_locations()

    db.session.refresh(location)
    assert (moved, location.latitude, location.approximate) == (1, 52.408, False)


def test_a_place_that_was_put_on_the_map_exactly_stays_there(outside):
    make.service(postcode="CV1 2AB", latitude=52.5, longitude=-1.6)
    bulk_answer(outside, CV12AB=FOUND)

    done = geocoding.look_up_missing()

    assert (done.found, done.repointed) == (1, 0)


def test_a_postcode_no_longer_in_use_is_asked_about_singly_and_kept_as_such(outside):
    listing_at("CV1 2ZZ")
    bulk_answer(outside, CV12ZZ=None)
    outside.get(f"{URL}/CV12ZZ", json=NOT_FOUND | {"terminated": OLD}, status=404)

    done = geocoding.look_up_missing()

    assert (done.found, done.repointed) == (1, 1)
    answer = remembered("CV12ZZ")
    assert (answer.latitude, answer.longitude, answer.terminated) == (52.407, -1.52, True)


def test_a_postcode_nobody_knows_is_remembered_and_asked_about_again_after_thirty_days(outside):
    listing_at("CV1 2AB")
    bulk_answer(outside, CV12AB=None)
    outside.get(f"{URL}/CV12AB", json=NOT_FOUND, status=404)

    done = geocoding.look_up_missing()

    assert (done.asked, done.unknown) == (1, 1)
    assert remembered("CV12AB").latitude is None
    assert postcodes_to_look_up() == []
    with time_machine.travel(clock.now() + timedelta(days=31), tick=False):
        assert postcodes_to_look_up() == ["CV12AB"]


def test_a_later_answer_replaces_the_earlier_miss(outside):
    listing_at("CV1 2AB")
    make.save(Geocode(postcode="CV12AB", at=clock.now() - timedelta(days=31)))
    bulk_answer(outside, CV12AB=FOUND)

    geocoding.look_up_missing()

    assert remembered("CV12AB").latitude == 52.4081


def test_a_postcode_without_a_position_counts_as_unknown(outside):
    jersey = FOUND | {"postcode": "JE2 3AB", "latitude": None, "longitude": None, "eastings": None}
    bulk_answer(outside, JE23AB=None)
    outside.get(f"{URL}/JE23AB", json={"status": 200, "result": jersey})

    done = geocoding.look_up_missing(also=["JE2 3AB"])

    assert (done.asked, done.found, done.unknown) == (1, 0, 1)


def test_postcodes_are_asked_about_a_hundred_at_a_time_and_no_more_than_the_limit(outside):
    wanted = [
        f"CV1 {n % 10}{a}{b}" for n, a, b in ((n, "ABDEFGHJLN"[n // 10 % 10], "ABD"[n // 100]) for n in range(250))
    ]
    asked = []

    def answer(request):
        asked.append(json.loads(request.body)["postcodes"])
        items = [{"query": key, "result": FOUND | {"postcode": key}} for key in asked[-1]]
        return 200, {}, json.dumps({"status": 200, "result": items})

    outside.add_callback(responses.POST, URL, answer)

    done = geocoding.look_up_missing(limit=220, also=wanted)

    assert [len(keys) for keys in asked] == [100, 100, 20]
    assert (done.asked, done.found) == (220, 220)


def test_nothing_is_asked_when_nothing_is_missing(outside):
    done = geocoding.look_up_missing()

    assert (done.asked, done.stopped, len(outside.calls)) == (0, None, 0)


def test_nothing_is_ever_asked_when_no_service_is_named(app, outside, monkeypatch):
    monkeypatch.setitem(app.config, "POSTCODES_IO_URL", "")
    listing_at("CV1 2AB")

    done = geocoding.look_up_missing()

    assert (done.asked, done.stopped, len(outside.calls)) == (0, None, 0)


@pytest.mark.parametrize("url", ["http://api.postcodes.io", "ftp://api.postcodes.io", "api.postcodes.io"])
def test_postcodes_are_never_sent_in_the_clear(app, monkeypatch, url):
    monkeypatch.setitem(app.config, "POSTCODES_IO_URL", url)

    with pytest.raises(UnsafeSettings, match="https"):
        geocoding.look_up_missing(also=["CV1 2AB"])


FAILURES = {
    "is down": {"body": ConnectionError("refused by CV12AB")},
    "has a fault of its own": {"status": 500, "json": {"status": 500, "error": "Internal Server Error"}},
    "calls it a bad question": {"status": 400, "json": {"status": 400, "error": "Invalid JSON submitted."}},
    "sends us elsewhere": {"status": 302, "headers": {"Location": "https://elsewhere.example/"}},
    "sends a web page": {"status": 200, "body": "<html>Sign in to the guest network</html>"},
    "sends nothing": {"status": 200, "body": b""},
    "does not know the way": {"status": 404, "json": {"status": 404, "error": "Resource not found"}},
    "sends a list": {"status": 200, "json": []},
    "answers another question": {"json": {"status": 200, "result": [{"query": "CV19ZZ", "result": None}]}},
    "places it in France": {
        "json": {"status": 200, "result": [{"query": "CV12AB", "result": FOUND | {"latitude": 48.8, "longitude": 2.3}}]}
    },
    "places it nowhere": {
        "body": '{"status": 200, "result": [{"query": "CV12AB", "result": {"postcode": "CV1 2AB", '
        '"latitude": NaN, "longitude": 1e999}}]}'
    },
    "means another postcode": {
        "json": {"status": 200, "result": [{"query": "CV12AB", "result": FOUND | {"postcode": "CV1 9ZZ"}}]}
    },
    "says yes for a number": {
        "json": {"status": 200, "result": [{"query": "CV12AB", "result": FOUND | {"latitude": True}}]}
    },
}


@pytest.mark.parametrize("how", FAILURES)
def test_a_geocoder_that_fails_stops_the_round_politely_and_nothing_is_remembered(outside, caplog, how):
    _, location = listing_at("CV1 2AB")
    outside.post(URL, **FAILURES[how])
    caplog.set_level(logging.DEBUG)

    done = geocoding.look_up_missing()

    assert done.asked == 0
    assert done.stopped.startswith("The postcode service ")
    assert len(outside.calls) == 1
    assert remembered("CV12AB") is None
    assert location.approximate
    assert "CV1" not in caplog.text + done.stopped


def test_what_was_answered_before_the_failure_is_kept(outside):
    wanted = ["CV1 2AB", "CV1 4AA", "CV1 4AB"]
    bulk_answer(outside, CV12AB=FOUND, CV14AA=None, CV14AB=None)
    outside.get(f"{URL}/CV14AA", json=NOT_FOUND, status=404)
    outside.get(f"{URL}/CV14AB", status=500)

    done = geocoding.look_up_missing(also=wanted)

    assert (done.asked, done.found, done.unknown) == (2, 1, 1)
    assert done.stopped == "The postcode service answered 500. The rest is looked up next time."
    assert postcodes_to_look_up(wanted) == ["CV14AB"]


@pytest.mark.parametrize(
    ("asked_for", "seconds"),
    [("7", 7), ("999999999", 86_400), ("1" * 30, 60), ("Fri, 31 Dec 1999 23:59:59 GMT", 60), ("-5", 60), (None, 60)],
)
def test_a_geocoder_that_asks_us_to_wait_is_left_alone_for_as_long(outside, asked_for, seconds):
    headers = {} if asked_for is None else {"Retry-After": asked_for}
    outside.post(URL, status=429, json={"status": 429}, headers=headers)
    started = clock.now()
    with time_machine.travel(started, tick=False) as travel:
        first = geocoding.look_up_missing(also=["CV1 2AB"])
        travel.shift(seconds - 1)
        too_soon = geocoding.look_up_missing(also=["CV1 2AB"])
        travel.shift(1)
        in_time = geocoding.look_up_missing(also=["CV1 2AB"])

    assert first.stopped == "The postcode service asked us to wait. The rest is looked up next time."
    assert too_soon.stopped == "The postcode service asked to be left alone for a while."
    assert in_time.stopped == first.stopped
    assert len(outside.calls) == 2


def test_a_round_that_lasts_too_long_ends_and_keeps_what_it_has(outside, monkeypatch):
    monkeypatch.setattr(geocoding, "LONGEST_RUN", -1)
    bulk_answer(outside, CV12AB=FOUND, CV14AA=FOUND | {"postcode": "CV1 4AA"})

    done = geocoding.look_up_missing(also=["CV1 2AB", "CV1 4AA"])

    assert (done.asked, done.stopped is None) == (1, False)
