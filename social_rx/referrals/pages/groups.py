"""The pages of a community group: who would like to join, and the group's answers. Made for a phone."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from social_rx.access import actor, allow
from social_rx.referrals import onward, queries
from social_rx.referrals.models import OnwardReferral
from social_rx.referrals.pages.frame import Blank, Filled, Shown, words
from social_rx.referrals.schemas.casework import AnswerSchema
from social_rx.referrals.schemas.forms import FirstVisitSchema
from social_rx.referrals.sharing import what_the_group_may_see
from social_rx.referrals.status import ONWARD, ONWARD_FINAL, ONWARD_LIVE, OnwardStatus
from social_rx.referrals.wording import ONWARD_REASONS
from social_rx.users import Role
from social_rx.web import Form

pages = Blueprint("groups", __name__, url_prefix="/inbox")
pages.context_processor(words)
PER_PAGE = 20
DONE = {
    "accept": "Thank you. You can see below how to reach them.",
    "reject": "Thank you. The link worker has been told.",
    "waitlist": "Saved: they are on your waiting list.",
    "start": "Saved: they have started.",
    "not_start": "Saved: they did not start. The link worker has been told.",
    "complete": "Saved: they have finished. Thank you for your help.",
    "drop_out": "Saved: they stopped coming. The link worker has been told.",
}


@pages.get("")
@allow(Role.PROVIDER, Role.PROVIDER_MANAGER)
def inbox() -> str:
    """Who waits for an answer, and who is with the group now."""
    return _list("inbox", waiting={OnwardStatus.SENT}, others=ONWARD_LIVE - {OnwardStatus.SENT})


@pages.get("/finished")
@allow(Role.PROVIDER, Role.PROVIDER_MANAGER)
def finished() -> str:
    """What has come to an end."""
    return _list("finished", others=ONWARD_FINAL)


def _list(template: str, **wanted: set[OnwardStatus]) -> str:
    """Pages of what the group was asked: each name of `wanted` becomes a list of who, and what may be seen of them."""
    page = min(max(request.args.get("page", 1, int), 1), 10_000)
    found: dict[str, Any] = {}
    longest = 0
    for name, statuses in wanted.items():
        asked, total = queries.inbox(actor(), status=statuses, page=page, per_page=PER_PAGE)
        found[name] = [(held, what_the_group_may_see(held)) for held in asked]
        longest = max(longest, total)
    last = -(-longest // PER_PAGE)
    return render_template(f"referrals/groups/{template}.html", page=page, last=last, **found)


@pages.get("/<uuid:request_id>")
@allow(Role.PROVIDER, Role.PROVIDER_MANAGER)
def show(request_id: uuid.UUID) -> Shown:
    """One request, and what can be answered now."""
    return _page("show", queries.get_onward(actor(), request_id), Blank())


def _page(template: str, asked: OnwardReferral, form: Filled, **more: Any) -> Shown:
    seen = what_the_group_may_see(asked)
    actions = ONWARD.actions(asked.status, actor().role)
    shown = {"onward": asked, "seen": seen, "actions": actions, "form": form}
    return render_template(f"referrals/groups/{template}.html", **shown, **more), form.status


@pages.route("/<uuid:request_id>/<any(" + ", ".join(DONE) + "):action>", methods=["GET", "POST"])
@allow(Role.PROVIDER, Role.PROVIDER_MANAGER)
def answer(request_id: uuid.UUID, action: str) -> Response | Shown:
    """Answer; a no says why."""
    form = Form(AnswerSchema())
    if form.run(onward.answer_onward, actor(), request_id, action):
        flash(DONE[action])
        return redirect(url_for(".show", request_id=request_id), 303)
    asked = onward.request_to_answer(actor(), request_id, action)
    return _page("answer", asked, form, action=action, reasons=ONWARD_REASONS.get(action, ()))


@pages.get("/<uuid:request_id>/first-visit")
@allow(Role.PROVIDER, Role.PROVIDER_MANAGER)
def again(request_id: uuid.UUID) -> Response:
    """The request, for whoever loads the page again on which its form came back."""
    return redirect(url_for(".show", request_id=request_id), 303)


@pages.post("/<uuid:request_id>/first-visit")
@allow(Role.PROVIDER, Role.PROVIDER_MANAGER)
def first_visit(request_id: uuid.UUID) -> Response | Shown:
    """Say when they come for the first time."""
    form = Form(FirstVisitSchema())
    if form.run(onward.arrange_first_visit, actor(), request_id):
        flash("Saved: the day of the first visit.")
        return redirect(url_for(".show", request_id=request_id), 303)
    return _page("show", queries.get_onward(actor(), request_id), form)
