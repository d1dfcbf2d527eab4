"""Short e-mails that say "you have news, sign in": never a name, a need or a reason."""

from flask import current_app

from social_rx.db import db
from social_rx.messages.outbox import queue_email
from social_rx.referrals.models import OnwardReferral, Referral
from social_rx.users import User


def tell_referrer(referral: Referral) -> None:
    """Tell whoever referred that something happened, in the open transaction."""
    user = db.session.get(User, referral.referrer_id)
    if user and user.active:
        subject = f"News about your referral {referral.reference}"
        queue_email(
            user.email, subject, _body("There is news about a referral you sent.", f"/refer/{referral.reference}")
        )


def tell_link_worker(referral: Referral) -> None:
    user = db.session.get(User, referral.link_worker_id) if referral.link_worker_id else None
    if user and user.active:
        subject = f"News about case {referral.reference}"
        queue_email(
            user.email, subject, _body("There is news about one of your cases.", f"/cases/{referral.reference}")
        )


def tell_group(onward: OnwardReferral) -> None:
    """Tell a community group, at the address of its listing, that somebody would like to join."""
    address = onward.service.email or onward.organisation.email
    if address:
        subject = f"Somebody would like to join {onward.service_name}"
        queue_email(address, subject, _body("You have a new request. Please answer it.", f"/inbox/{onward.id}"))


def tell_group_it_is_over(onward: OnwardReferral) -> None:
    address = onward.service.email or onward.organisation.email
    if address:
        subject = f"A request about {onward.service_name} has been cancelled"
        queue_email(address, subject, _body("You do not need to do anything more for it.", f"/inbox/{onward.id}"))


def _body(says: str, path: str) -> str:
    config = current_app.config
    return (
        f"{says}\n\nSign in to read it: {config['BASE_URL']}{path}\n\n"
        f"Or phone us on {config['HELP_PHONE']}, {config['HELP_HOURS']}.\n\n{config['SERVICE_NAME']}\n"
    )
