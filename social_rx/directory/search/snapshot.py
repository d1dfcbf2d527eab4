"""One answer from beginning to end: what the words mean, who has them, who is near, what is counted, what comes first.

A snapshot never changes: a search that began before a change ends as if the change came after it.
"""

import math
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from social_rx.directory.search import ranking, text
from social_rx.directory.search.circle import Circle, Floats, Rows
from social_rx.directory.search.columns import Columns
from social_rx.directory.search.indexing import CODE_MARK
from social_rx.directory.search.postings import Postings
from social_rx.directory.search.query import Hit, Hits, LookedFor, SearchQuery
from social_rx.directory.search.table import NEVER, Array, day_number
from social_rx.directory.search.vocabulary import Vocabulary

ENOUGH = 5  # with fewer hits that have all words, those that have most of them are shown too

Combine = Literal["best", "all"]


class Asked(NamedTuple):
    """The text of a query, understood: codes it stands for, words to insist on, words that only help, strangers."""

    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    helping: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        return not (self.codes or self.words or self.helping or self.unknown)


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
        asked = Asked(words=text.terms(query.text)) if combine == "all" else self._understood(query.text)
        if asked.nothing:
            found = self._cut(Found(self._everywhere(circle)), query, circle, today)
        elif combine == "all" or not (asked.codes or asked.helping or asked.unknown):
            found = self._with_all(asked, query, circle, today)
            if combine == "best" and len(asked.words) > 1 and len(found.rows) < ENOUGH:
                found = self._with_some(asked, query, circle, today)
        else:
            found = self._with_some(asked, query, circle, today)
        return self._page(found, asked, query, today)

    def _understood(self, question: str) -> Asked:
        meaning = self.vocabulary.understand(question)
        known = [stem for stem in meaning.rest if len(self.postings.of(stem).rows)]
        words = [stem for stem in known if stem not in self.vocabulary.weak]
        helping = [stem for stem in text.terms(question) if stem not in words and stem not in meaning.rest]
        if words or meaning.codes:
            helping += [stem for stem in known if stem in self.vocabulary.weak]
        else:
            words = known
        unknown = [stem for stem in meaning.rest if stem not in known and stem not in self.vocabulary.weak]
        return Asked(meaning.codes, tuple(words), tuple(helping), tuple(unknown))

    # ---------------------------------------------------------------- who answers

    def _everywhere(self, circle: Circle | None) -> Rows:
        return self.columns.runs(circle).rows() if circle else np.arange(self.columns.size)

    def _with_all(self, asked: Asked, query: SearchQuery, circle: Circle | None, today: date) -> Found:
        """Listings that have every word."""
        both = self.postings.with_all(asked.words, self.columns.runs(circle) if circle else None)
        return self._cut(Found(both.rows, ranking.words_worth(both.scores)), query, circle, today)

    def _with_some(self, asked: Asked, query: SearchQuery, circle: Circle | None, today: date) -> Found:
        """Listings that answer any need and have all words; when they are few, most words; when still few, any."""
        worth = np.zeros(self.columns.size, np.float32)
        has = np.zeros(self.columns.size, np.int16)
        for word in asked.words:
            rows, scores = self.postings.of(word)
            worth[rows] += scores
            has[rows] += 1
        best, share = self._needs_answered(asked.codes)
        rows = np.flatnonzero((has > 0) | (best > 0))
        for word in asked.helping:
            posting = self.postings.of(word)
            worth[posting.rows] += posting.scores
        words = ranking.words_worth(worth[rows])
        if asked.words:
            words *= (1 + has[rows]) / (1 + len(asked.words))
        lift = None
        relevance = words
        if asked.codes:
            relevance = ranking.relevance(words, best[rows], share[rows])
            lift = np.where(best[rows] >= ranking.SURE, ranking.NEED_ANSWERED, 0.0)
        found = self._cut(Found(rows, relevance, None, lift), query, circle, today)
        return found.only(_enough(has[found.rows], best[found.rows] > 0, len(asked.words), bool(asked.codes)))

    def _needs_answered(self, codes: Iterable[str]) -> tuple[Array, Array]:
        """For each listing how surely it answers the code it answers best, and how much of all codes it answers.

        What few listings answer weighs more: of "lonely since her husband died" the bereavement says more.
        """
        best = np.zeros(self.columns.size, np.float32)
        share = np.zeros(self.columns.size, np.float32)
        postings = [self.postings.of(CODE_MARK + code) for code in codes]
        rare = [math.log(2 + self.columns.size / (1 + len(posting.rows))) for posting in postings]
        for (rows, sure), weight in zip(postings, rare, strict=True):
            best[rows] = np.maximum(best[rows], sure)
            share[rows] += sure * (weight / sum(rare))
        return best, share

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

    def _page(self, found: Found, asked: Asked, query: SearchQuery, today: date) -> Hits:
        rows = found.rows
        looked_for = self._looked_for(asked, query)
        if not len(rows):
            return Hits(looked_for=looked_for)
        scores = ranking.blend(found.relevance, found.distances, query.within_km) + self._added(today)[rows]
        if found.lift is not None:
            scores += found.lift
        first = (query.page - 1) * query.per_page
        best = self.columns.best(rows, scores, first + query.per_page)[first:]
        shown = Found(rows[best], scores[best], None if found.distances is None else found.distances[best])
        return Hits(self._hits(shown, asked.codes, today), len(rows), self.columns.facets(rows), looked_for)

    def _hits(self, shown: Found, codes: tuple[str, ...], today: date) -> tuple[Hit, ...]:
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
        return tuple(
            Hit(
                self.columns.id(row),
                score,
                km,
                ranking.reasons(flags, number - verified if verified != NEVER else None, km, self._matches(row, codes)),
            )
            for row, score, km, flags, verified in said
        )

    def _added(self, today: date) -> Array:
        """What capacity and freshness add, worked out once a day."""
        kept = self._adjustments
        if kept is None or kept[0] != today:
            kept = self._adjustments = (today, ranking.adjustments(self.columns, today))
        return kept[1]

    def _matches(self, row: int, codes: Iterable[str]) -> list[str]:
        """The names of the codes that a listing was found by."""
        names = []
        for code in codes:
            rows = self.postings.of(CODE_MARK + code).rows
            place = rows.searchsorted(row)
            if place < len(rows) and rows[place] == row:
                names.append(self.vocabulary.name(code))
        return names

    def _looked_for(self, asked: Asked, query: SearchQuery) -> LookedFor:
        if asked.nothing:
            return _NOTHING
        unknown = set(asked.unknown)
        written = [word for word in dict.fromkeys(text.words(query.text)) if word not in text.STOP_WORDS]
        strangers = [word for word in written if text.stem(word) in unknown] if unknown else []
        needs, supports = (
            tuple(code.partition(":")[2] for code in asked.codes if code.startswith(kind))
            for kind in ("needs:", "supports:")
        )
        return LookedFor(needs, supports, tuple(written[: text.MOST_TERMS]), tuple(strangers))

    @cached_property
    def size(self) -> int:
        alive = self.columns.alive
        return self.columns.size if alive is None else int(alive.sum())


_NOTHING = LookedFor()


def _enough(has: Array, answers: Array, words: int, codes: bool) -> Array:
    """Which hits to show: the strictest rule that leaves at least a handful, or else all of them."""
    for wanted in (words, -(-words // 2)):
        strict = has >= wanted
        if codes:
            strict &= answers
        if np.count_nonzero(strict) >= ENOUGH:
            return strict
    return answers if codes and np.count_nonzero(answers) >= ENOUGH else np.ones(len(has), np.bool_)
