"""Keeping listings over JSON: what goes in comes out, versions are asked for, and doors stay shut for others."""

import pytest

from social_rx.directory import listing_queries
from social_rx.directory.my_listings_api import DOORS
from social_rx.directory.status import KEEPERS, LISTING, ListingStatus
from social_rx.users import Role
from tests import make
from tests.support import recorded_queries

URL = "/api/v1/my/listings"
LANTERNS = {
    "name": "Lantern workshop",
    "summary": "Make paper lanterns with others.",
    "description": "Bring scissors.\nWe have paper.",
    "needs": ["bereavement", "loneliness_isolation"],
    "supports": ["arts_craft"],
    "how_to_join": "Come along.",
    "who_for": "Adults",
    "not_for": "Children under 8",
    "minimum_age": 18,
    "maximum_age": 99,
    "free": False,
    "fees": "Pay what you can.",
    "cost_options": [{"amount": "4.50", "note": "£4.50 a session"}],
    "referral_mode": "self_refer",
    "languages": ["en", "pl"],
    "remote": ["online", "phone"],
    "phones": ["024 7600 0000", "116 123"],
    "email": "lanterns@example.org",
    "website": "http://www.example.org",
    "place_name": "St Anne's Hall",
    "address_1": "Mill Lane",
    "address_2": "Earlsdon",
    "city": "Coventry",
    "postcode": "CV5 6AA",
    "address_private": True,
    "access": ["hearing_loop", "step_free"],
    "sessions": [
        {
            "freq": "MONTHLY",
            "interval": 1,
            "byday": "1TH,3TH",
            "bymonthday": None,
            "opens_at": "14:00:00",
            "closes_at": "16:30:00",
            "dtstart": None,
            "valid_from": "2026-01-05",
            "valid_to": None,
            "count": None,
            "until": "2030-06-01",
            "closed_on_bank_holidays": True,
            "note": "Not in August",
        }
    ],
    "closed_dates": ["2030-12-25"],
    "extra_dates": [{"on": "2030-01-02", "opens_at": "10:00:00", "closes_at": None, "note": "New year walk"}],
}


@pytest.fixture
def owner(app):
    return make.organisation("Green Steps")


@pytest.fixture
def group(client, owner):
    """The headers of the group's own system."""
    return client.token(make.user(Role.PROVIDER_MANAGER, organisation=owner))


@pytest.fixture
def editor(client):
    return client.token(make.user(Role.EDITOR))


def created(client, headers, **changed):
    return client.post(URL, json={**LANTERNS, **changed}, headers=headers)


def test_a_listing_comes_out_as_it_went_in(client, group):
    answer = created(client, group)

    assert answer.status_code == 201
    assert answer.json | {"phones": sorted(answer.json["phones"])} == answer.json | LANTERNS
    read = client.get(f"{URL}/{answer.json['id']}", headers=group)
    assert (read.json, read.headers["ETag"]) == (answer.json, answer.headers["ETag"])


def test_what_is_left_out_of_a_put_is_not_said_any_more(client, group):
    made = created(client, group)
    tag = {"If-Match": made.headers["ETag"]}

    changed = client.put(f"{URL}/{made.json['id']}", json={"name": "Candles"}, headers=group | tag)

    assert changed.status_code == 200
    left = {name for name in LANTERNS if changed.json[name] not in (None, [], False)}
    assert left == {"name", "referral_mode"}


@pytest.mark.parametrize(("tag", "status"), [(None, 428), ('"999"', 412), ("*", 428), ('"words"', 428)])
def test_a_put_must_name_the_version_that_was_read(tag, status, client, group):
    made = created(client, group).json
    headers = group | ({"If-Match": tag} if tag else {})

    assert client.put(f"{URL}/{made['id']}", json=LANTERNS, headers=headers).status_code == status


def test_an_action_on_a_version_that_is_gone_is_refused(client, group, editor):
    made = created(client, group)
    client.post(f"{URL}/{made.json['id']}/submit", json={}, headers=group)

    answer = client.post(
        f"{URL}/{made.json['id']}/publish", json={}, headers=editor | {"If-Match": made.headers["ETag"]}
    )

    assert (answer.status_code, answer.json["code"]) == (412, "changed_meanwhile")


def test_the_road_of_a_listing_by_api(client, group, editor):
    key = created(client, group).json["id"]
    road = [
        ("submit", group, {}, "pending_review"),
        ("send_back", editor, {"note": "Say when."}, "draft"),
        ("submit", group, {}, "pending_review"),
        ("publish", editor, {}, "active"),
        ("confirm", group, {}, "active"),
        ("capacity", group, {"status": "waiting_list", "waiting_weeks": 6, "note": "Until Easter"}, "active"),
        ("pause", group, {}, "paused"),
        ("resume", group, {}, "active"),
        ("archive", group, {}, "archived"),
        ("restore", editor, {}, "draft"),
    ]

    for action, headers, body, status in road:
        answer = client.post(f"{URL}/{key}/{action}", json=body, headers=headers)

        assert (answer.status_code, answer.json.get("status")) == (200, status), (action, answer.json)
        if action == "capacity":
            assert answer.json["capacity"]["waiting_weeks"] == 6


def test_an_editor_takes_a_change_from_the_queue(client, owner, group, editor):
    service = make.service("Walking group", organisation=owner)
    headers = group | {"If-Match": f'"{service.version}"'}
    client.put(f"{URL}/{service.id}", json=LANTERNS, headers=headers)
    assert listing_queries.queue()[1] == 1

    assert client.post(f"{URL}/{service.id}/check", json={}, headers=editor).status_code == 200
    assert client.post(f"{URL}/{service.id}/check", json={}, headers=editor).status_code == 409
    assert listing_queries.queue() == ([], 0)


def test_there_is_a_door_for_every_action_of_the_lifecycle():
    assert DOORS.keys() == LISTING.steps.keys() | {"confirm", "capacity", "check"}
    assert all(DOORS[action].by == step.by for action, step in LISTING.steps.items())


@pytest.mark.parametrize("role", sorted(set(Role) - KEEPERS))
def test_those_who_keep_no_listings_are_refused(role, client):
    service = make.service()
    headers = client.token(make.user(role))

    answers = [client.get(URL, headers=headers), client.get(f"{URL}/{service.id}", headers=headers)]
    answers += [client.post(f"{URL}/{service.id}/{action}", json={}, headers=headers) for action in DOORS]

    assert {answer.status_code for answer in answers} == {403}


def test_the_public_is_asked_to_sign_in(client):
    assert client.get(URL).status_code == 401


@pytest.mark.parametrize("action", ["publish", "send_back", "restore", "check", "archive"])
def test_a_member_of_a_group_does_not_do_what_editors_or_managers_do(action, client, owner):
    service = make.service("Walking group", organisation=owner)
    headers = client.token(make.user(Role.PROVIDER, organisation=owner))

    assert client.post(f"{URL}/{service.id}/{action}", json={}, headers=headers).status_code == 403


@pytest.mark.parametrize("status", ListingStatus)
def test_another_groups_listing_is_not_there_in_any_status(status, client, group):
    service = make.service("Walking group", status=status)
    place = f"{URL}/{service.id}"

    answers = [client.get(place, headers=group)]
    answers.append(client.put(place, json=LANTERNS, headers=group | {"If-Match": '"1"'}))
    answers.append(client.put(place, json=LANTERNS, headers=group))
    mine = ("submit", "pause", "resume", "archive", "confirm")
    answers += [client.post(f"{place}/{action}", json={}, headers=group) for action in mine]
    answers.append(client.post(f"{place}/capacity", json={"status": "full"}, headers=group))

    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", None),
        ("status", "active"),
        ("organisation", "x"),
        ("verified_at", "2026-01-01"),
        ("needs", ["flying"]),
        ("postcode", "CV1"),
        ("minimum_age", 200),
        ("maximum_age", 10),
        ("website", "javascript:alert(1)"),
        ("email", "nobody"),
        ("phones", ["hello"]),
        ("languages", ["Polish"]),
        ("cost_options", [{"amount": -1}]),
        ("cost_options", [{"amount": "NaN"}]),
        ("cost_options", [{"amount": "1e400"}]),
        ("sessions", [{"byday": "1TU"}]),
        ("sessions", [{"byday": "sometimes"}]),
        ("sessions", [{"opens_at": "25:00"}]),
        ("description", "a\u0007b"),
        ("referral_mode", "magic"),
    ],
)
def test_what_makes_no_sense_is_refused_by_the_name_of_its_field(field, value, client, group):
    answer = created(client, group, **{field: value})

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_free_service_has_no_price(client, group):
    answer = created(client, group, free=True)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["cost_options"])


def test_an_unknown_postcode_is_said_in_the_answer(client, group):
    answer = created(client, group, postcode="CV9 9ZZ")

    assert answer.status_code == 201
    assert "CV9 9ZZ" in answer.json["place_problem"]


def test_a_list_is_paged_and_can_be_of_some_statuses_only(client, owner, group):
    for name in ("Choir", "Walking group", "Allotment"):
        make.service(name, organisation=owner)
    make.service("Draft", organisation=owner, status=ListingStatus.DRAFT)

    first = client.get(f"{URL}?per_page=2&status=active", headers=group).json
    second = client.get(f"{URL}?per_page=2&status=active&page=2", headers=group).json

    assert [one["name"] for one in first["items"] + second["items"]] == ["Allotment", "Choir", "Walking group"]
    assert (first["total"], first["per_page"], second["page"]) == (3, 2, 2)


def test_a_longer_list_asks_the_database_no_more_often(client, owner, group):
    counts = []
    for _ in range(2):
        make.service(organisation=owner, needs=("bereavement",), access=("step_free",), sessions=({"byday": "TU"},))
        with recorded_queries() as statements:
            assert client.get(URL, headers=group).status_code == 200
        counts.append(len(statements))

    assert counts[0] == counts[1]
