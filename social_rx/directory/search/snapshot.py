"""One answer from beginning to end: what the words mean, who has them, who is near, what is counted, what comes first.

A snapshot never changes: a search that began before a change ends as if the change came after it.
"""

import math
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from social_rx.directory.search import ranking, text
from social_rx.directory.search.answers import Answers, Asked, understood
from social_rx.directory.search.circle import Circle, Floats, Rows
from social_rx.directory.search.columns import Columns
from social_rx.directory.search.postings import Postings
from social_rx.directory.search.query import Hit, Hits, LookedFor, SearchQuery
from social_rx.directory.search.table import NEVER, Array, day_number
from social_rx.directory.search.vocabulary import KINDS, Vocabulary

Combine = Literal["best", "all"]


class Found(NamedTuple):
    """Hits so far: ascending rows, and for each its relevance, its distance, and what lifts it above others."""

    rows: Rows
    relevance: Array | None = None
    distances: Floats | None = None
    lift: Array | None = None

    def only(self, kept: Array) -> "Found":
        relevance, distances, lift = (column if column is None else column[kept] for column in self[1:])
        return Found(self.rows[kept], relevance, distances, lift)


class Snapshot:
    """All active listings at one moment, ready to be searched."""

    def __init__(self, columns: Columns, postings: Postings, vocabulary: Vocabulary):
        self.columns, self.postings, self.vocabulary = columns, postings, vocabulary
        self._adjustments: tuple[date, Array] | None = None

    def search(self, query: SearchQuery, today: date, combine: Combine = "best") -> Hits:
        """The hits of one page, with exact counts over all hits.

        With `combine="all"` a hit has every word of the text as it is written, whatever it may mean.
        """
        near = query.near
        circle = Circle(near.latitude, near.longitude, query.within_km) if near else None
        if combine == "all":
            asked = Asked(words=text.terms(query.text))
        else:
            asked = understood(query.text, self.vocabulary, self.postings)
        if asked.nothing:
            found = self._cut(Found(self._everywhere(circle)), query, circle, today)
            return self._page(found, _Text(asked), query, today)
        if combine == "all":
            return self._page(self._with_all(asked, query, circle, today), _Text(asked), query, today)
        answers = Answers(asked, self.columns, self.postings)
        found = self._answering(answers, query, circle, today)
        return self._page(found, _Text(asked, answers, answers.missing(found.rows)), query, today)

    # ---------------------------------------------------------------- who answers

    def _everywhere(self, circle: Circle | None) -> Rows:
        return self.columns.runs(circle).rows() if circle else np.arange(self.columns.size)

    def _with_all(self, asked: Asked, query: SearchQuery, circle: Circle | None, today: date) -> Found:
        """Listings that have every word."""
        both = self.postings.with_all(asked.words, self.columns.runs(circle) if circle else None)
        return self._cut(Found(both.rows, ranking.words_worth(both.scores)), query, circle, today)

    def _answering(self, answers: Answers, query: SearchQuery, circle: Circle | None, today: date) -> Found:
        """Listings that answer what is asked: all of it, or else most of it, or any of it."""
        found = self._cut(Found(answers.rows()), query, circle, today)
        found = found.only(answers.kept(found.rows)) if answers.aspects else found
        return found._replace(relevance=answers.relevance(found.rows), lift=answers.lift(found.rows))

    def _cut(self, found: Found, query: SearchQuery, circle: Circle | None, today: date) -> Found:
        """Those of the hits that meet the filters and belong in the circle, with their distances."""
        meets = self.columns.meets(found.rows, query, today)
        if meets is not None:
            found = found.only(meets)
        if circle is None:
            return found
        outcode = query.near.outcode if query.near else None
        inside, distances = self.columns.within(found.rows, circle, outcode)
        return found.only(inside)._replace(distances=distances)

    # ---------------------------------------------------------------- how it is shown

    def _page(self, found: Found, asked: "_Text", query: SearchQuery, today: date) -> Hits:
        rows, written = found.rows, _written(query.text)
        looked_for = asked.looked_for(written)
        if not len(rows):
            return Hits(looked_for=looked_for)
        scores = ranking.blend(found.relevance, found.distances, query.within_km) + self._added(today)[rows]
        if found.lift is not None:
            scores += found.lift
        first = (query.page - 1) * query.per_page
        best = self.columns.best(rows, scores, first + query.per_page)[first:]
        shown = Found(rows[best], scores[best], None if found.distances is None else found.distances[best])
        return Hits(self._hits(shown, asked, written, today), len(rows), self.columns.facets(rows), looked_for)

    def _hits(self, shown: Found, asked: "_Text", written: Mapping[str, str], today: date) -> tuple[Hit, ...]:
        """The rows of a page as they are shown; their `relevance` is the whole score by now."""
        rows, number = shown.rows.tolist(), day_number(today)
        away = [None] * len(rows) if shown.distances is None else shown.distances.tolist()
        said = zip(
            rows,
            [] if shown.relevance is None else shown.relevance.tolist(),
            [None if km is None or math.isnan(km) else km for km in away],
            self.columns.table.flags[shown.rows].tolist(),
            self.columns.table.verified[shown.rows].tolist(),
            strict=True,
        )
        hits = []
        for row, score, km, flags, verified in said:
            age = number - verified if verified != NEVER else None
            matches = asked.answers.matches(row, self.vocabulary, written) if asked.answers else ()
            hits.append(Hit(self.columns.id(row), score, km, ranking.reasons(flags, age, km, matches)))
        return tuple(hits)

    def _added(self, today: date) -> Array:
        """What capacity and freshness add, worked out once a day."""
        kept = self._adjustments
        if kept is None or kept[0] != today:
            kept = self._adjustments = (today, ranking.adjustments(self.columns, today))
        return kept[1]

    @cached_property
    def size(self) -> int:
        alive = self.columns.alive
        return self.columns.size if alive is None else int(alive.sum())


_NOTHING = LookedFor()


class _Text(NamedTuple):
    """The text of a query, how listings answer it, and the stems of what none of them answers."""

    asked: Asked
    answers: Answers | None = None
    missing: Sequence[str] = ()

    def looked_for(self, written: Mapping[str, str]) -> LookedFor:
        if self.asked.nothing:
            return _NOTHING
        unknown = {*self.asked.unknown, *self.missing}
        strangers = tuple(word for stem, word in written.items() if stem in unknown)
        codes = self.asked.codes
        needs, supports = (tuple(code.partition(":")[2] for code in codes if code.startswith(kind)) for kind in KINDS)
        return LookedFor(needs, supports, tuple(written.values())[: text.MOST_TERMS], strangers)


def _written(question: str) -> dict[str, str]:
    """The words of the question that carry meaning, as they were written, by their stems."""
    found: dict[str, str] = {}
    for word in text.words(question):
        if word not in text.STOP_WORDS:
            found.setdefault(text.stem(word), word)
    return found
