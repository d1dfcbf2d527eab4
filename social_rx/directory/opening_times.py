"""Opening times in an import: from a list with a day and two times, or from a column for each day of the week.

No time is ever invented. `AM Only` becomes a session that day without hours, with those words beside it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any, NamedTuple

from social_rx.directory.sheets import Problem, Row

DAYS = {
    "MO": ("monday", "mon"),
    "TU": ("tuesday", "tue", "tues"),
    "WE": ("wednesday", "wed"),
    "TH": ("thursday", "thu", "thur", "thurs"),
    "FR": ("friday", "fri"),
    "SA": ("saturday", "sat"),
    "SU": ("sunday", "sun"),
}
DAY_CODES = {name: code for code, names in DAYS.items() for name in (*names, code.lower())}
MOST = 60
LONGEST_NOTE = 200
_TIME = re.compile(r"(\d{1,2})(?:[:.](\d{2})(?::00)?)?\s?(am|pm)?", re.IGNORECASE)
_SPAN = re.compile(rf"{_TIME.pattern}\s?(?:-|–|to|until)\s?{_TIME.pattern}", re.IGNORECASE)
_BETWEEN_SPANS = re.compile(r"\s*(?:,|;|&|\band\b)\s*")


class Session(NamedTuple):
    """One time of one day; without times when only `note` is known."""

    day: str
    opens: str | None
    closes: str | None
    note: str | None


@dataclass(frozen=True)
class Opening:
    """How a mapping says where opening times are. `columns` are by day (MO to SU); `words` explain their codes."""

    list: str | None = None
    day: str = "day"
    opens: str = "opens"
    closes: str = "closes"
    columns: Mapping[str, str] = field(default_factory=dict)
    closed: tuple[str, ...] = ("closed",)
    words: Mapping[str, str] = field(default_factory=dict)


def schedules_in(row: Row, opening: Opening) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The weekly schedules that a row tells of, days with the same times together, and what could not be read."""
    found = [*_listed(row, opening), *_by_columns(row, opening)]
    sessions = [one for one in found if isinstance(one, Session)]
    problems = [one for one in found if isinstance(one, Problem)]
    if len(sessions) > MOST:
        return [], [Problem(f"There are more than {MOST} opening times.", opening.list or "")]
    return _together(sessions), problems


def _together(sessions: Iterable[Session]) -> list[dict[str, Any]]:
    days: dict[tuple[str | None, ...], list[str]] = {}
    for session in sessions:
        days.setdefault((session.opens, session.closes, session.note), []).append(session.day)
    week = list(DAYS)
    schedules = [
        {"byday": ",".join(sorted(set(on), key=week.index)), "opens_at": opens, "closes_at": closes, "note": note}
        for (opens, closes, note), on in days.items()
    ]
    return sorted(schedules, key=lambda one: (week.index(one["byday"][:2]), one["opens_at"] or "", one["note"] or ""))


def _listed(row: Row, opening: Opening) -> Iterator[Session | Problem]:
    for item in row.lists.get(opening.list or "", []):
        day, opens, closes = (item.get(name, "") for name in (opening.day, opening.opens, opening.closes))
        code, times = DAY_CODES.get(day.casefold()), [read_time(opens), read_time(closes)]
        if code is None or None in times:
            yield Problem("The opening time cannot be read.", opening.list or "", f"{day} {opens}-{closes}")
        else:
            yield Session(code, times[0], times[1], None)


def _by_columns(row: Row, opening: Opening) -> Iterator[Session | Problem]:
    for day, column in opening.columns.items():
        text = row.cells.get(column, "")
        if not text or text.casefold() in opening.closed:
            continue
        note = opening.words.get(text.casefold(), text)
        if len(note) > LONGEST_NOTE:
            yield Problem(f"The opening time is longer than {LONGEST_NOTE} characters.", column, note)
            continue
        spans = read_spans(text)
        yield from (Session(day, opens, closes, None) for opens, closes in spans)
        if not spans:
            yield Session(day, None, None, note)


def read_spans(text: str) -> list[tuple[str, str]]:
    """`9am-12 noon`, `09:00 - 12:00, 13:00 - 17:00`; empty unless the whole text is made of times."""
    spans = []
    for part in _BETWEEN_SPANS.split(text.casefold().replace("noon", "pm")):
        match = _SPAN.fullmatch(part.strip())
        times = [_written(*match.groups()[:3]), _written(*match.groups()[3:])] if match else [None]
        if None in times:
            return []
        spans.append((times[0] or "", times[1] or ""))
    return spans


def read_time(text: str) -> str | None:
    """`9.30am` or `09:30` as 09:30; None when the text is no time of day."""
    match = _TIME.fullmatch(text.strip())
    return _written(*match.groups()) if match else None


def _written(hours: str, minutes: str | None, half: str | None) -> str | None:
    hour, minute = int(hours), int(minutes or 0)
    if half is None and minutes is None:
        return None  # a bare `9` may be a number of anything
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.casefold() == "pm" else 0)
    if (hour, minute) == (24, 0):
        hour, minute = 23, 59  # the end of the day
    try:
        return time(hour, minute).isoformat(timespec="minutes")
    except ValueError:
        return None
