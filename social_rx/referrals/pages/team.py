"""The pages of the hub: what waits for a decision or a link worker, and the decision itself."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import Schema
from werkzeug.wrappers import Response

from social_rx.access import actor, allow
from social_rx.referrals import caseload, history, overview, queries, referring, triage
from social_rx.referrals.pages.frame import Blank, Filled, Shown, words
from social_rx.referrals.schemas import requests
from social_rx.referrals.status import CancellationReason, RejectionReason
from social_rx.referrals.wording import REASON_WORDS
from social_rx.users import Role
from social_rx.web import Form

pages = Blueprint("team", __name__, url_prefix="/team")
pages.context_processor(words)
PER_PAGE = 20


class Decision(NamedTuple):
    """One thing the hub may do: what is filled in, what is done, and what is said afterwards."""

    schema: type[Schema]
    use_case: Callable[..., Any]
    done: str
    reasons: Iterable[str] = ()


DECISIONS = {
    "start_triage": Decision(requests.NothingSchema, triage.start_triage, "You are now looking at this referral."),
    "accept": Decision(requests.NothingSchema, triage.accept_referral, "Accepted. Now give it to a link worker."),
    "reject": Decision(
        requests.RejectSchema, triage.reject_referral, "Not taken on. The practice has been told.", RejectionReason
    ),
    "waitlist": Decision(requests.WaitlistSchema, triage.waitlist_referral, "Put on the waiting list."),
    "allocate": Decision(requests.AllocateSchema, triage.allocate_referral, "Done. The link worker has been told."),
    "cancel": Decision(
        requests.CancelSchema, referring.cancel_referral, "The referral is cancelled.", CancellationReason
    ),
}


@pages.get("")
@allow(Role.COORDINATOR, Role.LINK_WORKER)
def index() -> str:
    """What waits for the hub, and who has room."""
    page = min(max(request.args.get("page", 1, int), 1), 10_000)
    found, total = queries.waiting_for_triage(actor(), page=page, per_page=PER_PAGE)
    return render_template(
        "referrals/team/index.html",
        referrals=found,
        total=total,
        page=page,
        last=-(-total // PER_PAGE),
        room=overview.link_workers_with_room(actor()),
    )


@pages.get("/<reference>")
@allow(Role.COORDINATOR, Role.LINK_WORKER)
def show(reference: str) -> Shown:
    """One referral, with what may be decided about it now."""
    room = overview.link_workers_with_room(actor())
    return _page("show", reference, Blank(link_worker_id=str(room[0].link_worker_id) if room else ""), room=room)


@pages.get("/<reference>/<any(start_triage, accept):action>")
@allow(Role.COORDINATOR, Role.LINK_WORKER)
def again(reference: str, action: str) -> Response:
    """The referral, for whoever loads the address of a decision."""
    return redirect(url_for(".show", reference=reference), 303)


@pages.post("/<reference>/<any(start_triage, accept):action>")
@allow(Role.COORDINATOR, Role.LINK_WORKER)
def act(reference: str, action: str) -> Response:
    """Decide what needs no words."""
    decision = DECISIONS[action]
    decision.use_case(actor(), reference)
    flash(decision.done)
    return redirect(url_for(".show", reference=reference), 303)


@pages.route("/<reference>/<any(reject, waitlist, allocate, cancel):action>", methods=["GET", "POST"])
@allow(Role.COORDINATOR)
def decide(reference: str, action: str) -> Response | Shown:
    """Decide with a reason, a date or a link worker."""
    decision = DECISIONS[action]
    caseload.must_allow(actor(), queries.get_referral(actor(), reference), action)
    form = Form(decision.schema())
    if form.run(decision.use_case, actor(), reference):
        flash(decision.done)
        return redirect(url_for(".index"), 303)
    reasons = [(reason, REASON_WORDS[reason]) for reason in decision.reasons]
    room = overview.link_workers_with_room(actor())
    return _page("decide", reference, form, action=action, room=room, reasons=reasons)


def _page(template: str, reference: str, form: Filled, **more: Any) -> Shown:
    referral = queries.get_referral(actor(), reference)
    found = {
        "referral": referral,
        "actions": caseload.actions_for(actor(), referral),
        "lines": history.events_of(actor(), referral),
    }
    return render_template(f"referrals/team/{template}.html", form=form, **found, **more), form.status
