"""Which of the hits come first, and why, in words.

Every weight of the order stands in the one table below.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from social_rx.directory.search.circle import Floats, Rows
from social_rx.directory.search.columns import Columns
from social_rx.directory.search.table import APPROXIMATE, BIT, NEVER, Array, Table, day_number
from social_rx.directory.status import NOT_REFERABLE_AFTER, STALE_AFTER, CapacityStatus

RELEVANCE, NEARNESS = 0.6, 0.4  # when there is a place to be near to; relevance alone otherwise
LEAST = 0.5  # the strength of an answer that is not worth anything in relevance
ANSWER_SHARE = 0.8  # of relevance that answering what is asked makes up; how often words occur makes up the rest
HALF_WAY = 5.0  # the sum of word scores that is worth half of all that words can be worth
ANSWERED = 1.0  # on top, for a listing that answers all that is asked, and in parts: so that more needs beat nearness
OTHER_SEX, OWN_SEX = -1.0, 0.25  # for listings that are only for one, when the words tell which the person is
OTHER_AGE, OWN_AGE = -0.4, 0.1  # the same for the age; one's own is that of a group for the young, or for the old
YOUNG, OLD = 30, 50
WITHOUT_PLACE = 0.5  # the nearness of what comes to people: like that of a place half-way to the edge of the circle
CAPACITY: Mapping[CapacityStatus, float] = {
    CapacityStatus.PLACES: 0.06,
    CapacityStatus.UNKNOWN: 0.0,
    CapacityStatus.WAITING_LIST: -0.06,
    CapacityStatus.FULL: -0.12,
}
NEVER_CHECKED, STALE = -0.04, -0.05
EXPIRED = -10.0  # after everything else: nobody can be referred there

MILES_PER_KM = 0.621371


def adjustments(columns: Columns, today: date) -> Array:
    """What capacity and freshness add to the score of each row."""
    flags, age = columns.table.flags, day_number(today) - columns.table.verified
    added = np.zeros(columns.size)
    for status, weight in CAPACITY.items():
        added[(flags & BIT["capacity", status.value]) != 0] += weight
    never = columns.table.verified == NEVER
    added[never] += NEVER_CHECKED
    added[~never & (age > STALE_AFTER.days)] += STALE
    added[~never & (age > NOT_REFERABLE_AFTER.days)] += EXPIRED
    return added


def words_worth(scores: Array) -> Array:
    """Word scores brought between 0 and 1: the first words count most."""
    return scores / (scores + HALF_WAY)


def relevance(words: Array, answered: Array) -> Array:
    """How well a listing answers a text; the arguments lie between 0 and 1."""
    return ANSWER_SHARE * np.clip((answered - LEAST) / (1 - LEAST), 0, 1) + (1 - ANSWER_SHARE) * words


def for_age(table: Table, rows: Rows, age: int) -> Array:
    """What a person's age adds to the score of these rows."""
    low, high = table.minimum_age[rows], table.maximum_age[rows]
    outside = (age < low) | (age > high)
    meant = (high <= YOUNG) | ((low >= OLD) & (age >= OLD))
    return np.where(outside, OTHER_AGE, np.where(meant, OWN_AGE, 0.0))


def blend(relevance: Array | None, distances: Floats | None, km: float) -> Array | float:
    """Relevance and nearness as one score. A distance of NaN is that of a listing without a place."""
    if distances is None:
        return 0.0 if relevance is None else relevance
    nearness = 1 - distances / km
    nearness[np.isnan(nearness)] = WITHOUT_PLACE
    return nearness if relevance is None else RELEVANCE * relevance + NEARNESS * nearness


_UNCHECKED = ("Not checked recently",)


@lru_cache(maxsize=512)
def _checked(days: int) -> str:
    return {0: "Checked today", 1: "Checked yesterday"}.get(days, f"Checked {days} days ago")


def _away(km: float, approximate: bool) -> str:
    miles = km * MILES_PER_KM
    if approximate:
        return f"About {miles:.0f} miles away" if miles >= 1.5 else "About a mile away"
    return f"{miles:.1f} miles away" if f"{miles:.1f}" != "1.0" else "1 mile away"


_FLAG_REASONS = (
    (BIT["capacity", CapacityStatus.PLACES.value], "Has places"),
    (BIT["capacity", CapacityStatus.WAITING_LIST.value], "Has a waiting list"),
    (BIT["capacity", CapacityStatus.FULL.value], "Full at the moment"),
    (BIT["free", "yes"], "Free"),
)


@lru_cache(maxsize=4096)
def _flag_reasons(flags: int) -> tuple[str, ...]:
    return tuple(reason for bit, reason in _FLAG_REASONS if flags & bit)


def reasons(flags: int, age: int | None, distance: float | None, matches: Sequence[str]) -> tuple[str, ...]:
    """Why a listing is here, for the person who asked. `age` is how many days ago it was checked, None for never."""
    said: tuple[str, ...] = (f"Matches: {', '.join(dict.fromkeys(matches))}",) if matches else ()
    if distance is not None:
        said += (_away(distance, bool(flags & APPROXIMATE)),)
    fresh = age is not None and age <= STALE_AFTER.days
    return said + _flag_reasons(flags) + ((_checked(max(age or 0, 0)),) if fresh else _UNCHECKED)
