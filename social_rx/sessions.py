"""Server-side sessions: the browser keeps a random key and nothing else, so that a session can be ended from here.

Visitors who store nothing have no session, and neither have the doors in WITHOUT_SESSION.
"""

import contextlib
import hashlib
import logging
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response, current_app, session
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SessionInterface, SessionMixin
from flask_login import user_logged_in, user_logged_out
from sqlalchemy import ForeignKey, String, Text, delete, or_, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.datastructures import CallbackDict

from social_rx import clock
from social_rx.db import Base, db, transactional

logger = logging.getLogger(__name__)

KEY_BYTES = 32
SEEN_EVERY = timedelta(minutes=1)
READING = {"GET", "HEAD", "OPTIONS"}
WITHOUT_SESSION = ("/api/", "/oruk/", "/static/", "/healthz", "/readyz")
_serializer = TaggedJSONSerializer()


class StoredSession(Base):
    """What is kept of one browser's session: never its key, so that reading this table opens nothing."""

    __tablename__ = "sessions"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)


@dataclass(frozen=True)
class Kept:
    """Where a session stood in the database when the request began."""

    hash: str
    user_id: uuid.UUID | None
    seen_at: datetime
    ends_at: datetime


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls `session`: a dictionary that knows where it is kept, and whether it must move to a new key."""

    def __init__(self, data: Mapping[str, Any] | None = None, kept: Kept | None = None):
        super().__init__(data, BrowserSession._mark_modified)
        self.modified = False
        self.kept = kept
        self.user_id = kept.user_id if kept else None
        self.ends_at = kept.ends_at if kept else None
        self.moves = False
        self.may_start = False  # only a request that may change something starts a session
        self.stale_key = False  # the browser sent a key that opens nothing any more
        self.unread = False  # the database did not answer, so nobody knows whose this is

    def _mark_modified(self) -> None:
        self.modified = True

    def begin_for(self, user_id: uuid.UUID) -> None:
        """Somebody has signed in: their time starts now, under a key that nobody knew before."""
        self.moves, self.user_id, self.ends_at = True, user_id, None

    def move(self) -> None:
        """Carry on under a new key."""
        self.moves = True

    def end(self) -> None:
        self.clear()
        self.moves, self.user_id, self.ends_at = True, None, None


class DatabaseSessions(SessionInterface):
    """Reads the session when a request begins, and writes back what changed before the answer leaves."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        opened = BrowserSession()
        key = request.cookies.get(self.get_cookie_name(app))
        if request.path.startswith(WITHOUT_SESSION):
            return opened
        if key:
            try:
                opened = find(key) or opened
                opened.stale_key = opened.kept is None
            except SQLAlchemyError as error:
                _log("read", error)
                opened.unread = True
        opened.may_start = request.method not in READING
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        opened = cast(BrowserSession, session)
        try:
            if not opened.unread:
                self._save(app, opened, response)
        except SQLAlchemyError as error:
            _log("saved", error)

    def _save(self, app: Flask, opened: BrowserSession, response: Response) -> None:
        kept = opened.kept
        if opened and (opened.moves or (kept is None and opened.may_start)):
            self._set_cookie(app, response, start(opened))
        elif kept and (opened.moves or not opened):
            forget(kept.hash)
            self._delete_cookie(app, response)
        elif kept and opened.modified:
            keep(kept.hash, data=_serializer.dumps(dict(opened)))
        elif kept and clock.now() - kept.seen_at >= SEEN_EVERY:
            keep(kept.hash)
        elif opened.stale_key:
            self._delete_cookie(app, response)

    def _cookie(self, app: Flask) -> dict[str, Any]:
        return {
            "domain": self.get_cookie_domain(app),
            "path": self.get_cookie_path(app),
            "secure": self.get_cookie_secure(app),
            "httponly": self.get_cookie_httponly(app),
            "samesite": self.get_cookie_samesite(app),
        }

    def _set_cookie(self, app: Flask, response: Response, key: str) -> None:
        response.set_cookie(self.get_cookie_name(app), key, **self._cookie(app))

    def _delete_cookie(self, app: Flask, response: Response) -> None:
        response.delete_cookie(self.get_cookie_name(app), **self._cookie(app))


def init_app(app: Flask) -> None:
    app.session_interface = DatabaseSessions()
    user_logged_in.connect(_begin, app)
    user_logged_out.connect(_end, app)


def _begin(_app: Flask, user: Any) -> None:
    _current().begin_for(user.id)


def _end(_app: Flask, **_: Any) -> None:
    _current().end()


def _current() -> BrowserSession:
    return cast(BrowserSession, session)


def move_session() -> None:
    """Give the open session a new key: call it when somebody takes on another of their roles."""
    _current().move()


def find(key: str) -> BrowserSession | None:
    """The session this key opens; None when it has ended, or never was."""
    row = db.session.execute(
        select(
            StoredSession.data,
            StoredSession.hash,
            StoredSession.user_id,
            StoredSession.seen_at,
            StoredSession.ends_at,
        ).where(StoredSession.hash == _hash(key), StoredSession.ends_at > clock.now(), StoredSession.seen_at > _idle())
    ).first()
    return BrowserSession(_serializer.loads(row.data), Kept(*row[1:])) if row else None


@transactional
def start(opened: BrowserSession) -> str:
    """Keep this session under a new key, instead of the one it had; what has run out is swept away meanwhile."""
    sweep_sessions()
    if opened.kept:
        forget(opened.kept.hash)
    key = secrets.token_urlsafe(KEY_BYTES)
    ends_at = opened.ends_at or clock.now() + timedelta(hours=current_app.config["SESSION_HOURS"])
    data = _serializer.dumps(dict(opened))
    db.session.add(StoredSession(hash=_hash(key), user_id=opened.user_id, data=data, ends_at=ends_at))
    return key


@transactional
def keep(key_hash: str, **changed: Any) -> None:
    """Write down that the session was used. One that has been ended meanwhile stays ended."""
    used = update(StoredSession).where(StoredSession.hash == key_hash)
    db.session.execute(used.values(seen_at=clock.now(), **changed))


@transactional
def forget(key_hash: str) -> None:
    db.session.execute(delete(StoredSession).where(StoredSession.hash == key_hash))


@transactional
def revoke_sessions(user_id: uuid.UUID) -> None:
    """End every session of this account, on whatever machine it is open."""
    db.session.execute(delete(StoredSession).where(StoredSession.user_id == user_id))


@transactional
def sweep_sessions() -> None:
    """Delete the sessions that have run out."""
    run_out = or_(StoredSession.ends_at <= clock.now(), StoredSession.seen_at <= _idle())
    db.session.execute(delete(StoredSession).where(run_out))


def _idle() -> datetime:
    """Sessions not used since then have run out."""
    return clock.now() - timedelta(minutes=current_app.config["SESSION_IDLE_MINUTES"])


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def _log(done: str, error: SQLAlchemyError) -> None:
    logger.error("a session could not be %s: %s", done, type(error).__name__)
    with contextlib.suppress(SQLAlchemyError):
        db.session.rollback()
