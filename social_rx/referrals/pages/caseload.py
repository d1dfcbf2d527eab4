"""A link worker's list of cases, and one case: what has happened, what comes next, and what may be done now."""

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from social_rx.access import actor, allow
from social_rx.nhs import day
from social_rx.referrals import caseload, contacting, history, overview, planning, queries
from social_rx.referrals.models import Referral
from social_rx.referrals.pages.frame import Blank, Filled, Shown, show_case, words
from social_rx.referrals.schemas.casework import HoldSchema, NextActionSchema
from social_rx.referrals.schemas.forms import HappenedSchema
from social_rx.referrals.schemas.requests import NothingSchema
from social_rx.users import Role
from social_rx.web import Form

pages = Blueprint("caseload", __name__)
pages.context_processor(words)
PER_PAGE = 50
STEPS: dict[str, Callable[..., Referral]] = {
    "start_assessing": caseload.start_assessing,
    "start_supporting": planning.start_supporting,
    "start_reviewing": planning.start_reviewing,
    "resume_contacting": partial(caseload.resume_case, to="contacting"),
    "resume_assessing": partial(caseload.resume_case, to="assessing"),
    "resume_supporting": partial(caseload.resume_case, to="supporting"),
    "resume_reviewing": partial(caseload.resume_case, to="reviewing"),
}
MENDED_AT = {"start_supporting": "plan.show"}


@pages.get("/caseload")
@allow(Role.LINK_WORKER)
def index() -> str:
    """Open cases, what is late or due first."""
    page = min(max(request.args.get("page", 1, int), 1), 10_000)
    found, total = queries.caseload(actor(), page=page, per_page=PER_PAGE)
    return render_template(
        "referrals/cases/index.html",
        cases=found,
        figures=overview.caseload_figures(actor()),
        new_replies=overview.with_new_replies(actor(), found),
        page=page,
        last=-(-total // PER_PAGE),
    )


@pages.get("/cases/<reference>")
@allow(Role.LINK_WORKER)
def show(reference: str) -> Shown:
    """One case."""
    return _overview(reference)


@pages.get("/cases/<reference>/contacts")
@pages.get("/cases/<reference>/next-action")
@pages.get(f"/cases/<reference>/<any({', '.join(STEPS)}):action>")
@allow(Role.LINK_WORKER)
def again(reference: str, action: str = "") -> Response:
    """The case, for whoever loads the page again on which one of its forms came back."""
    return redirect(url_for(".show", reference=reference), 303)


def _overview(
    reference: str,
    *,
    contact: Filled | None = None,
    coming: Filled | None = None,
    step: Filled | None = None,
    mended_at: str | None = None,
) -> Shown:
    """The page with the one of its forms that was posted, if any; the others are blank."""
    forms = {"contact": contact or Blank(), "coming": coming or Blank()}
    lines = history.history_of(actor(), queries.get_referral(actor(), reference))
    form = contact or coming or step
    more = {"lines": lines, "happenings": contacting.HAPPENINGS, "steps": STEPS, "mended_at": mended_at}
    return show_case("show", reference, form=form, **more, **forms)


def _back(referral: Referral, said: str) -> Response:
    flash(said)
    return redirect(url_for("caseload.show", reference=referral.reference), 303)


def _what_is_next(referral: Referral) -> str:
    if referral.next_action is None or referral.next_action_on is None:
        return ""
    return f"Next action: {referral.next_action}, by {day(referral.next_action_on)}."


@pages.post("/cases/<reference>/contacts")
@allow(Role.LINK_WORKER)
def record(reference: str) -> Response | Shown:
    """Record what happened just now."""
    form = Form(HappenedSchema())
    if referral := form.run(contacting.record, actor(), reference):
        return _back(referral, f"Contact saved. {_what_is_next(referral)}")
    return _overview(reference, contact=form)


@pages.post("/cases/<reference>/next-action")
@allow(Role.LINK_WORKER)
def set_next_action(reference: str) -> Response | Shown:
    form = Form(NextActionSchema())
    if referral := form.run(caseload.set_next_action, actor(), reference):
        return _back(referral, _what_is_next(referral))
    return _overview(reference, coming=form)


@pages.post(f"/cases/<reference>/<any({', '.join(STEPS)}):action>")
@allow(Role.LINK_WORKER)
def step(reference: str, action: str) -> Response | Shown:
    """Move the case on; what is missing for that is said at the top of the page."""
    form = Form(NothingSchema())
    if referral := form.run(STEPS[action], actor(), reference):
        return _back(referral, f"Saved. {_what_is_next(referral)}")
    return _overview(reference, step=form, mended_at=MENDED_AT.get(action))


@pages.route("/cases/<reference>/hold", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def hold(reference: str) -> Response | Shown:
    """Pause a case until somebody looks again."""
    form = Form(HoldSchema())
    if referral := form.run(caseload.hold_case, actor(), reference):
        return _back(referral, "The case is on hold.")
    return show_case("hold", reference, form=form)
