"""The feed keeps the standard: every record of the demonstration, and the feed's description of itself."""

import json
from datetime import time

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from social_rx.db import db
from social_rx.demo import loading
from social_rx.directory.models import ContactPerson, Language, Organisation, Phone, ServiceArea
from tests import make
from tests.shared_data import SHARED, needs_shared_data

BASE = "/oruk/v3"
RAW = "https://raw.githubusercontent.com/openreferral/uk-profile/main/schema/"
ONE_OF = {
    "services": "service",
    "service_at_locations": "service_at_location",
    "taxonomies": "taxonomy",
    "taxonomy_terms": "taxonomy_term",
}
LISTS = {
    "/services": ["", "?full=true", "?minimal=true"],
    "/service_at_locations": ["", "?full=true"],
    "/organizations": ["", "?full=true", "?full_service=true"],
    "/taxonomies": [""],
    "/taxonomy_terms": [""],
}


@pytest.fixture(params=[True, False], ids=["with extensions", "without extensions"])
def extensions(app, request):
    app.config["ORUK_EXTENSIONS"] = request.param
    yield request.param
    app.config["ORUK_EXTENSIONS"] = True


@pytest.fixture
def read(client):
    return lambda path: client.get(BASE + path).json


def a_service_that_says_everything(**changes):
    session = {"byday": "TU,TH", "opens_at": time(10), "closes_at": time(12), "note": "Bring a mug.", "count": 6}
    service = make.service(
        "Lunch club",
        description="A meal together.",
        website="https://example.org",
        email="hello@example.org",
        minimum_age=18,
        maximum_age=99,
        fees="Small charge",
        how_to_join="Phone us.",
        who_for="Anyone",
        not_for="Nobody",
        waiting_weeks=2,
        capacity_status="full",
        capacity_note="until May",
        remote=["online"],
        needs=("debt",),
        supports=("lunch_club",),
        access=("step_free", "hearing_loop"),
        sessions=(session, {"freq": "MONTHLY", "byday": "1TH"}),
        price=3.5,
        **changes,
    )
    phones = [Phone(service_id=service.id, number="024 7655 0100", extension="12", description="Office")]
    phones.append(Phone(organisation_id=service.organisation_id, number="024 7655 0101"))
    contact = ContactPerson(service_id=service.id, name="Front desk", title="Host", email="desk@example.org")
    contact.phones = [Phone(number="024 7655 0102")]
    more = [
        Language(service_id=service.id, code="pa", note="On Tuesdays"),
        ServiceArea(service_id=service.id, name="CV1"),
    ]
    db.session.add_all([*phones, contact, *more])
    organisation = db.session.get(Organisation, service.organisation_id)
    organisation.charity_number, organisation.website = "1110767", "https://example.org"
    location = service.at_locations[0].location
    location.name, location.description, location.transportation = "Mill Hall", "Blue door", "Bus 20"
    location.address.address_2 = "Foleshill"
    db.session.commit()
    return service


def undeclared(answer, schema, path=""):
    """Every key of the answer that the schema does not name."""
    if isinstance(answer, list):
        for one in answer:
            yield from undeclared(one, schema.get("items", {}), f"{path}[]")
    elif isinstance(answer, dict):
        for name, value in answer.items():
            if name not in schema.get("properties", {}):
                yield f"{path}.{name}"
            else:
                yield from undeclared(value, schema["properties"][name], f"{path}.{name}")


def names_in(answer):
    if isinstance(answer, list):
        return set().union(*map(names_in, answer))
    return set(answer).union(*map(names_in, answer.values())) if isinstance(answer, dict) else set()


def empty(answer, path=""):
    if isinstance(answer, dict):
        for name, value in answer.items():
            yield from [f"{path}.{name}"] if value is None or value in ("", [], {}) else empty(value, f"{path}.{name}")
    elif isinstance(answer, list):
        for one in answer:
            yield from empty(one, f"{path}[]")


def schema_of(description, path):
    answer = description["paths"][path]["get"]["responses"]["200"]
    return answer["content"]["application/json"]["schema"]


def every_answer(read):
    """Each answer beside the path that describes it: the feed itself, all lists and all records."""
    yield "/", read("/")
    for path, questions in LISTS.items():
        for question in questions:
            yield path, read(f"{path}{question}")
        for one in read(path)["contents"]:
            yield f"{path}/{{id}}", read(f"{path}/{one['id']}")


def test_the_description_is_valid_openapi_3_1_with_every_schema_written_out(read, extensions):
    description = read("/openapi.json")

    validate(description)
    assert description["openapi"].startswith("3.1")
    assert "$ref" not in json.dumps(description)


def test_every_door_of_the_feed_is_described_and_nothing_else_is(app, read):
    rules = [rule.rule for rule in app.url_map.iter_rules() if rule.rule.startswith(BASE)]
    doors = {rule.removeprefix(BASE).replace("<uuid:id>", "{id}") for rule in rules}

    assert set(read("/openapi.json")["paths"]) == doors - {"", "/openapi.json"}


def test_no_answer_holds_a_key_that_the_description_does_not_name_nor_lacks_one_it_promises(read, extensions):
    a_service_that_says_everything()
    a_service_that_says_everything(sensitive=True)
    description = read("/openapi.json")

    for path, answer in every_answer(read):
        schema = schema_of(description, path)
        assert list(undeclared(answer, schema)) == [], path
        if "modified_date" not in names_in(answer):
            judge = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
            assert [error.message for error in judge.iter_errors(answer)] == [], path


def test_every_key_that_the_description_names_for_a_service_is_used(read):
    a_service_that_says_everything()
    named = schema_of(read("/openapi.json"), "/services/{id}")

    [service] = read("/services?full=true")["contents"]

    unused = set(named["properties"]) - set(service)
    assert unused == set()


def test_an_undeclared_key_would_be_found(read):
    a_service_that_says_everything()
    schema = schema_of(read("/openapi.json"), "/services/{id}")
    [service] = read("/services?full=true")["contents"]
    service["schedules"][0]["colour"] = "blue"

    assert list(undeclared(service, schema)) == [".schedules[].colour"]


def test_without_extensions_neither_answers_nor_description_name_any(app, read):
    a_service_that_says_everything()
    app.config["ORUK_EXTENSIONS"] = False

    try:
        description = json.dumps(read("/openapi.json"))
        said = names_in([answer for _, answer in every_answer(read)])
    finally:
        app.config["ORUK_EXTENSIONS"] = True

    assert "x-hsds-extension" not in description
    assert not said & {"phones", "application_process", "eligibility_description", "wait_time", "currency", "code"}


def test_nothing_in_any_answer_is_empty(read, extensions):
    a_service_that_says_everything()
    make.service("Says little", latitude=None)

    assert [found for _, answer in every_answer(read) for found in empty(answer)] == []


def published(name):
    """A schema of the standard by its address, from the copy beside this checkout."""
    return json.loads((SHARED / "oruk" / "uk-profile-schema" / name.removeprefix(RAW)).read_text())


def validators(path):
    """The two schemas by which a record of this list is judged: the published one, and that of the older validator."""
    api = json.loads((SHARED / "oruk" / "openapi-uk-3.0.json").read_text())
    bundled = SHARED / "oruk" / "validator" / "schemas-V3.0-UK" / f"{ONE_OF[path]}.json"
    for schema in (schema_of(api, f"/{path}/{{id}}"), json.loads(bundled.read_text())):
        yield jsonschema_rs.Draft202012Validator(schema, validate_formats=True, retriever=published)


@needs_shared_data
def test_every_record_of_the_demonstration_keeps_both_schemas_of_the_standard(client, read, extensions):
    loading._load_listings()
    db.session.commit()
    wrong, seen = [], 0
    for path in ONE_OF:
        judges = list(validators(path))
        for one in read(f"/{path}?per_page=1000")["contents"]:
            record = read(f"/{path}/{one['id']}")
            seen += 1
            wrong += [
                f"{path} {error.instance_path} {error.message}" for v in judges for error in v.iter_errors(record)
            ]
            wrong += [f"{path} {found} is empty" for found in empty(record)]

    assert wrong == []
    assert seen > 600
