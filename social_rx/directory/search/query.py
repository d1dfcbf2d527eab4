"""What is asked of the directory, and what it answers."""

import math
from dataclasses import dataclass, field
from datetime import time
from typing import NamedTuple
from uuid import UUID

from social_rx.errors import InvalidInput

NEAREST_KM, FARTHEST_KM = 0.1, 100.0
MOST_PER_PAGE = 100
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Point:
    """Where on earth, in degrees (WGS84), and the postcode district it lies in when that is known."""

    latitude: float
    longitude: float
    outcode: str | None = None


@dataclass(frozen=True)
class SearchQuery:
    """One question. Everything is optional, and any combination may be asked.

    Several `needs` (or several `supports`) mean any of them; different questions must all be met. `remote` asks for
    what happens at home, by phone or online. `day` is 0 for Monday. `from_time` and `to_time`, on that day or else on
    any, ask for what is open for at least a minute between them; the beginning and the end of the day are understood.

    Raises InvalidInput when a number is out of its bounds.
    """

    text: str = ""
    near: Point | None = None
    within_km: float = 10.0
    needs: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    age: int | None = None
    free: bool = False
    step_free: bool = False
    remote: bool = False
    language: str | None = None
    day: int | None = None
    from_time: time | None = None
    to_time: time | None = None
    has_places: bool = False
    verified_within_days: int | None = None
    page: int = 1
    per_page: int = 20

    def __post_init__(self) -> None:
        point, wrong = self.near, {}
        if point and not (abs(point.latitude) <= 90 and abs(point.longitude) <= 180):
            wrong["near"] = "Enter a full postcode or the first part of one, like CV1 2AB or CV1."
        if not NEAREST_KM <= self.within_km <= FARTHEST_KM or not math.isfinite(self.within_km):
            wrong["within_km"] = "Enter a distance between 0.1 and 100 kilometres."
        if self.age is not None and not 0 <= self.age <= 130:
            wrong["age"] = "Enter an age between 0 and 130."
        if self.day is not None and not 0 <= self.day <= 6:
            wrong["day"] = "Select a day of the week."
        if self.from_time and self.to_time and time() < self.to_time <= self.from_time:
            wrong["to_time"] = "Enter a time that is later than the first."
        if self.verified_within_days is not None and not 0 <= self.verified_within_days <= 36_500:
            wrong["verified_within_days"] = "Enter a number of days, 0 or more."
        if not 1 <= self.page <= LAST_PAGE:
            wrong["page"] = f"Enter a page between 1 and {LAST_PAGE}."
        if not 1 <= self.per_page <= MOST_PER_PAGE:
            wrong["per_page"] = f"Enter a number between 1 and {MOST_PER_PAGE}."
        if wrong:
            raise InvalidInput("Some of the search cannot be understood.", wrong)


class Hit(NamedTuple):
    """A service that answers the question. `distance_km` is None when it comes to people, or distance was not asked."""

    service_id: UUID
    score: float
    distance_km: float | None
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class LookedFor:
    """How the text was understood: the codes it stands for, its words, and those of which no hit speaks."""

    needs: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Hits:
    """One page of hits, with the exact number of all and how many there are of each kind.

    `facets` counts over all hits, not the page, and names only what occurs: `needs`, `supports` and `language` by code,
    `free`, `step_free` and `referral` under "yes", `remote` under home, phone and online, `day` under "0" (Monday) to
    "6", `capacity` by status.
    """

    hits: tuple[Hit, ...] = ()
    total: int = 0
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    looked_for: LookedFor = LookedFor()
