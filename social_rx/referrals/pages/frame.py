"""What the pages of the hub, the link worker and the group share: the words, and the frame of a case."""

from typing import Any, Protocol

from flask import render_template, url_for

from social_rx.access import actor
from social_rx.directory.taxonomies import NEEDS
from social_rx.directory.wording import language_name
from social_rx.errors import SocialRxError
from social_rx.nhs import WHOLE_FORM
from social_rx.referrals import caseload, overview, queries, wording
from social_rx.referrals.models import Referral

Shown = tuple[str, int]


class Filled(Protocol):
    """A form as a template sees it."""

    values: dict[str, Any]
    errors: dict[str, str]

    @property
    def status(self) -> int: ...


class Blank:
    """A form of which nothing has been posted: for the other forms of a page."""

    status = 200

    def __init__(self, **values: Any):
        self.values: dict[str, Any] = values
        self.errors: dict[str, str] = {}


def words() -> dict[str, Any]:
    """The tables and functions that turn codes into words, for every template of a blueprint."""
    tables = {"wording": wording, "overview": overview, "needs_words": NEEDS}
    return tables | {"search_for": search_for, "language_name": language_name}


def search_for(referral: Referral) -> str:
    """Where to find a group for this case: its needs, and of the postcode only the part that names a district."""
    outcode, _, rest = (referral.person.postcode or "").partition(" ")
    needs = [need.code for need in referral.needs]
    return url_for("directory.find", case=referral.reference, near=outcode if rest else None, need=needs)


def show_case(template: str, reference: str, *, form: Filled | None = None, **more: Any) -> Shown:
    """One page of a case: read whole, with what the link worker may do now."""
    form = form or Blank()
    referral = queries.get_referral(actor(), reference)
    mine = {"actions": caseload.actions_for(actor(), referral), "working": caseload.is_open(actor(), referral)}
    shown = render_template(f"referrals/cases/{template}.html", referral=referral, form=form, **mine, **more)
    return shown, form.status


def show_refused(template: str, reference: str, refusal: SocialRxError, *, form: Filled, **more: Any) -> Shown:
    """The same page when the case does not allow it now: what was typed is kept, under the reason."""
    form.errors = {WHOLE_FORM: refusal.message}
    shown, _ = show_case(template, reference, form=form, **more)
    return shown, refusal.status
