"""The pages on which an editor approves listings, reads what groups changed, and chases what nobody has checked."""

import math
import uuid
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from social_rx.access import actor, allow
from social_rx.directory import listing_forms, listing_queries, listings, wording
from social_rx.directory.listing_contents import place_problem
from social_rx.directory.taxonomies import NEEDS
from social_rx.users import Role
from social_rx.web import Form, load_query

pages = Blueprint("moderation", __name__, url_prefix="/moderate")

Shown = str | AnyResponse | tuple[str, int]
KINDS = {
    "new": ("New listing", "blue"),
    "again": ("Back in the directory", "purple"),
    "changed": ("Changed", "yellow"),
}
FIELDS = {
    "name": "Name",
    "summary": "What it is, in short",
    "description": "Description",
    "needs": "What it helps with",
    "supports": "Kind of support",
    "sessions": "When",
    "closed_dates": "Dates closed",
    "extra_dates": "Extra dates",
    "place_name": "Name of the place",
    "address_1": "Address",
    "address_2": "Address, second line",
    "city": "Town",
    "postcode": "Postcode",
    "address_private": "If the address is private",
    "access": "Access",
    "remote": "At home, by phone or online",
    "free": "If it is free",
    "cost_options": "Prices",
    "fees": "Cost in words",
    "who_for": "Who it is for",
    "not_for": "Who it is not for",
    "minimum_age": "Youngest age",
    "maximum_age": "Oldest age",
    "languages": "Languages",
    "how_to_join": "How to join",
    "referral_mode": "Who can refer",
    "phones": "Phone",
    "email": "Email",
    "website": "Website",
}


class PageSchema(Schema):
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))


@pages.get("")
@allow(Role.EDITOR)
def index() -> Shown:
    page = load_query(PageSchema())["page"]
    waiting, total = listing_queries.queue(page)
    _, old = listing_queries.old_listings()
    shown = {
        "waiting": waiting,
        "total": total,
        "old": old,
        "kinds": KINDS,
        "fields": FIELDS,
        "link": partial(url_for, ".index"),
    }
    return render_template("moderation/index.html", page=page, last_page=_last_page(total), **shown)


@pages.get("/old")
@allow(Role.EDITOR)
def old() -> Shown:
    page = load_query(PageSchema())["page"]
    found, total = listing_queries.old_listings(page)
    shown = {"services": found, "total": total, "wording": wording, "link": partial(url_for, ".old")}
    return render_template("moderation/old.html", page=page, last_page=_last_page(total), **shown)


def _last_page(total: int) -> int:
    return math.ceil(total / listing_queries.PAGE)


@pages.get("/<uuid:service_id>")
@allow(Role.EDITOR)
def show(service_id: uuid.UUID) -> Shown:
    return _listing(service_id, Form(listing_forms.SeenSendBackSchema()))


def _listing(service_id: uuid.UUID, form: Form) -> str:
    service = listing_queries.get_listing(actor(), service_id)
    edits = listing_queries.unchecked_edits(service)
    shown: dict[str, Any] = {
        "service": service,
        "actions": listings.actions_for(actor(), service),
        "own_work": listing_queries.is_own_work(actor(), service),
        "edits": edits,
        "fields": FIELDS,
        "place_problem": place_problem(service),
        "wording": wording,
        "names": NEEDS,
    }
    return render_template("moderation/show.html", form=form, **shown)


@pages.post("/<uuid:service_id>/publish")
@allow(Role.EDITOR)
def publish(service_id: uuid.UUID) -> Shown:
    form = Form(listing_forms.SeenSchema())
    if service := form.run(listings.publish_listing, actor(), service_id):
        flash(f"{service.name} is in the directory.")
        return redirect(url_for(".index"), 303)
    return _listing(service_id, form), form.status


@pages.post("/<uuid:service_id>/send-back")
@allow(Role.EDITOR)
def send_back(service_id: uuid.UUID) -> Shown:
    form = Form(listing_forms.SeenSendBackSchema())
    if service := form.run(listings.send_back_listing, actor(), service_id):
        flash(f"{service.name} is sent back. Its group reads your note.")
        return redirect(url_for(".index"), 303)
    return _listing(service_id, form), form.status


@pages.post("/<uuid:service_id>/check")
@allow(Role.EDITOR)
def check(service_id: uuid.UUID) -> Shown:
    form = Form(listing_forms.SeenSchema())
    if service := form.run(listings.check_listing, actor(), service_id):
        flash(f"You have checked what changed on {service.name}.")
        return redirect(url_for(".index"), 303)
    return _listing(service_id, form), form.status


@pages.post("/<uuid:service_id>/restore")
@allow(Role.EDITOR)
def restore(service_id: uuid.UUID) -> Shown:
    form = Form(listing_forms.SeenSchema())
    if service := form.run(listings.restore_listing, actor(), service_id):
        flash(f"{service.name} is a draft again. It needs approval before people find it.")
        return redirect(url_for(".show", service_id=service_id), 303)
    return _listing(service_id, form), form.status
