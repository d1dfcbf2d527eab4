"""The edge shared by pages and API: reading what comes in, and showing what is refused."""

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, jsonify, make_response, redirect, render_template, request, url_for
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest as MalformedRequest
from werkzeug.exceptions import HTTPException, SecurityError

from social_rx.access import is_api
from social_rx.errors import ChangedMeanwhile, Forbidden, InvalidInput, SignInNeeded, SocialRxError, Unavailable
from social_rx.nhs import BOOT_SCRIPT_HASH

logger = logging.getLogger(__name__)

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
DEEPEST_JSON = 32
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


class StrictRequest(Request):
    """A request whose JSON must be JSON: no NaN, no key twice, no endless nesting, no broken characters."""

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        raise MalformedRequest("Send JSON: a Content-Type of application/json and a body that can be read.")

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        if not (force or self.is_json):
            return None if silent else self.on_json_loading_failed(None)
        try:
            return strict_json(self.get_data(cache=cache))
        except ValueError as error:
            return None if silent else self.on_json_loading_failed(error)


def strict_json(data: bytes) -> Any:
    """What these bytes say as JSON. Raises ValueError for anything RFC 8259 leaves to chance."""
    text = data.decode("utf-8")
    if "\\u0000" in text or "\x00" in text:
        raise ValueError("a NUL character")
    depth = deepest = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    if deepest > DEEPEST_JSON:
        raise ValueError("nested too deeply")
    value = json.loads(
        text, object_pairs_hook=_no_key_twice, parse_constant=_refuse, parse_int=_whole, parse_float=_real
    )
    json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate fails here, not in the database
    return value


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > 18:
        raise ValueError("a number too long")
    return int(text)


def _real(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number too large")
    return number


def refuse_other_sites() -> None:
    """Refuse a write sent by a page on another site; the browser tells us which site that is."""
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    ours = site in {"same-origin", "none"} if site else not origin or urlsplit(origin).netloc == request.host
    if not ours:
        raise Forbidden("This came from another site.")


def refuse_nul() -> None:
    """No address of ours holds this character, and no database takes it."""
    if "\x00" in request.path or b"%00" in request.query_string:
        raise MalformedRequest("Check the address: it holds a character that cannot be read.")


def add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
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
            self.errors = {name: _first(said) for name, said in error.normalized_messages().items()}
        except InvalidInput as refusal:
            self.errors = {name: _first(said) for name, said in refusal.fields.items()} or {"_form": refusal.message}
        return None

    @property
    def status(self) -> int:
        return 422 if self.errors else 200


def _first(said: Any) -> str:
    """The first message in marshmallow's nest of lists and dictionaries."""
    while not isinstance(said, str):
        said = next(iter(said.values() if isinstance(said, dict) else said))
    return said


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
        body["errors"] = wrong
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
