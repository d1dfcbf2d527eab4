"""The page that closes a case, and the letters that were written about it."""

from flask import Blueprint, flash, redirect, url_for
from werkzeug.wrappers import Response

from social_rx.access import actor, allow
from social_rx.referrals import caseload, closing, queries
from social_rx.referrals.pages.frame import Shown, show_case, words
from social_rx.referrals.schemas.casework import CloseSchema
from social_rx.referrals.status import ONWARD_LIVE, ClosureReason
from social_rx.users import Role
from social_rx.web import Form

pages = Blueprint("closing", __name__, url_prefix="/cases")
pages.context_processor(words)


@pages.route("/<reference>/close", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def close(reference: str) -> Response | Shown:
    """Four questions, and the GP is told."""
    caseload.must_allow(actor(), queries.get_referral(actor(), reference), "close")
    form = Form(CloseSchema(), {"actions_for_gp": "Nothing"})
    if form.run(closing.close_case, actor(), reference):
        flash("The case is closed, and the practice has been told.")
        return redirect(url_for(".letters", reference=reference), 303)
    return show_case("close", reference, form=form, endings=ClosureReason, live=ONWARD_LIVE)


@pages.get("/<reference>/letters")
@allow(Role.LINK_WORKER)
def letters(reference: str) -> Shown:
    """What was written to the GP."""
    return show_case("letters", reference)
