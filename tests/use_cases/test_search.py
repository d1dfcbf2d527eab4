"""Finding services: by need and by word, near a place, for somebody, and never more of a refuge than its district."""

import time
import uuid
from datetime import timedelta

import pytest

from social_rx import clock
from social_rx.db import db
from social_rx.directory import search
from social_rx.directory.models import Eligibility, Location, Outcode, ServiceArea
from social_rx.directory.search import Point, SearchQuery
from social_rx.directory.search.circle import EARTH_RADIUS_KM
from social_rx.directory.status import CapacityStatus, ListingStatus
from social_rx.errors import InvalidInput
from tests import make
from tests.support import recorded_queries

COVENTRY = Point(52.408, -1.51)
KM_NORTH = 1 / (EARTH_RADIUS_KM * 0.017453292519943295)  # degrees of latitude


def found(text="", **asked):
    """The names of the services that answer, best first."""
    return [service.name for service in search.find_services(SearchQuery(text=text, **asked)).services]


def north(km):
    return {"latitude": COVENTRY.latitude + km * KM_NORTH, "longitude": COVENTRY.longitude}


# ---------------------------------------------------------------- by need and by word


def test_a_service_is_found_by_the_need_that_everyday_words_stand_for(app):
    make.service("Tuesday club", needs=("loneliness_isolation",))
    make.service("Money clinic", needs=("money_debt",))

    assert found("lonely") == ["Tuesday club"]
    assert found("skint") == ["Money clinic"]


def test_a_service_that_nobody_sorted_is_found_by_what_it_says_of_itself(app):
    make.service("Telephone befriending", summary="A volunteer phones once a week.")

    assert found("lonely") == ["Telephone befriending"]


def test_a_service_that_answers_the_need_comes_before_one_that_only_has_the_word(app):
    make.service("A lonely mountain", description="Lonely, lonely, lonely.", **north(0))
    make.service("Friends at tea", needs=("loneliness_isolation",), **north(9))

    assert found("lonely", near=COVENTRY) == ["Friends at tea", "A lonely mountain"]


def test_a_service_that_answers_two_needs_comes_before_those_that_answer_one(app):
    make.service("Company", needs=("loneliness_isolation",))
    make.service("Loss café", needs=("loneliness_isolation", "bereavement"))
    make.service("Grief group", needs=("bereavement",))

    names = found("lonely since her husband died")

    assert names[0] == "Loss café"
    assert set(names) == {"Company", "Loss café", "Grief group"}


def test_what_was_looked_for_says_what_was_understood_and_what_nobody_offers(app):
    make.service("Choir", needs=("loneliness_isolation",))

    looked_for = search.find(SearchQuery("lonely and likes zorbing")).looked_for

    assert looked_for.needs == ("loneliness_isolation",)
    assert looked_for.unknown == ("likes", "zorbing") or looked_for.unknown == ("zorbing",)


def test_words_are_found_in_the_name_the_organisation_and_the_description(app):
    owner = make.organisation("Harbour Trust")
    make.service("Ukulele evenings", organisation=owner, description="Bring a flask.")

    assert found("ukuleles") == found("harbour") == found("flasks") == ["Ukulele evenings"]


def test_services_that_have_every_word_are_enough_when_there_is_a_handful(app):
    for number in range(5):
        make.service(f"Quilting circle {number}")
    make.service("Quilting alone")

    assert len(found("quilting circle")) == 5


def test_services_with_most_of_the_words_are_shown_when_few_have_all(app):
    make.service("Quilting circle")
    make.service("Quilting bee")

    assert found("quilting circle") == ["Quilting circle", "Quilting bee"]


def test_a_question_that_nobody_can_answer_finds_nothing_and_says_so(app):
    make.service("Walking group")

    hits = search.find(SearchQuery("xylophone zumbido"))

    assert (hits.total, hits.hits) == (0, ())
    assert hits.looked_for.unknown == ("xylophone", "zumbido")


def test_only_active_listings_are_found(app):
    for status in ListingStatus:
        make.service(status.value, status=status)

    assert found() == ["active"]


# ---------------------------------------------------------------- near


def test_distance_is_told_in_miles_and_the_circle_is_exact(app):
    make.service("Inside", **north(4.999))
    make.service("Outside", **north(5.001))

    [(hit, service)] = search.find_services(SearchQuery(near=COVENTRY, within_km=5)).found

    assert service.name == "Inside"
    assert hit.distance_km == pytest.approx(4.999, abs=1e-6)
    assert "3.1 miles away" in hit.reasons


def test_the_nearest_of_several_locations_counts(app):
    made = make.service("Two halls", **north(30))
    make_second_place(made, **north(2))

    [hit] = search.find(SearchQuery(near=COVENTRY, within_km=5)).hits

    assert hit.distance_km == pytest.approx(2, abs=1e-6)


def make_second_place(made, **point):
    place = Location(organisation_id=made.organisation_id, **point)
    made.at_locations = [*made.at_locations, type(made.at_locations[0])(location=place)]
    db.session.commit()


def test_what_comes_to_people_stays_in_a_search_near_a_place_but_after_what_is_near(app):
    make.service("By phone", latitude=None, remote=["phone"])
    make.service("Round the corner", **north(1))

    hits = search.find_services(SearchQuery(near=COVENTRY, within_km=5))

    assert [service.name for service in hits.services] == ["Round the corner", "By phone"]
    assert [hit.distance_km is None for hit in hits.hits.hits] == [False, True]


def test_a_service_for_named_districts_is_found_from_these_and_from_no_other(app):
    made = make.service("Handyman", latitude=None)
    made_area = ServiceArea(service_id=made.id, name="CV5")
    make.save(made_area)

    def near(outcode):
        return found(near=Point(COVENTRY.latitude, COVENTRY.longitude, outcode))

    assert near("CV5") == ["Handyman"]
    assert near("CV1") == near(None) == []


def test_a_sensitive_location_is_measured_from_the_middle_of_its_district(app):
    make.save(Outcode(outcode="CV1", latitude=52.4123, longitude=-1.5077, postcodes=100))
    make.service("Refuge", sensitive=True, latitude=52.40617, longitude=-1.51534, postcode="CV1 2AB")

    [hit] = search.find(SearchQuery(near=Point(52.41, -1.51))).hits

    assert hit.distance_km == pytest.approx(0, abs=1e-6)
    assert "About a mile away" in hit.reasons


def test_moving_the_door_of_a_sensitive_location_within_its_district_changes_no_answer(app):
    make.save(Outcode(outcode="CV1", latitude=52.4123, longitude=-1.5077, postcodes=100))
    doors = [(52.40617, -1.51534), (52.41555, -1.50001), (52.40001, -1.52)]
    for number, (latitude, longitude) in enumerate(doors):
        make.service(f"Refuge {number}", sensitive=True, latitude=latitude, longitude=longitude)

    for asked_from in (Point(52.40617, -1.51534), Point(52.43, -1.6), Point(52.35, -1.45)):
        distances = {hit.distance_km for hit in search.find(SearchQuery(near=asked_from)).hits}
        assert len(distances) == 1


def test_a_sensitive_location_is_nowhere_when_the_middle_of_its_district_is_not_known(app):
    make.service("Refuge", sensitive=True, latitude=52.40617, longitude=-1.51534, postcode="CV1 2AB")

    [hit] = search.find(SearchQuery(near=Point(52.40617, -1.51534))).hits

    assert hit.distance_km is None


def test_the_town_of_a_sensitive_location_is_not_a_word_to_find_it_by(app):
    make.service("Refuge", sensitive=True)
    make.service("Choir")

    assert found("Coventry") == ["Choir"]


# ---------------------------------------------------------------- for somebody


def test_no_age_limit_means_every_age(app):
    make.service("Everyone")
    make.service("Over fifty", minimum_age=50)
    make.service("Under thirty", maximum_age=29)

    assert set(found(age=40)) == {"Everyone"}
    assert set(found(age=29)) == {"Everyone", "Under thirty"}
    assert set(found(age=50)) == {"Everyone", "Over fifty"}


def test_a_rule_about_who_a_service_is_for_does_not_hide_it_from_a_search(app):
    made = make.service("Women's walks")
    make.save(Eligibility(service_id=made.id, kind="sex", value="female"))

    assert found(age=40) == ["Women's walks"]


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"free": True}, {"Free ramp"}),
        ({"step_free": True}, {"Free ramp"}),
        ({"remote": True}, {"At home"}),
        ({"day": 1}, {"Tuesdays"}),
        ({"day": 2}, set()),
        ({"has_places": True}, {"At home"}),
        ({"needs": ("bereavement", "money_debt")}, {"At home", "Tuesdays"}),
        ({"supports": ("befriending",)}, {"At home"}),
        ({"needs": ("unheard_of",)}, set()),
    ],
)
def test_each_filter_keeps_what_was_asked_for(app, asked, answer):
    make.service("Free ramp", access=("step_free",))
    make.service(
        "At home",
        remote=["home"],
        price=3,
        capacity_status=CapacityStatus.PLACES,
        needs=("bereavement",),
        supports=("befriending",),
    )
    make.service("Tuesdays", price=2, sessions=({"byday": "TU"},), needs=("money_debt",))

    assert set(found(**asked)) == answer


def test_recently_checked_keeps_those_that_were(app):
    make.service("Fresh", verified_at=clock.now() - timedelta(days=30))
    make.service("Old", verified_at=clock.now() - timedelta(days=32))
    make.service("Never", verified_at=None)

    assert found(verified_within_days=31) == ["Fresh"]


def test_counts_are_over_all_hits_and_not_the_page(app):
    for number in range(7):
        make.service(f"Walk {number}", needs=("physical_activity",), sessions=({"byday": "MO,TH"},))

    hits = search.find(SearchQuery(per_page=2))

    assert (hits.total, len(hits.hits)) == (7, 2)
    assert hits.facets["needs"] == {"physical_activity": 7}
    assert hits.facets["day"] == {"0": 7, "3": 7}
    assert hits.facets["free"] == {"yes": 7}
    assert "step_free" not in hits.facets


# ---------------------------------------------------------------- order and reasons


def test_room_and_a_recent_check_come_first_and_the_expired_last(app):
    year_ago = clock.now() - timedelta(days=400)
    make.service("Expired", capacity_status=CapacityStatus.PLACES, verified_at=year_ago)
    make.service("Full", capacity_status=CapacityStatus.FULL)
    make.service("Waiting list", capacity_status=CapacityStatus.WAITING_LIST)
    make.service("Nobody said", capacity_status=CapacityStatus.UNKNOWN)
    make.service("Never checked", verified_at=None)
    make.service("Has places", capacity_status=CapacityStatus.PLACES)

    assert found() == ["Has places", "Nobody said", "Never checked", "Waiting list", "Full", "Expired"]


def test_the_reasons_are_told_in_plain_words(app):
    make.service(
        "Loss café",
        needs=("bereavement", "loneliness_isolation"),
        capacity_status=CapacityStatus.PLACES,
        verified_at=clock.now() - timedelta(days=12),
        **north(0.7),
    )

    [hit] = search.find(SearchQuery("lonely since her husband died", near=COVENTRY)).hits

    assert hit.reasons == (
        "Matches: loneliness, bereavement",
        "0.4 miles away",
        "Has places",
        "Free",
        "Checked 12 days ago",
    )


# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("within_km", 0.01),
        ("within_km", 101),
        ("within_km", float("nan")),
        ("page", 0),
        ("per_page", 1000),
        ("age", -1),
        ("day", 7),
        ("verified_within_days", -1),
        ("near", Point(91, 0)),
        ("near", Point(0, float("nan"))),
    ],
)
def test_a_number_out_of_bounds_is_refused_by_name(field, value):
    with pytest.raises(InvalidInput) as refusal:
        SearchQuery(**{field: value})

    assert set(refusal.value.fields) == {field}


HOSTILE = [
    "x" * 10_000,
    "lonely " * 10_000,
    "😀" * 5_000,
    "\ud800\udfff",
    "\x00\x1b[2J",
    "a* OR b~9 AND NOT (",
    "[a TO z]",
]
HOSTILE += [
    "?*?*?*?*z",
    "(" * 5_000,
    "NOT " * 3_000,
    "name:walking^1e309",
    "'; DROP TABLE services; --",
    "=needs:bereavement",
]


@pytest.mark.parametrize("typed", HOSTILE)
def test_whatever_is_typed_is_answered_at_once(app, typed):
    make.service("Walking group", needs=("loneliness_isolation",))
    search.find(SearchQuery())
    started = time.process_time()

    search.find(SearchQuery(typed, near=COVENTRY))

    assert time.process_time() - started < 0.25


def test_the_number_of_questions_to_the_database_does_not_grow_with_the_page(app):
    def asked():
        db.session.expunge_all()
        with recorded_queries() as statements:
            search.find_services(SearchQuery(per_page=100))
        return len(statements)

    make.service("One", needs=("bereavement",), access=("step_free",), sessions=({"byday": "MO"},), price=2)
    search.find(SearchQuery())
    one = asked()
    for number in range(9):
        make.service(f"More {number}", needs=("bereavement",), sessions=({"byday": "MO"},), price=2)
    search.rebuild()

    assert asked() == one


def test_services_come_with_everything_a_card_shows(app):
    make.service("Walks", needs=("bereavement",), access=("step_free",), sessions=({"byday": "MO"},), price=2)
    db.session.expunge_all()

    [service] = search.find_services(SearchQuery()).services

    assert (service.organisation.name, service.needs, service.access) == ("Green Steps", ["bereavement"], ["step_free"])
    assert (service.schedules[0].byday, service.cost_options[0].amount, service.languages) == ("MO", 2, [])
    assert service.at_locations[0].location.address.postcode == "CV1 2AB"


def test_a_service_that_is_gone_by_the_time_it_is_loaded_is_left_out(app):
    assert search.find_services(SearchQuery()).found == ()
    assert search.queries.services_by_id([uuid.uuid4()]) == []
