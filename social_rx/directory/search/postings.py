"""The words of all listings: those of the index on disk, and of the few that changed since, as one."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from social_rx.directory.search.circle import Rows, Runs
from social_rx.directory.search.columns import Array
from social_rx.directory.search.indexing import MARKS, Said
from social_rx.directory.search.whoosh_index import KEPT_POSTINGS, WhooshIndex

K1, B = 1.2, 0.75  # how soon a repeated word stops counting, and how much long texts are held back (BM25)


class Posting(NamedTuple):
    """Where one term occurs: ascending rows, and what it adds to the score of each."""

    rows: Rows
    scores: Array

    def between(self, runs: Runs) -> "Posting":
        """The part of the posting that lies in the runs."""
        starts, ends = self.rows.searchsorted(runs.starts), self.rows.searchsorted(runs.ends)
        some = [slice(a, b) for a, b in zip(starts.tolist(), ends.tolist(), strict=True) if b > a]
        if len(some) == 1:
            return Posting(self.rows[some[0]], self.scores[some[0]])
        if not some:
            return NOWHERE
        return Posting(
            np.concatenate([self.rows[part] for part in some]), np.concatenate([self.scores[part] for part in some])
        )

    def also_in(self, other: "Posting") -> "Posting":
        """The rows that contain both terms, with the sum of their scores."""
        places = other.rows.searchsorted(self.rows)
        places[places == len(other.rows)] = 0
        both = other.rows[places] == self.rows
        return Posting(self.rows[both], self.scores[both] + other.scores[places[both]])


NOWHERE = Posting(np.zeros(0, np.int64), np.zeros(0, np.float32))


class Postings:
    """`changed` are the listings of the last rows; everything before is in the index."""

    def __init__(self, index: WhooshIndex, lengths: Array, changed: Sequence[Said] = ()):
        self._index = index
        self._size = len(lengths)
        self._added: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for row, said in enumerate(changed, self._size - len(changed)):
            for term, weight in said.weights.items():
                self._added[term].append((row, weight))
        average = float(lengths.mean()) if self._size else 1.0
        self._slowness = K1 * (1 - B + B * lengths / (average or 1.0))
        self.of = lru_cache(maxsize=KEPT_POSTINGS)(self._of)

    def _of(self, term: str) -> Posting:
        """Where the term occurs. A word's score is its BM25; a marked term's score is the weight it was given."""
        rows, weights = self._index.postings(term) or (NOWHERE.rows, NOWHERE.scores)
        if term in self._added:
            more = np.array(self._added[term], np.float64)
            rows = np.concatenate((rows, more[:, 0].astype(np.int64)))
            weights = np.concatenate((weights, more[:, 1].astype(np.float32)))
        if term.startswith(MARKS):
            return Posting(rows, weights)
        rare = math.log(1 + (self._size - len(rows) + 0.5) / (len(rows) + 0.5))
        impacts = weights * (K1 + 1) / (weights + self._slowness[rows])
        return Posting(rows, (impacts * rare).astype(np.float32))

    def with_all(self, terms: Iterable[str], runs: Runs | None) -> Posting:
        """The rows that contain every term, within the runs when there are any."""
        found = sorted((self.of(term) for term in terms), key=lambda posting: len(posting.rows))
        if not found or not len(found[0].rows):
            return NOWHERE
        both = found[0].between(runs) if runs else found[0]
        for posting in found[1:]:
            if not len(both.rows):
                break
            both = both.also_in(posting)
        return both
