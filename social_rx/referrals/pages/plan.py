"""The pages of a case's plan, its reviews, and how the person is doing."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from social_rx.access import actor, allow
from social_rx.errors import ChangedMeanwhile
from social_rx.referrals import measures, planning, queries
from social_rx.referrals.models import Plan, Referral
from social_rx.referrals.pages.frame import Shown, show_case, show_refused, words
from social_rx.referrals.schemas.casework import AchievementSchema, FinishReviewSchema, PlanSchema
from social_rx.referrals.schemas.forms import GoalFormSchema, answers_schema
from social_rx.users import Actor, Role
from social_rx.web import Form, filled_in

pages = Blueprint("plan", __name__, url_prefix="/cases")
pages.context_processor(words)
PLAN_WORDS = ("matters", "helps", "hinders", "agreed_with", "not_agreed_reason", "review_on", "version")


@pages.route("/<reference>/plan", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def show(reference: str) -> Response | Shown:
    """What matters, what helps, what gets in the way, whether it is agreed; and the goals."""
    form = Form(PlanSchema(), _as_written(queries.get_referral(actor(), reference).plan))
    try:
        if form.run(planning.save_plan, actor(), reference):
            return _back(reference, "The plan is saved.")
    except ChangedMeanwhile as refusal:
        return show_refused("plan", reference, refusal, form=form, achievements=planning.ACHIEVEMENTS)
    return show_case("plan", reference, form=form, achievements=planning.ACHIEVEMENTS)


def _as_written(plan: Plan | None) -> dict[str, Any]:
    """The plan's words as its form shows them."""
    if plan is None:
        return {}
    written = {name: getattr(plan, name) for name in PLAN_WORDS}
    if plan.agreed is not None:
        written["agreed"] = "true" if plan.agreed else "false"
    return {name: value for name, value in written.items() if value is not None}


def _back(reference: str, said: str) -> Response:
    flash(said)
    return redirect(url_for(".show", reference=reference), 303)


@pages.route("/<reference>/goals", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def goal(reference: str) -> Response | Shown:
    """Add one goal, with one action that leads to it."""
    form = Form(GoalFormSchema())
    if form.run(planning.add_goal, actor(), reference):
        return _back(reference, "The goal is added.")
    return show_case("goal", reference, form=form)


@pages.post("/<reference>/goals/<uuid:goal_id>")
@allow(Role.LINK_WORKER)
def achieve(reference: str, goal_id: uuid.UUID) -> Response:
    """Say how far a goal was reached."""
    schema = AchievementSchema()
    planning.record_achievement(actor(), reference, goal_id, **schema.load(filled_in(schema, request.form)))
    return _back(reference, "Saved how far the goal was reached.")


@pages.get("/<reference>/goals/<uuid:goal_id>")
@allow(Role.LINK_WORKER)
def again(reference: str, goal_id: uuid.UUID) -> Response:
    """The plan, for whoever loads that address again."""
    return redirect(url_for(".show", reference=reference), 303)


@pages.route("/<reference>/review", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def review(reference: str) -> Response | Shown:
    """Finish a review: what it found, and when the next one is."""
    form = Form(FinishReviewSchema())
    if form.run(planning.finish_reviewing, actor(), reference):
        return _back(reference, "The review is finished.")
    return show_case("review", reference, form=form)


@pages.get("/<reference>/wellbeing")
@allow(Role.LINK_WORKER)
def wellbeing(reference: str) -> Shown:
    """Every answer so far, and what has changed, in words."""
    found = measures.changes(queries.get_referral(actor(), reference).measures)
    return show_case("wellbeing", reference, instruments=measures.INSTRUMENTS, changes=found, score=measures.score)


@pages.route("/<reference>/wellbeing/<any(ons4, ucla3):instrument>", methods=["GET", "POST"])
@allow(Role.LINK_WORKER)
def measure(reference: str, instrument: str) -> Response | Shown:
    """Ask the questions of one instrument; any of them may be left for later."""
    form = Form(answers_schema(instrument))
    if form.run(_keep, actor(), reference, instrument=instrument):
        flash("The answers are saved.")
        return redirect(url_for(".wellbeing", reference=reference), 303)
    return show_case("measure", reference, form=form, instrument=measures.INSTRUMENTS[instrument])


def _keep(who: Actor, reference: str, *, instrument: str, **answers: int) -> Referral:
    return measures.record_measure(who, reference, instrument=instrument, answers=answers)
