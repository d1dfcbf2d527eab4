"""Bearer tokens for other systems: opaque, stored as a hash, bound to one role of one user, revocable."""

import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from social_rx import clock, events
from social_rx.db import Base, Identified, db, transactional
from social_rx.errors import NotFound
from social_rx.users import Actor, RoleAssignment, User, actors_of, as_actor, find_user

PREFIX = "srx_"
LIFETIME = timedelta(days=90)


class Token(Identified, Base):
    """What is kept of a token: never the token itself."""

    __tablename__ = "tokens"

    hash: Mapped[str] = mapped_column(String(64), unique=True)
    assignment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("role_assignments.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@transactional
def issue_token(by: Actor, email: str) -> str:
    """A new token for the first role of this account; it is shown this once.

    Raises NotFound when no active account has this e-mail address.
    """
    user = find_user(email)
    actors = actors_of(user.id) if user else []
    if not actors:
        raise NotFound(f"No active account has the e-mail address {email}.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token(hash=_hash(secret), assignment_id=actors[0].assignment_id, expires_at=clock.now() + LIFETIME)
    db.session.add(token)
    events.record("token.issued", token, by)
    return secret


def actor_for(secret: str) -> Actor | None:
    """Whoever holds this token today; None when it is unknown, expired or revoked, or the account is switched off."""
    row = db.session.execute(
        select(User, RoleAssignment)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .join(Token, Token.assignment_id == RoleAssignment.id)
        .where(Token.hash == _hash(secret), Token.revoked_at.is_(None), Token.expires_at > clock.now(), User.active)
        .where(RoleAssignment.ends_on.is_(None) | (RoleAssignment.ends_on >= clock.today()))
        .options(joinedload(RoleAssignment.place))
    ).first()
    return as_actor(*row) if row else None


def tokens_of(user_id: uuid.UUID) -> list[Token]:
    """The tokens of this account, newest first, those that no longer work among them."""
    return list(db.session.scalars(_of(user_id).order_by(Token.created_at.desc(), Token.id)))


@transactional
def revoke_token(by: Actor, token_id: uuid.UUID) -> Token:
    """Raises NotFound. A token that has been revoked already stays so."""
    token = db.session.get(Token, token_id)
    if token is None:
        raise NotFound("There is no such token.")
    _revoke(by, token)
    return token


@transactional
def revoke_tokens_of(by: Actor, user_id: uuid.UUID) -> None:
    for token in db.session.scalars(_of(user_id)):
        _revoke(by, token)


def _of(user_id: uuid.UUID) -> Select[Token]:
    return (
        select(Token)
        .join(RoleAssignment, RoleAssignment.id == Token.assignment_id)
        .where(RoleAssignment.user_id == user_id)
    )


def _revoke(by: Actor, token: Token) -> None:
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        events.record("token.revoked", token, by)
