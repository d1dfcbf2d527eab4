"""The pages on which a community group keeps its listings true; editors use the same form."""

import math
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from social_rx.access import actor, allow
from social_rx.directory import listing_forms, listing_queries, listings, wording
from social_rx.directory.listing_contents import contents, place_problem
from social_rx.directory.models import Service
from social_rx.directory.schedules import DAYS
from social_rx.directory.status import KEEPERS, LISTING, ReferralMode
from social_rx.directory.taxonomies import NEEDS, PILLARS, SUPPORTS_BY_PILLAR
from social_rx.errors import ChangedMeanwhile, InvalidInput
from social_rx.nhs import WHOLE_FORM
from social_rx.users import Role
from social_rx.web import Form, load_query

pages = Blueprint("my_listings", __name__, url_prefix="/my-listings")

Shown = str | AnyResponse | tuple[str, int]
JOINING = {
    ReferralMode.BOTH: "They contact us, or are referred",
    ReferralMode.SELF_REFER: "They contact us themselves",
    ReferralMode.PROFESSIONAL_REFERRAL: "A GP practice or link worker refers them",
    ReferralMode.SIGNPOST_ONLY: "They just come: we take no names",
}


class PageSchema(Schema):
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))


@pages.get("")
@allow(*sorted(listing_queries.GROUP))
def index() -> Shown:
    return _cards()


def _cards(form: Form | None = None, at: uuid.UUID | None = None) -> str:
    """All cards; `form` is the one about places that came back, on the card of listing `at`."""
    page = load_query(PageSchema())["page"] if request.method == "GET" else 1
    found, total = listing_queries.list_mine(actor(), page=page)
    return render_template(
        "my_listings/index.html",
        services=found,
        actions={service.id: listings.actions_for(actor(), service) for service in found},
        notes=listing_queries.notes_on(found),
        owner=listing_queries.owner_of(actor()),
        page=page,
        link=partial(url_for, ".index"),
        last_page=math.ceil(total / listing_queries.PAGE),
        form=form or Form(listing_forms.SeenPlacesSchema()),
        at=at,
        wording=wording,
    )


@pages.route("/new", methods=["GET", "POST"])
@allow(*sorted(listing_queries.GROUP))
def new() -> Shown:
    boxes = _boxes({})
    form = Form(listing_forms.form_schema(boxes, versioned=False))
    if service := form.run(listings.create_listing, actor()):
        _say(service, f"We have saved {service.name}. Nobody else sees it yet.")
        return redirect(url_for(".submit", service_id=service.id), 303)
    shown = {"form": form, "service": None, "back": url_for(".index"), **_choices(boxes, {})}
    return render_template("my_listings/edit.html", **shown), form.status


@pages.route("/<uuid:service_id>/edit", methods=["GET", "POST"])
@allow(*sorted(KEEPERS))
def edit(service_id: uuid.UUID) -> Shown:
    service = listing_queries.get_listing(actor(), service_id)
    said = contents(service)
    boxes = _boxes(said)
    form = Form(listing_forms.form_schema(boxes), listing_forms.filled(said) | {"version": str(service.version)})
    try:
        if saved := form.run(listings.edit_listing, actor(), service_id):
            _say(saved, f"We have saved {saved.name}.")
            return redirect(_where_it_is_kept(service_id), 303)
    except ChangedMeanwhile as refusal:
        return _changed_meanwhile(form, service_id, refusal)
    shown = {"form": form, "service": service, "back": _where_it_is_kept(service_id), **_choices(boxes, said)}
    return render_template("my_listings/edit.html", **shown), form.status


def _changed_meanwhile(form: Form, service_id: uuid.UUID, refusal: ChangedMeanwhile) -> Shown:
    """What was typed stays on the page, to be looked at beside what the listing says now and then saved."""
    service = listing_queries.get_listing(actor(), service_id)
    form.values["version"] = str(service.version)
    form.errors = {
        WHOLE_FORM: "Somebody else changed this listing while you were writing. What you wrote is below. "
        "Read what the listing says now, then save again to replace it."
    }
    said = contents(service)
    shown = {"form": form, "service": service, "back": _where_it_is_kept(service_id), **_choices(_boxes(said), said)}
    return render_template("my_listings/edit.html", changed_meanwhile=True, **shown), refusal.status


@pages.post("/<uuid:service_id>/confirm")
@allow(*sorted(KEEPERS))
def confirm(service_id: uuid.UUID) -> Shown:
    listing_queries.get_listing(actor(), service_id)
    form = Form(listing_forms.SeenSchema())
    if service := form.run(listings.confirm_listing, actor(), service_id):
        flash(f"Thank you. We have marked {service.name} as correct today.")
    if form.errors:
        raise InvalidInput(next(iter(form.errors.values())))
    return redirect(_where_it_is_kept(service_id), 303)


@pages.post("/<uuid:service_id>/places")
@allow(*sorted(listing_queries.GROUP))
def places(service_id: uuid.UUID) -> Shown:
    listing_queries.get_listing(actor(), service_id)
    form = Form(listing_forms.SeenPlacesSchema())
    if service := form.run(listings.set_capacity, actor(), service_id):
        flash(f"Thank you. We have saved the places of {service.name}.")
        return redirect(url_for(".index"), 303)
    return _cards(form, service_id), form.status


class Question(NamedTuple):
    """What is asked before an action, what its button says, and what is said afterwards."""

    title: str
    explained: str
    button: str
    done: str


QUESTIONS = {
    "submit": Question(
        "Send {} to be checked",
        "We check it within 2 working days. People find it in the directory after that.",
        "Send it",
        "Sent. We check {} within 2 working days.",
    ),
    "pause": Question(
        "Pause {}",
        "Nobody finds it in the directory until you open it again. Nothing you wrote is lost.",
        "Pause it",
        "{} is paused. Nobody finds it until you open it again.",
    ),
    "resume": Question(
        "Open {} again",
        "People find it in the directory again.",
        "Open it again",
        "{} is open again. People find it in the directory.",
    ),
    "archive": Question(
        "Take {} out of the directory",
        "Nobody finds it any more. Only the directory's editors can bring it back.",
        "Take it out",
        "{} is no longer in the directory.",
    ),
}
ACTIONS = {
    "submit": listings.submit_listing,
    "pause": listings.pause_listing,
    "resume": listings.resume_listing,
    "archive": listings.archive_listing,
}


def _ask(action: str, service_id: uuid.UUID) -> Shown:
    service = listing_queries.get_listing(actor(), service_id)
    LISTING.after(action, service.status, actor().role)  # what cannot be done is not asked about
    question = QUESTIONS[action]
    form = Form(listing_forms.SeenSchema(), {"version": str(service.version)})
    if done := form.run(ACTIONS[action], actor(), service_id):
        flash(question.done.format(done.name))
        return redirect(_where_it_is_kept(service_id), 303)
    shown = {
        "service": service,
        "question": question,
        "action": action,
        "form": form,
        "back": _where_it_is_kept(service_id),
        "missing": listings.missing(service) if action == "submit" else {},
        "wording": wording,
        "names": NEEDS,
    }
    return render_template("my_listings/ask.html", **shown), form.status


def _open(action: str) -> None:
    """A page that asks before it does `action`, for those whom the lifecycle allows to."""
    view = partial(_ask, action)
    allowed = allow(*sorted(Role(role) for role in LISTING.steps[action].by))(view)
    pages.add_url_rule(f"/<uuid:service_id>/{action}", action, allowed, methods=["GET", "POST"])


for _action in ACTIONS:
    _open(_action)


def _where_it_is_kept(service_id: uuid.UUID) -> str:
    """The page this person keeps listings on."""
    if actor().role in listing_queries.GROUP:
        return url_for(".index")
    return url_for("moderation.show", service_id=service_id)


def _say(service: Service, saved: str) -> None:
    flash(saved)
    if problem := place_problem(service):
        flash(problem, "important")


def _boxes(said: Mapping[str, Any]) -> listing_forms.Boxes:
    """As many as the listing needs, and as many as were sent."""
    typed = {kind: len(listing_forms.numbered(request.form, kind)) for kind in listing_forms.MOST}
    return listing_forms.boxes_for(said, typed)


def _choices(boxes: listing_forms.Boxes, said: Mapping[str, Any]) -> dict[str, Any]:
    """What the form lets people choose from; codes that came from elsewhere stay choosable."""
    return {
        "boxes": boxes,
        "days": DAYS,
        "needs": NEEDS,
        "supports": [(PILLARS[pillar], terms) for pillar, terms in SUPPORTS_BY_PILLAR.items()],
        "languages": {code: wording.language_name(code) for code in {*wording.LANGUAGES, *said.get("languages", ())}},
        "access": {code: code.replace("_", " ") for code in said.get("access", ())} | wording.ACCESS,
        "remote": {"home": "At the person's home", "phone": "By phone", "online": "Online"},
        "joining": JOINING,
        "repeats_for": listing_forms.repeats_for,
    }
