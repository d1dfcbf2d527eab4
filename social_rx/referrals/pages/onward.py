"""The pages of a case's onward referrals and signposts."""

import uuid

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from social_rx.access import actor, allow
from social_rx.errors import Conflict
from social_rx.referrals import onward, queries
from social_rx.referrals.models import Plan
from social_rx.referrals.pages.frame import Shown, search_for, show_case, show_refused, words
from social_rx.referrals.schemas.casework import AnswerSchema, OnwardSchema
from social_rx.referrals.schemas.forms import SignpostFormSchema
from social_rx.referrals.status import ONWARD
from social_rx.referrals.wording import ONWARD_ACTION_WORDS, ONWARD_REASONS
from social_rx.users import Role
from social_rx.web import Form

pages = Blueprint("onward", __name__, url_prefix="/cases")
pages.context_processor(words)
METHODS = [("in_person", "Yes, in person"), ("by_phone", "Yes, by phone")]


@pages.get("/<reference>/onward")
@allow(Role.LINK_WORKER)
def index(reference: str) -> Shown:
    """Every group that was asked, with its answer."""
    return show_case("onward", reference, onward_actions=lambda held: ONWARD.actions(held.status, actor().role))


@pages.route("/<reference>/onward/new", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def new(reference: str) -> Response | Shown:
    """Ask a group to help."""
    service_id = request.values.get("service_id", type=uuid.UUID)
    referral = queries.get_referral(actor(), reference)
    if service_id is None:
        return redirect(search_for(referral), 303)
    form = Form(OnwardSchema(), {"message": _what_matters(referral.plan)})
    more = {"shareable": onward.SHAREABLE, "methods": METHODS}
    try:
        if asked := form.run(onward.refer_onward, actor(), reference):
            flash(f"{asked.service_name} has been asked. We tell you when they answer.")
            return redirect(url_for(".index", reference=reference), 303)
    except Conflict as refusal:
        service = queries.service_to_refer_to(service_id)
        return show_refused("ask", reference, refusal, form=form, service=service, **more)
    return show_case("ask", reference, form=form, service=queries.service_to_refer_to(service_id), **more)


def _what_matters(plan: Plan | None) -> str:
    return (plan.matters or "")[:500] if plan else ""


@pages.route(
    "/<reference>/onward/<uuid:request_id>/<any(" + ", ".join(ONWARD.steps) + "):action>", methods=["GET", "POST"]
)
@allow(Role.LINK_WORKER)
def answer(reference: str, request_id: uuid.UUID, action: str) -> Response | Shown:
    """Record what a group said by phone."""
    form = Form(AnswerSchema())
    if said := form.run(onward.answer_onward, actor(), request_id, action):
        flash(f"{said.service_name}: {ONWARD_ACTION_WORDS[action].lower()}.")
        return redirect(url_for(".index", reference=reference), 303)
    asked = onward.request_to_answer(actor(), request_id, action)
    asking = {"onward": asked, "action": action, "reasons": ONWARD_REASONS.get(action, ())}
    return show_case("answer", reference, form=form, **asking)


@pages.route("/<reference>/signposts", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def signpost(reference: str) -> Response | Shown:
    """Note that a name and a number were handed over."""
    form = Form(SignpostFormSchema(), {"service_id": request.args.get("service_id", "")})
    if form.run(onward.signpost, actor(), reference):
        flash("Saved: details of a service given.")
        return redirect(url_for(".index", reference=reference), 303)
    return show_case("signpost", reference, form=form)
