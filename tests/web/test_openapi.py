"""The API's description: it is valid, it covers every door, and what is served keeps to it."""

import contextvars

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from social_rx.users import Role
from tests import make

DESCRIPTION = "/api/v1/openapi.json"
PROMISES = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def description(client):
    return client.get(DESCRIPTION).json


def test_the_description_is_valid_openapi_3_1(description):
    validate(description)

    assert description["openapi"].startswith("3.1")


def test_every_door_of_the_api_is_described_and_nothing_else_is(app, description):
    described = {
        (path, method.upper())
        for path, methods in description["paths"].items()
        for method in methods
        if method != "parameters"
    }
    doors = {
        (rule.rule.replace("<uuid:", "{").replace("<", "{").replace(">", "}"), method)
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and rule.endpoint not in {"api-docs.openapi_json", "api_docs"}
    }

    assert described == doors


@pytest.mark.parametrize("role", [Role.REFERRER, Role.LINK_WORKER, Role.COORDINATOR, Role.PROVIDER])
def test_no_input_makes_a_fault_or_an_answer_that_is_not_described(app, client, role):
    organisation = make.organisation() if role == Role.PROVIDER else None
    token = client.token(make.user(role, organisation=organisation))
    schema = contextvars.Context().run(schemathesis.openapi.from_wsgi, DESCRIPTION, app)
    few = hypothesis.settings(
        max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
    )

    for operation in schema.get_all_operations():

        @few
        @hypothesis.given(case=operation.ok().as_strategy())
        def keeps_its_promises(case):
            contextvars.Context().run(case.call_and_validate, headers=token, checks=PROMISES)

        keeps_its_promises()


def test_the_description_can_be_read_as_a_page_that_loads_nothing_from_elsewhere(client):
    page = client.get("/api/v1/")

    assert page.status_code == 200
    assert "http://" not in page.text.replace("http://www.w3.org", "")
