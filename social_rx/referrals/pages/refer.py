"""How a practice refers: write, check, send; and what it hears afterwards."""

import math
import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from marshmallow import EXCLUDE, Schema, fields, validate
from werkzeug import Response

from social_rx import navigation
from social_rx.access import actor, allow
from social_rx.directory import finding, wording
from social_rx.directory.pages import REFERRERS, TOP_NEEDS
from social_rx.directory.taxonomies import NEEDS
from social_rx.errors import ActionNotAllowed
from social_rx.referrals import closing, feedback, overview, queries, referring
from social_rx.referrals.banner import read_banner
from social_rx.referrals.models import Referral
from social_rx.referrals.pages.frame import words
from social_rx.referrals.schemas.requests import (
    CONSENTS,
    NO_NUMBER_REASONS,
    RISKS,
    CancelSchema,
    DraftSchema,
    SubmitSchema,
)
from social_rx.referrals.status import FINAL, OPEN, REFERRAL, CancellationReason, ReferralStatus
from social_rx.referrals.wording import REASON_WORDS
from social_rx.users import Role
from social_rx.web import Form, load_query

pages = Blueprint("refer", __name__)
pages.context_processor(words)
navigation.NEWS["refer.mine"] = lambda who: overview.unread_letters(who) if who.role == Role.REFERRER else 0

Shown = str | Response | tuple[str, int]
PER_PAGE = 20
STATES = {"open": OPEN | {ReferralStatus.DRAFT}, "finished": FINAL, "all": set(ReferralStatus)}
# Of a draft written again, what was there and has been taken out of its box.
EMPTIED: dict[str, Any] = {"interpreter": False} | dict.fromkeys(
    [
        *("nhs_number", "nhs_number_absent_reason", "phone", "address", "postcode", "contact_note", "access_needs"),
        *("return_response_to", "risk_text", "safe_to_phone", "safe_to_leave_message"),
    ]
)
ON_THE_PAGE = [
    *("banner", "nhs_number", "phone", "given_name", "family_name", "date_of_birth", "needs", "reason", "risk"),
    *("risk_text", "consent", "address", "postcode", "safe_to_phone", "safe_to_leave_message", "contact_note"),
    *("access_needs", "return_response_to"),
]
SAFE = [("yes", "Yes"), ("no", "No"), ("", "Not asked")]
NO_BANNER = "Paste the whole patient banner, or type the details below."


class MineSchema(Schema):
    """Which of the practice's referrals to list."""

    class Meta:
        unknown = EXCLUDE

    whose = fields.String(load_default="mine", validate=validate.OneOf(["mine", "practice"]))
    state = fields.String(load_default="open", validate=validate.OneOf(list(STATES)))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 10_000))


@pages.route("/services/<uuid:service_id>/refer", methods=["GET", "POST"])
@allow(*REFERRERS)
def new(service_id: uuid.UUID) -> Shown:
    service = finding.listing(service_id)
    return _write(partial(referring.draft_referral, service_id=service_id), _from_search(), service=service)


@pages.route("/refer/link-worker", methods=["GET", "POST"])
@allow(*REFERRERS)
def link_worker() -> Shown:
    return _write(referring.draft_referral, _from_search())


@pages.route("/refer/<reference>/edit", methods=["GET", "POST"])
@allow(*REFERRERS)
def edit(reference: str) -> Shown:
    referral = feedback.draft_to_read(actor(), reference)
    version = request.form.get("version", referral.version, type=int)
    use_case = partial(_revise, reference, referral.service_id, version)
    return _write(use_case, feedback.as_typed(referral), emptied=EMPTIED, reference=reference)


def _revise(reference: str, service_id: uuid.UUID | None, version: int, who: Any, **typed: Any) -> Referral:
    return referring.revise_draft(who, reference, version=version, service_id=service_id, **typed)


def _write(use_case: Any, initial: dict[str, Any], emptied: Mapping[str, Any] | None = None, **about: Any) -> Shown:
    """The one form on which a referral is written, new or again; `emptied` is what its empty boxes then mean."""
    form = Form(DraftSchema(exclude=["service_id"]), initial)
    pasted = form.typed.pop("banner", "")
    form.typed.pop("version", None)  # of the draft and not of what is typed: `use_case` knows it
    found = read_banner(pasted)
    _fill(form, found)
    form.typed = {**(emptied or {}), **form.typed}
    if referral := form.run(use_case, actor()):
        return redirect(url_for(".check", reference=referral.reference), 303)
    if pasted and not found:
        form.errors["banner"] = NO_BANNER
    form.errors = {name: form.errors[name] for name in sorted(form.errors, key=_where_on_the_page)}
    first = dict.fromkeys([*form.values.get("needs", []), *initial.get("needs", [])]) or TOP_NEEDS
    shown = {
        "first_needs": [(code, NEEDS[code]) for code in first if code in NEEDS],
        "other_needs": sorted(((code, name) for code, name in NEEDS.items() if code not in first), key=lambda n: n[1]),
        "risks": RISKS.items(),
        "safe": SAFE,
        "consents": CONSENTS.items(),
        "no_number_reasons": NO_NUMBER_REASONS,
        "languages": sorted(wording.LANGUAGES.items(), key=lambda language: language[1]),
    }
    return render_template("referrals/refer/form.html", form=form, **shown, **about), form.status


def _where_on_the_page(name: str) -> int:
    return ON_THE_PAGE.index(name) if name in ON_THE_PAGE else -1


def _from_search() -> dict[str, Any]:
    """What the search that led here already says: the words, and the needs they stand for."""
    words = request.args.get("q", "")[:500].strip()
    needs = dict.fromkeys([*request.args.getlist("need"), *finding.needs_in(words)])
    return {"reason": words, "needs": [code for code in needs if code in NEEDS]}


def _fill(form: Form, found: dict[str, str]) -> None:
    """Put what the banner says into the boxes that nobody typed in."""
    for name, value in found.items():
        if name not in form.typed:
            form.typed[name] = form.values[name] = value
            parts = zip(("year", "month", "day"), value.split("-"), strict=False) if name == "date_of_birth" else ()
            form.values |= {f"{name}-{part}": number for part, number in parts}


@pages.get("/refer/<reference>/check")
@allow(*REFERRERS)
def check(reference: str) -> Shown:
    referral = queries.get_referral(actor(), reference)
    if referral.status != ReferralStatus.DRAFT:
        return redirect(url_for(".show", reference=reference), 303)
    return _page("check", referral)


@pages.post("/refer/<reference>/send")
@allow(*REFERRERS)
def send(reference: str) -> Shown:
    form = Form(SubmitSchema())
    try:
        form.run(referring.submit_referral, actor(), reference)
    except referring.PossibleDuplicate as found:
        others = [queries.get_referral(actor(), other) for other in found.references]
        return _page("duplicate", queries.get_referral(actor(), reference), others=others), found.status
    except ActionNotAllowed:
        flash("You have already sent this referral.", "important")
    if form.errors:
        return _page("check", queries.get_referral(actor(), reference), form=form), form.status
    return redirect(url_for(".sent", reference=reference), 303)


@pages.post("/refer/<reference>/discard")
@allow(*REFERRERS)
def discard(reference: str) -> Shown:
    """Delete a draft."""
    referring.discard_draft(actor(), reference)
    flash("The draft is deleted.")
    return redirect(url_for(".mine"), 303)


@pages.get("/refer/<reference>/<any(send, read, discard):action>")
@allow(*REFERRERS)
def again(reference: str, action: str) -> Shown:
    """The referral, for whoever loads the page again on which a form came back."""
    return redirect(url_for(".check", reference=reference), 303)


@pages.get("/refer/<reference>/sent")
@allow(*REFERRERS)
def sent(reference: str) -> Shown:
    referral = queries.get_referral(actor(), reference)
    if referral.status == ReferralStatus.DRAFT:
        return redirect(url_for(".check", reference=reference), 303)
    return _page("sent", referral)


@pages.get("/refer/mine")
@allow(*REFERRERS)
def mine() -> Shown:
    asked = load_query(MineSchema())
    mine_alone, status = asked["whose"] == "mine", sorted(STATES[asked["state"]])
    hears = actor().role == Role.REFERRER
    new = overview.with_unread_letters(actor(), mine=mine_alone) if hears and asked["page"] == 1 else []
    found, total = queries.list_referrals(
        actor(), status=status, mine=mine_alone, page=asked["page"], per_page=PER_PAGE
    )
    shown = {
        "new": new,
        "referrals": found,
        "total": total,
        "asked": asked,
        "link": lambda **changes: url_for(".mine", **{**asked, "page": None, **changes}),
        "last_page": math.ceil(total / PER_PAGE),
        "news": queries.with_news(found) if hears else set(),
        "what_happened": feedback.what_happened,
    }
    return render_template("referrals/refer/mine.html", **shown)


@pages.get("/refer/<reference>")
@allow(*REFERRERS)
def show(reference: str) -> Shown:
    referral = queries.get_referral(actor(), reference)
    told = {"timeline": feedback.practice_timeline(actor(), referral), "note": feedback.note_about(actor(), referral)}
    return _page("show", referral, **told)


@pages.post("/refer/<reference>/read")
@allow(Role.REFERRER)
def read(reference: str) -> Shown:
    closing.read_letter(actor(), reference)
    flash("Marked as read.")
    return redirect(url_for(".show", reference=reference), 303)


@pages.route("/refer/<reference>/cancel", methods=["GET", "POST"])
@allow(*REFERRERS)
def cancel(reference: str) -> Shown:
    form = Form(CancelSchema())
    if referral := form.run(referring.cancel_referral, actor(), reference):
        flash("Referral cancelled. Nobody will contact the patient about it.")
        return redirect(url_for(".show", reference=referral.reference), 303)
    reasons = [(reason.value, REASON_WORDS[reason.value]) for reason in CancellationReason]
    return _page("cancel", queries.get_referral(actor(), reference), form=form, reasons=reasons), form.status


def _page(name: str, referral: Referral, **more: Any) -> str:
    """One page about one referral, with as much of it as this person may see."""
    shown = {
        "referral": referral,
        "may_see": partial(feedback.may_see, actor(), referral),
        "may_see_person": partial(feedback.may_see_of_the_person, actor(), referral),
        "can": REFERRAL.actions(referral.status, actor().role),
        "feedback": feedback,
    }
    return render_template(f"referrals/refer/{name}.html", **shown, **more)
