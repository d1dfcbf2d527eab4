"""Everything about listings that is not text, in numpy columns: place, filters, counts, and the order of a page.

One search asks thousands of listings a handful of yes-or-no questions. Columns answer each for all listings at once.
"""

from collections.abc import Iterable
from datetime import date
from functools import cache, cached_property
from uuid import UUID

import numpy as np

from social_rx.directory.occurrences import asked_minutes
from social_rx.directory.search import table
from social_rx.directory.search.circle import Circle, Floats, Rows, Runs, spatial_key, unit_vectors
from social_rx.directory.search.query import SearchQuery
from social_rx.directory.search.table import BIT, FLAGS, NEVER, YES, Array, Table

Facets = dict[str, dict[str, int]]


class Columns:
    """A table made ready to be asked. Rows in `dead` are never found: they were changed or removed."""

    def __init__(self, rows: Table, dead: Iterable[int] = ()):
        self.table = rows
        self.size = len(rows)
        self.keys = spatial_key(rows.latitude, rows.longitude)
        self.points = unit_vectors(rows.latitude, rows.longitude)
        self.numbers = {name: number for number, name in enumerate(rows.names)}
        gone = list(dead)
        self.alive = np.ones(self.size, np.bool_) if gone else None
        if self.alive is not None:
            self.alive[gone] = False
        self.id = cache(self._id)
        self._sort_tail()
        self._count_patterns()

    def _sort_tail(self) -> None:
        rows, first = self.table, self.table.sorted
        keys = spatial_key(rows.place_latitude, rows.place_longitude)
        order = np.argsort(keys, kind="stable")
        self.tail_keys = keys[order]
        self.tail_points = unit_vectors(rows.place_latitude, rows.place_longitude)[order]
        self.tail_rows = rows.place_row[order] - first
        anywhere = np.array([not served for served in rows.outcodes], np.bool_)
        anywhere[self.tail_rows] = False
        self.tail_default = np.where(anywhere, np.nan, np.inf)
        self.served: dict[str, list[int]] = {}
        for row, outcodes in enumerate(rows.outcodes):
            for outcode in outcodes:
                self.served.setdefault(outcode, []).append(row)

    def _count_patterns(self) -> None:
        """Few combinations of flags occur, so hits are counted by combination and then spread over the flags."""
        patterns, self.pattern = np.unique(self.table.flags, return_inverse=True)
        bits = np.arange(len(FLAGS), dtype=np.uint32)
        self.pattern_flags = ((patterns[:, None] >> bits) & 1).astype(np.float64)

    # ---------------------------------------------------------------- where

    def runs(self, circle: Circle) -> Runs:
        """Runs of rows that hold all listings of the circle, and some more."""
        runs = circle.runs(self.keys)
        if self.size == self.table.sorted:
            return runs
        return Runs(np.append(runs.starts, self.table.sorted), np.append(runs.ends, self.size))

    def within(self, rows: Rows, circle: Circle, outcode: str | None) -> tuple[Array, Floats]:
        """Which of these ascending rows belong in a search of the circle, and how far away those are.

        The distance is that of the nearest place. It is NaN for listings that come to people: those without a place
        that serve everywhere, and those that serve this postcode district.
        """
        first = self.table.sorted
        if self.size == first:
            return circle.inside(self.points.take(rows, axis=0))
        split = int(rows.searchsorted(first))
        inside, near = circle.inside(self.points.take(rows[:split], axis=0))
        away = self._tail_distances(circle, outcode)[rows[split:] - first]
        stays = away != np.inf
        return np.concatenate((inside, stays)), np.concatenate((near, away[stays]))

    def _tail_distances(self, circle: Circle, outcode: str | None) -> Floats:
        away = self.tail_default.copy()
        if outcode:
            away[self.served.get(outcode.upper(), [])] = np.nan
        places = circle.runs(self.tail_keys).rows()
        inside, near = circle.inside(self.tail_points[places])
        np.fmin.at(away, self.tail_rows[places[inside]], near)
        return away

    # ---------------------------------------------------------------- filters

    def meets(self, rows: Rows, query: SearchQuery, today: date) -> Array | None:
        """Which of the rows meet everything that was asked but text and place; None when nothing was."""
        masks: list[Array] = []
        if self.alive is not None:
            masks.append(self.alive.take(rows))
        if required := _required_flags(query):
            masks.append((self.table.flags.take(rows) & required) == required)
        if query.remote:
            masks.append((self.table.flags.take(rows) & _ANY_REMOTE) != 0)
        for wanted in _wanted_codes(query):
            masks.append(self._has_any(rows, wanted))
        if query.age is not None:
            masks.append(self.table.minimum_age.take(rows) <= query.age)
            masks.append(self.table.maximum_age.take(rows) >= query.age)
        if _asks_for_hours(query):
            masks.append(self._open_between(query).take(rows))
        if query.verified_within_days is not None:
            verified = self.table.verified.take(rows)
            oldest = table.day_number(today) - query.verified_within_days
            masks.append((verified >= oldest) & (verified != NEVER))
        if not masks:
            return None
        while len(masks) > 1:
            masks.append(masks.pop() & masks.pop())
        return masks[0]

    def _open_between(self, query: SearchQuery) -> Array:
        """Which of all rows are open for at least one of the minutes asked for."""
        first, last = asked_minutes(query.from_time, query.to_time)
        rows, found = self.table, np.zeros(self.size, np.bool_)
        for day in range(7) if query.day is None else (query.day,):
            begins, ends = day * table.DAY + first, day * table.DAY + last
            found[rows.hour_row[(rows.hour_opens < ends) & (rows.hour_closes > begins)]] = True
        return found

    def _has_any(self, rows: Rows, wanted: list[str]) -> Array:
        codes = self.table.codes.take(rows, axis=0)
        numbers = [self.numbers.get(code, -1) for code in wanted]
        if len(numbers) == 1:
            return np.logical_or.reduce(codes == numbers[0], axis=1)
        asked = np.zeros(len(self.table.names) + 1, np.bool_)  # the last place catches unknown codes: -1
        asked[numbers] = True
        asked[-1] = False
        return np.logical_or.reduce(asked[codes], axis=1)

    # ---------------------------------------------------------------- counts and order

    def facets(self, rows: Rows) -> Facets:
        """How many of the rows there are of each kind, exactly; what does not occur is left out."""
        facets: Facets = {}
        patterns = np.bincount(self.pattern.take(rows), minlength=len(self.pattern_flags))
        by_flag = (patterns @ self.pattern_flags).astype(np.int64).tolist()
        for (facet, value), number in zip(FLAGS, by_flag, strict=True):
            if number:
                facets.setdefault(facet, {})[value] = number
        codes = np.bincount(self.table.codes.take(rows, axis=0).ravel(), minlength=len(self.table.names)).tolist()
        for (facet, value), number in zip(self._names, codes, strict=True):
            if number and value:
                facets.setdefault(facet, {})[value] = number
        return facets

    @cached_property
    def _names(self) -> list[tuple[str, str]]:
        return [(name.partition(":")[0], name.partition(":")[2]) for name in self.table.names]

    @cached_property
    def tie(self) -> Array:
        """The place of each row when rows are sorted by the key of the service: what breaks ties."""
        high, low = (self.table.ids.view(">u8")[:, half] for half in (0, 1)) if self.size else (np.zeros(0),) * 2
        place = np.empty(self.size, np.int64)
        place[np.lexsort((low, high))] = np.arange(self.size)
        return place

    def _id(self, row: int) -> UUID:
        return UUID(bytes=self.table.ids[row].tobytes())

    def best(self, rows: Rows, scores: Floats, count: int) -> Rows:
        """Positions in `rows` of the `count` highest scores, best first; the same whenever it is asked."""
        some = np.arange(len(rows))
        if len(rows) > count:
            lowest = np.partition(scores, len(rows) - count)[len(rows) - count]
            some = np.flatnonzero(scores >= lowest)
        return some[np.lexsort((self.tie[rows[some]], -scores[some]))][:count]


_ANY_REMOTE = sum(BIT["remote", way] for way in table.REMOTE)


def _required_flags(query: SearchQuery) -> int:
    asked = [("free", YES)] if query.free else []
    asked += [("step_free", YES)] if query.step_free else []
    asked += [("capacity", "places")] if query.has_places else []
    asked += [("day", str(query.day))] if query.day is not None and not _asks_for_hours(query) else []
    return sum(BIT[flag] for flag in asked)


def _asks_for_hours(query: SearchQuery) -> bool:
    return query.from_time is not None or query.to_time is not None


def _wanted_codes(query: SearchQuery) -> list[list[str]]:
    languages = (query.language.lower(),) if query.language else ()
    kinds = (("needs", query.needs), ("supports", query.supports), ("language", languages))
    return [[f"{kind}:{code}" for code in codes] for kind, codes in kinds if codes]
