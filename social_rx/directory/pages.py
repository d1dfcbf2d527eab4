"""The public pages: the search, its results, and one page for each service."""

import math
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, ValidationError, fields, validate
from werkzeug import Response

from social_rx import navigation
from social_rx.access import actor_or_none, public
from social_rx.directory import finding, schedules, search, wording
from social_rx.directory.calendar_feed import calendar_of
from social_rx.directory.models import Service
from social_rx.directory.risk_words import HELP_NOW, dangers_in
from social_rx.directory.schedules import DAYS
from social_rx.directory.schemas import SearchSchema, is_approximate
from social_rx.directory.search import Hit, SearchQuery
from social_rx.directory.taxonomies import NEEDS, SUPPORTS
from social_rx.errors import InvalidInput
from social_rx.nhs import WHOLE_FORM
from social_rx.users import Role
from social_rx.web import Form, filled_in

pages = Blueprint("directory", __name__)

Shown = str | Response | tuple[str, int]
TOP_NEEDS = {
    "loneliness_isolation": "Meet people",
    "money_debt": "Money and debt",
    "bereavement": "Bereavement",
    "physical_activity": "Being active",
    "mental_wellbeing": "Low mood",
    "caring_role": "Caring for someone",
    "food_insecurity": "Food",
    "housing_security": "Housing",
}
SWITCHES = {
    "free": "Free",
    "has_places": "Has places",
    "step_free": "Step-free",
    "remote": "At home or by phone",
}
WEEKDAYS = {str(number): name for number, name in enumerate(DAYS.values())}
REFERRERS = {Role.REFERRER, Role.PRACTICE_ADMIN}
WIDER_KM = 50
NEEDS_SHOWN = 8
FIND = ".find"
ON_THE_PAGE = {
    "q": "Enter fewer words.",
    "near": "Enter a postcode, like CV1 2AB.",
    "day": "Select a day of the week.",
    "language": "Select a language from the list.",
}
LEFT_OUT = "Part of the address of this page could not be understood. The results are without it."
REFERENCE = r"^[0-9A-Za-z]{5}-?[0-9A-Za-z]{5}\Z"


class FindSchema(SearchSchema):
    """The address of the results page. `case` is the case a link worker searches for."""

    class Meta:
        unknown = EXCLUDE

    case = fields.String(validate=validate.Regexp(REFERENCE, error="Check the reference of the case."))


@pages.get("/")
@public
def home() -> Shown:
    if actor_or_none():
        return redirect(navigation.start_page())
    return render_template("directory/home.html", top_needs=TOP_NEEDS, help_now=HELP_NOW)


@pages.get("/find")
@public
def find() -> Shown:
    kept, asked, wrong = _understood(_kept())
    form = Form(FindSchema(), kept)
    form.errors = wrong | ({"near": asked.near_problem} if asked.near_problem else {})
    results = search.find_services(asked.query)
    shown = {
        "form": form,
        "asked": asked,
        "results": results,
        "last_page": math.ceil(results.hits.total / asked.query.per_page),
        "dangers": dangers_in(asked.query.text),
        "chips": _chips(kept, asked.query),
        "needs": _needs_to_offer(results.hits.facets.get("needs", {}), asked.query.needs),
        "languages": _languages(results.hits.facets.get("language", {}), asked.query.language),
    }
    return render_template("directory/find.html", **shown, **_about_whoever_asks(kept)), 422 if wrong else 200


@pages.get("/services/<uuid:service_id>")
@public
def service(service_id: uuid.UUID) -> Shown:
    kept = _kept()
    try:
        found = finding.listing(service_id)
    except finding.Closed as closed:
        others = finding.instead_of(closed.service)
        return render_template("directory/closed.html", service=closed.service, others=others), 410
    return render_template("directory/service.html", service=found, **_about_whoever_asks(kept))


@pages.get("/services/<uuid:service_id>.ics")
@public
def service_calendar(service_id: uuid.UUID) -> Response:
    """The sessions of a service for the calendar on somebody's phone, which asks again every day."""
    found = finding.listing(service_id)
    feed = calendar_of(found, url_for(".service", service_id=service_id, _external=True))
    answer = Response(feed, mimetype="text/calendar", content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'inline; filename="{service_id}.ics"'
    answer.add_etag()
    return answer.make_conditional(request.environ)


@pages.get("/accessibility")
@public
def accessibility() -> str:
    return render_template("directory/accessibility.html")


@pages.get("/privacy")
@public
def privacy() -> str:
    return render_template("directory/privacy.html")


@pages.get("/cookies")
@public
def cookies() -> str:
    return render_template("directory/cookies.html")


def _kept() -> dict[str, Any]:
    """What the address asks for, as it was typed: every link on the page keeps it."""
    schema = FindSchema()
    return {name: value for name, value in filled_in(schema, request.args).items() if name in schema.fields}


def _understood(kept: Mapping[str, Any]) -> tuple[dict[str, Any], finding.Asked, dict[str, str]]:
    """The address without what cannot be understood, the question it then puts, and what was wrong, by field."""
    try:
        data = FindSchema().load(kept)
        data.pop("case", None)
        return dict(kept), finding.ask(data), {}
    except ValidationError as error:
        wrong = error.normalized_messages()
    except InvalidInput as refusal:
        wrong = refusal.fields
    understood = {name: value for name, value in kept.items() if name not in wrong}
    if understood == kept:  # what is wrong is not one field that could be left out
        raise InvalidInput("Some of the search cannot be understood.", wrong)
    rest, asked, more = _understood(understood)
    said = {name if name in ON_THE_PAGE else WHOLE_FORM: ON_THE_PAGE.get(name, LEFT_OUT) for name in wrong}
    return rest, asked, said | more


def link(kept: Mapping[str, Any], to: str = FIND, **changes: Any) -> str:
    """The address of another page that keeps the search, with these changes; None takes something away."""
    return url_for(to, **{name: value for name, value in {**kept, **changes}.items() if value is not None})


def _about_whoever_asks(kept: Mapping[str, Any]) -> dict[str, Any]:
    """What differs between the public, a practice and a link worker, and the words and links of every page."""
    who = actor_or_none()
    role = who.role if who else None
    case = kept.get("case") if role == Role.LINK_WORKER else None
    return {
        "kept": kept,
        "link": partial(link, {name: value for name, value in kept.items() if name != "page"}),
        "refer_link": partial(refer_link, role, case, kept),
        "refers": role in REFERRERS,
        "case": case,
        "wording": wording,
        "schedules": schedules,
        "is_approximate": is_approximate,
        "matches": matches,
        "names": {**NEEDS, **SUPPORTS},
        "switches": SWITCHES,
        "weekdays": WEEKDAYS,
        "wider_km": WIDER_KM,
    }


def refer_link(role: Role | None, case: str | None, kept: Mapping[str, Any], service: Service) -> str | None:
    """Where this person refers somebody to this service; None when they cannot, or nobody can."""
    if service.why_not_referable:
        return None
    if case:
        return url_for("onward.new", reference=case, service_id=service.id)
    if role in REFERRERS:
        carried = {name: kept[name] for name in ("q", "need") if name in kept}
        return url_for("refer.new", service_id=service.id, **carried)
    return None


def matches(hit: Hit) -> str:
    """The needs and words of the search that a service answers; the card shows the other reasons by itself."""
    return next((reason for reason in hit.reasons if reason.startswith("Matches")), "")


def _chips(kept: Mapping[str, Any], query: SearchQuery) -> list[tuple[str, str]]:
    """Each filter that is on, in words, with the address without it."""
    without = partial(link, kept, FIND, page=None)
    chips = [(words, without(**{name: None})) for name, words in SWITCHES.items() if getattr(query, name)]
    if query.day is not None:
        chips.append((WEEKDAYS[str(query.day)], without(day=None)))
    if said := schedules.times_in_words(query.from_time, query.to_time):
        chips.append((said, without(from_time=None, to_time=None)))
    if query.language:
        chips.append((wording.language_name(query.language), without(language=None)))
    for name, chosen, names in (("need", query.needs, NEEDS), ("support", query.supports, SUPPORTS)):
        chips += [(names[code], without(**{name: [other for other in chosen if other != code]})) for code in chosen]
    return chips


def _needs_to_offer(counts: Mapping[str, int], chosen: tuple[str, ...]) -> list[tuple[str, str]]:
    """The needs that most of the results meet, and those chosen, each with how many."""
    most = sorted(counts, key=lambda code: (-counts[code], code))[:NEEDS_SHOWN]
    return [
        (code, f"{NEEDS[code]} ({counts.get(code, 0)})") for code in dict.fromkeys([*chosen, *most]) if code in NEEDS
    ]


def _languages(counts: Mapping[str, int], chosen: str | None) -> list[tuple[str, str]]:
    codes = {code for code in counts if code != "en"} | ({chosen} if chosen else set())
    found = [(code, f"{wording.language_name(code)} ({counts.get(code, 0)})") for code in codes]
    return [("", "Any language"), *sorted(found, key=lambda item: item[1])]
