"""Keys, addresses and times in the formats that the standard prescribes; what cannot be written so is left out."""

import re
from datetime import date, datetime, time
from typing import Any

from werkzeug.urls import iri_to_uri

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9\-._~:/?#@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_WEB = re.compile(r"https?://[A-Za-z0-9._-]+(:\d{1,5})?(/[^\s\[\]#?]*)?(\?[^\s\[\]#]*)?(#[^\s\[\]#]*)?", re.IGNORECASE)
_ATOM, _LABEL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+", "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"(?=.{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+[A-Za-z]{{2,24}}")


def identifier(value: Any) -> str | None:
    """A key as people write it; the driver of SQLite hands over 32 digits, that of PostgreSQL a UUID."""
    if type(value) is str:
        return f"{value[:8]}-{value[8:12]}-{value[12:16]}-{value[16:20]}-{value[20:]}" if len(value) == 32 else value
    return None if value is None else str(value)


def web_address(text: str | None) -> str | None:
    """An absolute address as RFC 3986 has it, or nothing: the standard refuses `www.example.org`."""
    if not text:
        return None
    if not text.isascii() or " " in text:
        text = _as_ascii(text.strip())
    return text if text and _WEB.fullmatch(text) and _URI.fullmatch(text) else None


def _as_ascii(text: str) -> str | None:
    try:
        return iri_to_uri(text)
    except ValueError:
        return None


def uri(text: str | None) -> str | None:
    return text if text and _URI.fullmatch(text) and text.count("#") < 2 else None


def email(text: str | None) -> str | None:
    return text if text and _EMAIL.fullmatch(text) else None


def instant(at: datetime | str) -> str:
    """A time as it is kept: in UTC, without saying so. SQLite keeps it as text."""
    text = at if isinstance(at, str) else at.isoformat(" ", "microseconds")
    return f"{text[:10]}T{text[11:23]}Z"


def day(on: date | None) -> str | None:
    return on.isoformat() if on else None


def clock_time(at: time | None) -> str | None:
    """The time on the clocks of London. No offset: it changes twice a year."""
    return None if at is None else at.isoformat("minutes")


def outcode(postcode: str | None) -> str | None:
    """CV1 of CV1 2AB or cv12ab: what is left without the last three; nothing where that is too little to tell."""
    key = re.sub(r"\W", "", postcode or "").upper()
    return key[:-3] if len(key) >= 5 else None
