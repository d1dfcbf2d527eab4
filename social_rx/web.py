"""The edge shared by pages and API: reading what comes in, and showing what is refused."""

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest as MalformedRequest
from werkzeug.exceptions import HTTPException, SecurityError

from social_rx.access import is_api
from social_rx.errors import ChangedMeanwhile, Forbidden, InvalidInput, SignInNeeded, SocialRxError, Unavailable
from social_rx.nhs import BOOT_SCRIPT_HASH
from social_rx.strict_request import StrictRequest

logger = logging.getLogger(__name__)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
MOST_ERRORS = 20
DATE_BOXES = ("day", "month", "year")
POLICY = (
    f"default-src 'none'; script-src 'self' '{BOOT_SCRIPT_HASH}'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ONLY_HTTPS = "max-age=31536000; includeSubDomains"
TITLES = {401: "Sign in", 403: "You cannot see this page", 404: "Page not found", 409: "That cannot be done now"}


def init_app(app: Flask) -> None:
    app.request_class = StrictRequest
    app.before_request(refuse_nul)
    app.before_request(refuse_other_sites)
    app.after_request(add_headers)
    app.register_error_handler(SocialRxError, show)
    app.register_error_handler(ValidationError, show_invalid_input)
    app.register_error_handler(StaleDataError, show_changed_meanwhile)
    app.register_error_handler(OperationalError, show_unavailable)
    app.register_error_handler(HTTPException, show_http_error)
    app.register_error_handler(Exception, show_failure)


def refuse_other_sites() -> None:
    """Refuse a write sent by a page on another site; the browser tells us which site that is."""
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = site in {"same-origin", "none"} if site else not origin or _host_of(origin) == request.host
    if not ours:
        raise Forbidden("This came from another site.")


def _host_of(origin: str) -> str | None:
    """None when this is no address at all."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def refuse_nul() -> None:
    """No address of ours holds this character, and no database takes it."""
    if "\x00" in request.path or b"%00" in request.query_string:
        raise MalformedRequest("Check the address: it holds a character that cannot be read.")


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["ENV"] == "production":
        response.headers.setdefault("Strict-Transport-Security", ONLY_HTTPS)
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
        response.vary.update({"Cookie", "Accept"})
    return response


def load_query(schema: Schema) -> Any:
    """What the address asks for, checked. Raises ValidationError."""
    return schema.load(filled_in(schema, request.args))


def filled_in(schema: Schema, source: MultiDict[str, str]) -> dict[str, Any]:
    """What was filled in: blanks are left out, lists arrive as lists, and a date in three boxes as one date."""
    found: dict[str, Any] = {}
    for name in source:
        field, part = _date_box(schema, name)
        if part:
            found[field] = _one_date(source, field)
        elif isinstance(schema.fields.get(name), fields.List):
            found[name] = [value for value in source.getlist(name) if value]
        else:
            found[name] = source[name].strip()
    return {name: value for name, value in found.items() if value not in ("", [])}


def _date_box(schema: Schema, name: str) -> tuple[str, str]:
    """The date field that `name` is one box of, and which box; ("", "") for anything else."""
    field, _, part = name.rpartition("-")
    is_box = part in DATE_BOXES and isinstance(schema.fields.get(field), fields.Date)
    return (field, part) if is_box else ("", "")


def _one_date(source: MultiDict[str, str], field: str) -> str:
    """The three boxes as ISO 8601; as they were typed when they are no numbers, for the schema to refuse."""
    day, month, year = (source.get(f"{field}-{part}", "").strip() for part in DATE_BOXES)
    if day.isdecimal() and month.isdecimal() and year.isdecimal():
        return f"{int(year[:9]):04}-{int(month[:9]):02}-{int(day[:9]):02}"
    return " ".join(filter(None, (day, month, year)))


class Form:
    """One HTML form: what was typed, and what is wrong with it.

    `values` maps each field to what was typed (or `initial`), `errors` each field to one message.
    """

    def __init__(self, schema: Schema, initial: Mapping[str, Any] | None = None):
        self.schema = schema
        posted = request.method == "POST"
        self.typed = filled_in(schema, request.form) if posted else {}
        boxes = {name: value for name, value in request.form.items() if _date_box(schema, name)[1]}
        self.values: dict[str, Any] = {**self.typed, **boxes} if posted else dict(initial or {})
        self.errors: dict[str, str] = {}

    def run(self, use_case: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Check what was posted and hand it to the use case; keep any refusal as field errors.

        Returns what the use case returned; None when nothing was posted or something is wrong.
        """
        if request.method != "POST":
            return None
        try:
            return use_case(*args, **self.schema.load(self.typed), **more)
        except ValidationError as error:
            self.errors = _one_each(error.normalized_messages())
        except InvalidInput as refusal:
            self.errors = _one_each(refusal.fields) or {"_form": refusal.message}
        return None

    @property
    def status(self) -> int:
        return 422 if self.errors else 200


def _one_each(wrong: Mapping[str, Any]) -> dict[str, str]:
    return {name: first_message(said) for name, said in list(wrong.items())[:MOST_ERRORS]}


def first_message(said: Any) -> str:
    """The first message in marshmallow's nest of lists and dictionaries."""
    while not isinstance(said, str):
        said = next(iter(said.values() if isinstance(said, dict) else said))
    return said


def _some(wrong: Mapping[Any, Any], most: int = MOST_ERRORS) -> dict[Any, Any]:
    """The first messages in such a nest, as many as somebody will read."""
    kept: dict[Any, Any] = {}
    for name, said in wrong.items():
        if most <= 0:
            break
        kept[name] = _some(said, most) if isinstance(said, Mapping) else said[:most] if isinstance(said, list) else said
        most -= _how_many(kept[name])
    return kept


def _how_many(said: Any) -> int:
    if isinstance(said, Mapping):
        return sum(map(_how_many, said.values()))
    return len(said) if isinstance(said, list) else 1


def show(error: SocialRxError) -> Response:
    """A refusal, as a page or as problem+json (RFC 9457)."""
    if is_api():
        response = problem(error.status, error.code, error.message, error.fields)
    elif isinstance(error, SignInNeeded) and request.method in SAFE_METHODS:
        response = make_response(redirect(url_for("security.login", next=request.full_path.rstrip("?")), 303))
    else:
        title = TITLES.get(error.status, "Sorry, that did not work")
        response = make_response(
            render_template("error.html", status=error.status, title=title, message=error.message, actions=[]),
            error.status,
        )
    if error.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if error.status in {429, 503}:
        response.headers["Retry-After"] = "60"
    return response


def problem(status: int, code: str, message: str, wrong: Mapping[str, Any] | None = None) -> Response:
    """One refusal as RFC 9457 has it, with a stable `code` and, for a form, what is wrong in each field."""
    body: dict[str, Any] = {"type": "about:blank", "title": message, "status": status, "code": code}
    if wrong:
        body["errors"] = _some(wrong)
    response = jsonify(body)
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def show_invalid_input(error: ValidationError) -> Response:
    return show(InvalidInput("Check what you sent.", error.normalized_messages()))


def show_changed_meanwhile(error: StaleDataError) -> Response:
    return show(ChangedMeanwhile("Somebody else changed this while you were looking at it. Load it again and retry."))


def show_unavailable(error: OperationalError) -> Response:
    logger.error("the database did not answer: %s", type(error.orig).__name__)
    return show(Unavailable("The service is not available just now. Nothing was saved. Try again in a minute."))


def show_http_error(error: HTTPException) -> Response:
    """werkzeug's own refusals (405, 413…) in our one shape, with the headers they need."""
    if isinstance(error, SecurityError):  # asked under a name that is not ours, so no page of ours has an address
        return Response("Check the address of this site.", 400, mimetype="text/plain")
    refusal = SocialRxError(error.description or error.name)
    refusal.status = error.code or 500
    refusal.code = error.name.lower().replace(" ", "_")
    if refusal.status == 404:
        refusal.message = "We could not find that page. Check the address, or go back and try again."
    response = show(refusal)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "Location"}:
            response.headers[name] = value
    return response


def show_failure(error: Exception) -> Response:
    """A fault of ours: an id to quote, and nothing about the cause."""
    fault = secrets.token_hex(4)
    logger.error("fault %s: %s", fault, type(error).__name__, exc_info=error)
    failure = SocialRxError(f"Something went wrong on our side. Quote {fault} when you phone us.")
    failure.status, failure.code = 500, "internal_error"
    return show(failure)
