"""How often somebody may try: counted in the database, so that all workers count together.

An attempt is written down before its password is looked at, and taken back when it was right. Whoever sends many
attempts at the same moment therefore gets no more of them than one after the other.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from social_rx import clock
from social_rx.db import Base, db, transactional
from social_rx.errors import TooManyAttempts

KEPT_FOR = timedelta(hours=2)  # longer than the longest limit below


class SignInFailure(Base):
    """One attempt that has not been right. `key` tells attempts apart without telling whose they are."""

    __tablename__ = "sign_in_failures"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[datetime] = mapped_column(default=clock.now, index=True)


@dataclass(frozen=True)
class Limit:
    """At most `most` attempts `within` this time; afterwards people read `wait`."""

    name: str
    most: int
    within: timedelta
    wait: str

    def key(self, who: str) -> str:
        secret = current_app.config["SECRET_KEY"].encode()
        text = f"{self.name}:{who.strip().lower()}".encode("utf-8", "surrogatepass")
        return hmac.new(secret, text, hashlib.sha256).hexdigest()


FIVE_MINUTES = timedelta(minutes=5)
ACCOUNT = Limit("account", 10, FIVE_MINUTES, "Wait 5 minutes, or phone us.")
NETWORK = Limit("network", 50, FIVE_MINUTES, "Wait 5 minutes, or phone us.")
RESET = Limit("reset", 3, timedelta(hours=1), "Wait an hour, or phone us.")
RESET_NETWORK = Limit("reset network", 50, timedelta(hours=1), "Wait an hour, or phone us.")


def network_of(address: str | None) -> str:
    """The part of the internet an address belongs to: /24, or /64 of IPv6, where one person has many addresses."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    return str(ipaddress.ip_network((found, 24 if found.version == 4 else 64), strict=False))


def attempt(who: dict[Limit, str]) -> list[int]:
    """Write an attempt down under each limit; returns what `take_back` needs when it turns out to be right.

    Raises TooManyAttempts, and then the attempt does not count, so that waiting helps.
    """
    keys = {limit: limit.key(name) for limit, name in who.items()}
    _refuse_more_than(keys, 1)
    written = _write(list(keys.values()))
    try:
        _refuse_more_than(keys, 0)
    except TooManyAttempts:
        take_back(written)
        raise
    return written


@transactional
def take_back(written: list[int]) -> None:
    db.session.execute(delete(SignInFailure).where(SignInFailure.id.in_(written)))


@transactional
def _write(keys: list[str]) -> list[int]:
    db.session.execute(delete(SignInFailure).where(SignInFailure.at < clock.now() - KEPT_FOR))
    rows = [SignInFailure(key=key) for key in keys]
    db.session.add_all(rows)
    db.session.flush()
    return [row.id for row in rows]


def _refuse_more_than(keys: dict[Limit, str], to_come: int) -> None:
    """Counted after all have been written, two attempts at one moment see each other."""
    for limit, key in keys.items():
        recent = (SignInFailure.key == key, SignInFailure.at > clock.now() - limit.within)
        count = db.session.scalar(select(func.count()).select_from(SignInFailure).where(*recent)) or 0
        if count + to_come > limit.most:
            raise TooManyAttempts(f"Too many attempts. {limit.wait}")
