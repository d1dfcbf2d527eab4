"""Puts messages into the outbox and sends them; what could not be sent stays and is tried again."""

import logging
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import select

from social_rx import clock
from social_rx.db import after_commit, db, transactional
from social_rx.errors import UnsafeSettings
from social_rx.messages.models import OutboxMessage

logger = logging.getLogger(__name__)

AT_ONCE = 50
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=4)
PAGE = 20


def init_app(app: Flask) -> None:
    """Raises UnsafeSettings when OUTBOX names no way of sending."""
    if app.config["OUTBOX"] not in SENDERS:
        raise UnsafeSettings(f"SOCIAL_RX_OUTBOX must be one of: {', '.join(SENDERS)}.")
    app.extensions["outbox"] = []


@transactional
def queue_email(to: str, subject: str, body: str) -> OutboxMessage:
    """Write an e-mail into the open transaction; it is sent when, and only if, that commits.

    Raises ValueError when `to` or `subject` is more than one line, and so could begin another header.
    """
    if {"\r", "\n"} & {*to, *subject}:
        raise ValueError("an e-mail's address and subject are one line each")
    message = OutboxMessage(to=to, subject=subject, body=body)
    db.session.add(message)
    after_commit(deliver_waiting)
    return message


@transactional
def deliver_waiting() -> int:
    """Send what waits, oldest first, and return how many went. No two workers send the same message.

    One that fails waits longer each time; it is never given up.
    """
    waiting = (
        select(OutboxMessage)
        .where(OutboxMessage.sent_at.is_(None), OutboxMessage.try_at <= clock.now())
        .order_by(OutboxMessage.created_at, OutboxMessage.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    send = SENDERS[current_app.config["OUTBOX"]]
    return sum(_try_to(send, message) for message in db.session.scalars(waiting).all())


def latest_messages(page: int) -> list[OutboxMessage]:
    """One page of the outbox, newest first."""
    newest_first = select(OutboxMessage).order_by(OutboxMessage.created_at.desc(), OutboxMessage.id)
    return list(db.session.scalars(newest_first.limit(PAGE).offset((page - 1) * PAGE)))


def _try_to(send: Callable[[OutboxMessage], None], message: OutboxMessage) -> bool:
    try:
        send(message)
    except Exception as error:  # noqa: BLE001 - whatever stops this one, the next must go
        message.error = type(error).__name__
        message.try_at = clock.now() + min(FIRST_WAIT * 2 ** min(message.attempts, 10), LONGEST_WAIT)
        message.attempts += 1
        logger.error("message %s was not sent: %s", message.id, message.error)
        return False
    message.attempts += 1
    message.sent_at, message.error = clock.now(), None
    return True


def _to_file(message: OutboxMessage) -> None:
    """One file for each message, for its owner's eyes alone."""
    folder = Path(current_app.instance_path) / "outbox"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{message.created_at:%Y-%m-%dT%H%M%S}-{message.id}.txt"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"To: {message.to}\nSubject: {message.subject}\n\n{message.body}")


def _to_memory(message: OutboxMessage) -> None:
    current_app.extensions["outbox"].append(message)


SENDERS: dict[str, Callable[[OutboxMessage], None]] = {"file": _to_file, "memory": _to_memory}
