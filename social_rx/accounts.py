"""Accounts as an administrator keeps them: added, given a password, switched off."""

import uuid

from marshmallow import ValidationError, validate
from sqlalchemy.exc import IntegrityError

from social_rx import events, passwords
from social_rx.db import db, transactional
from social_rx.errors import InvalidInput, NotFound
from social_rx.signing_in import end_access, replace_password
from social_rx.users import Actor, Role, RoleAssignment, User, find_user

TAKEN = "Somebody already has an account with this email address. Enter another one."
NO_ADDRESS = "Enter an email address in the correct format, like name@example.com."
NO_NAME = "Enter the person's full name."


@transactional
def add_user(
    by: Actor,
    *,
    name: str,
    email: str,
    role: Role,
    place_id: uuid.UUID | None = None,
    organisation_id: uuid.UUID | None = None,
    password: str | None = None,
    job_title: str | None = None,
) -> User:
    """A new account in one role. Without a password its owner chooses one through "forgotten your password".

    Raises InvalidInput, about the field that is to blame.
    """
    user = User(
        name=_checked_name(name),
        email=_checked_email(email),
        job_title=job_title,
        password=passwords.hashed(password) if password else None,
    )
    db.session.add(user)
    try:
        db.session.flush()
    except IntegrityError as error:  # somebody else added the same address a moment ago
        raise InvalidInput(TAKEN, {"email": TAKEN}) from error
    place = {"place_id": place_id, "organisation_id": organisation_id}
    db.session.add(RoleAssignment(user_id=user.id, role=role, **place))
    events.record("user.added", user, by, role=role)
    return user


@transactional
def set_password(by: Actor, user_id: uuid.UUID, password: str) -> None:
    """Raises NotFound, or InvalidInput when the password is weak. Whoever is in with the account is out."""
    user = _account(user_id)
    replace_password(by, user, password)
    events.record("user.password_set", user, by)


@transactional
def switch_off(by: Actor, user_id: uuid.UUID) -> None:
    """Nobody gets in with this account any more: its sessions end and its tokens are revoked. Raises NotFound."""
    user = _account(user_id)
    user.active = False
    end_access(by, user)
    events.record("user.switched_off", user, by)


def _account(user_id: uuid.UUID) -> User:
    user = db.session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such account.")
    return user


def _checked_name(name: str) -> str:
    if not name.strip():
        raise InvalidInput(NO_NAME, {"name": NO_NAME})
    return name.strip()


def _checked_email(email: str) -> str:
    try:
        normal = validate.Email()(email.strip().lower())
    except ValidationError as error:
        raise InvalidInput(NO_ADDRESS, {"email": NO_ADDRESS}) from error
    if find_user(normal):
        raise InvalidInput(TAKEN, {"email": TAKEN})
    return normal
