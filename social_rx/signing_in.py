"""Signing in and out, and getting or changing a password: what a person does with their own account."""

import hashlib
import logging
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from social_rx import events, passwords, throttle
from social_rx.db import db, transactional
from social_rx.errors import InvalidInput, NotFound
from social_rx.messages.outbox import queue_email
from social_rx.sessions import revoke_sessions
from social_rx.tokens import revoke_tokens_of
from social_rx.users import Actor, User, actors_of, find_user

logger = logging.getLogger(__name__)

WRONG = "Check your email address and your password, then try again."
WRONG_NOW = "Enter the password you use now."
OLD_LINK = "This link no longer works. Ask for a new one."
RESET_WITHIN = timedelta(hours=1)
RESET_SECONDS = 0.2  # longer than writing a message takes, so that all answers take this long

RESET_SUBJECT = "Choose a new password"
RESET_BODY = """\
Somebody, we hope you, asked for a new password for {service}.

Follow this link within an hour to choose one:
{link}

If it was not you, do nothing: your password stays as it is.

{service}
Phone {phone}, {hours}
"""
CHANGED_SUBJECT = "Your password has changed"
CHANGED_BODY = """\
The password of your account at {service} has just been changed. Every place where it was open is signed out,
and other systems that used it need a new token.

If it was not you, phone us now on {phone} ({hours}).

{service}
"""


def sign_in(email: str, password: str, network: str) -> User:
    """Whoever these belong to. Raises TooManyAttempts, or InvalidInput with the same words whatever was wrong."""
    limits = {throttle.ACCOUNT: email, throttle.NETWORK: network}
    attempt = throttle.attempt(limits)
    user = find_user(email)
    right = passwords.is_right(password, user.password if user else None)
    actors = actors_of(user.id) if user and right else []
    if not actors:
        logger.warning("sign-in refused: %s", " ".join(limit.key(who)[:12] for limit, who in limits.items()))
        raise InvalidInput(WRONG, {"email": WRONG})
    return _let_in(actors[0], password, attempt)


@transactional
def _let_in(actor: Actor, password: str, attempt: list[int]) -> User:
    user = db.session.get_one(User, actor.user_id)
    throttle.take_back(attempt)
    if user.password and passwords.is_outdated(user.password):
        user.password = passwords.hashed(password)
    events.record("user.signed_in", user, actor)
    return user


@transactional
def sign_out(actor: Actor) -> None:
    events.record("user.signed_out", db.session.get_one(User, actor.user_id), actor)


def change_password(actor: Actor, *, current_password: str, new_password: str) -> User:
    """Raises InvalidInput, or TooManyAttempts for somebody who guesses at an open screen."""
    attempt = throttle.attempt({throttle.ACCOUNT: actor.email or ""})
    user = db.session.get_one(User, actor.user_id)
    if not passwords.is_right(current_password, user.password):
        raise InvalidInput(WRONG_NOW, {"current_password": WRONG_NOW})
    throttle.take_back(attempt)
    return _choose_password(actor, user.id, new_password, "new_password")


def ask_for_reset(email: str, network: str, link_to: Callable[[str], str]) -> None:
    """Send a link for choosing a new password, if there is such an account; neither the answer nor its time tells.

    `link_to` makes the address of the page out of the token. Raises TooManyAttempts.
    """
    throttle.attempt({throttle.RESET: email, throttle.RESET_NETWORK: network})
    begun = time.monotonic()
    user = find_user(email)
    if user and actors_of(user.id):
        queue_email(user.email, RESET_SUBJECT, _text(RESET_BODY, link=link_to(_reset_token(user))))
    time.sleep(max(0.0, begun + RESET_SECONDS - time.monotonic()))


def reset_password(token: str, *, password: str) -> User:
    """Raises NotFound when the link is older than an hour or has been used, InvalidInput when the password is weak."""
    user = _user_of(token)
    actors = actors_of(user.id) if user else []
    if user is None or not actors:
        raise NotFound(OLD_LINK)
    return _choose_password(actors[0], user.id, password, "password")


def is_reset_open(token: str) -> bool:
    """Whether the link still works; looking does not use it up."""
    user = _user_of(token)
    return bool(user and actors_of(user.id))


@transactional
def _choose_password(actor: Actor, user_id: uuid.UUID, password: str, field: str) -> User:
    user = db.session.get_one(User, user_id)
    replace_password(actor, user, password, field)
    events.record("user.password_changed", user, actor)
    queue_email(user.email, CHANGED_SUBJECT, _text(CHANGED_BODY))
    return user


def replace_password(by: Actor, user: User, password: str, field: str = "password") -> None:
    """Inside the open transaction: the old password stops working, and so does whatever was opened with it."""
    user.password = passwords.hashed(password, field)
    end_access(by, user)


def end_access(by: Actor, user: User) -> None:
    """Every open session, every link for a new password and every token stops working."""
    user.fs_uniquifier = uuid.uuid4().hex
    revoke_sessions(user.id)
    revoke_tokens_of(by, user.id)


def _reset_token(user: User) -> str:
    return _serializer().dumps([user.id.hex, _fingerprint(user)])


def _user_of(token: str) -> User | None:
    try:
        key, fingerprint = _serializer().loads(token, max_age=int(RESET_WITHIN.total_seconds()))
    except BadSignature:
        return None
    user = db.session.get(User, uuid.UUID(key))
    return user if user and fingerprint == _fingerprint(user) else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="choose a new password")


def _fingerprint(user: User) -> str:
    """Changes whenever the password does, so that a link works once."""
    return hashlib.sha256(user.fs_uniquifier.encode()).hexdigest()[:16]


def _text(body: str, **more: str) -> str:
    config = current_app.config
    return body.format(service=config["SERVICE_NAME"], phone=config["HELP_PHONE"], hours=config["HELP_HOURS"], **more)
