"""The JSON API's frame: one error shape, strict input, and the OpenAPI 3.1 description of what is served."""

from http import HTTPStatus
from typing import Any, NoReturn

from flask import Flask, Request, render_template, request, url_for
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response
from marshmallow import RAISE, Schema, ValidationError, fields
from webargs import core
from webargs.flaskparser import FlaskParser

from social_rx.access import public
from social_rx.errors import InvalidInput, VersionNeeded

PROBLEM = "application/problem+json"


class ProblemSchema(Schema):
    """One refusal, as RFC 9457 has it; `code` is stable, `errors` says what is wrong field by field."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    errors = fields.Dict(keys=fields.String())


class StrictParser(FlaskParser):
    """Reads JSON through our strict request, and refuses unknown fields wherever they stand."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE, "json": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        return req.get_json() if req.content_length or req.mimetype else core.missing

    def handle_error(self, error: ValidationError, *_: Any, **__: Any) -> NoReturn:
        wrong = error.normalized_messages()
        where = wrong.get("json") or wrong.get("query") or wrong
        raise InvalidInput("Check what you sent.", where if isinstance(where, dict) else {"_schema": where})


class Doors(Blueprint):
    """A blueprint of the API: documented, strict, and opened with a bearer token unless it says otherwise."""

    ARGUMENTS_PARSER = StrictParser()


def version_read() -> int:
    """The version in If-Match: which one of a record its writer has read. Raises VersionNeeded when there is none."""
    tags = [tag for tag in request.if_match.as_set() if tag.isdecimal()]
    if not tags:
        raise VersionNeeded("Read it first, and send its ETag as If-Match.")
    return int(tags[0][:9])


class ProblemApi(Api):
    """flask-smorest, with refusals left to web.py and documented as the problem+json they are."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """web.py shows every refusal, of pages and API alike."""

    def _register_responses(self) -> None:
        for name, description in [(status.name, status.phrase) for status in HTTPStatus] + [
            ("DEFAULT_ERROR", "Refused")
        ]:
            response = {"description": description, "schema": ProblemSchema}
            prepare_response(response, self.spec, PROBLEM)
            self.spec.components.response(name, response, lazy=True)


def init_app(app: Flask) -> Api:
    """The API object to register blueprints with; its description is at /api/v1/openapi.json."""
    app.config.update(
        API_TITLE=app.config["SERVICE_NAME"],
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
            "security": [{"bearer": []}],
            "info": {"description": "Search the directory, refer, and follow each referral to its outcome."},
        },
    )
    api = ProblemApi(app)
    description = app.view_functions["api-docs.openapi_json"]  # a bound method, which no mark can be put on
    app.view_functions["api-docs.openapi_json"] = public(lambda **_: description())  # type: ignore[assignment] # see above
    app.add_url_rule("/api/v1/", "api_docs", public(browse))
    return api


def browse() -> str:
    """The description as a page to read and try, with nothing loaded from elsewhere."""
    return render_template("api_docs.html", description=url_for("api-docs.openapi_json"))
