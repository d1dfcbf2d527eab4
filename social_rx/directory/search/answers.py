"""How well each listing answers each thing that a text asks for.

A text asks for several things: needs in everyday words, activities, and words that stand for nothing else. A listing
that answers more of them is better than one that answers a single one well; one that says a word itself is better than
one that was only sorted under something wider.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from social_rx.directory.models.terms import NEEDS
from social_rx.directory.search import ranking, text
from social_rx.directory.search.circle import Rows
from social_rx.directory.search.columns import Columns
from social_rx.directory.search.indexing import CODE_MARK, OWN_MARK
from social_rx.directory.search.people import Whom
from social_rx.directory.search.postings import Postings
from social_rx.directory.search.table import FOR_SEX, Array
from social_rx.directory.search.vocabulary import KINDS, Vocabulary, Wish

SURE = 0.5  # from here a listing answers what was asked: it was given the need, or says the word itself
LEAST = 0.2  # below it a listing does not belong in the answer at all
LEAST_WIDER = 0.235  # the same when something narrower was asked for: the need must be a main one of the listing
WIDER = 0.35  # of its strength that a need or kind of support is worth when something narrower was asked for
BESIDES = 0.05  # of its strength that it adds when the narrower thing is there
ALSO = 0.2  # of the strength of all codes but the best of those that a phrase stands for
NOT_OWN = 0.53  # how prominent a word is that stands only in the name of the organisation, the town or a term
WORD = 0.6  # how much a plain word weighs beside a need
ENOUGH = 5  # with fewer hits that answer everything, those that answer most of it are shown too
ONE_SEX = "supports:men_women_group"


class Asked(NamedTuple):
    """The text of a query, understood: wishes, plain words, words that only help, strangers, and for whom it asks."""

    wishes: tuple[Wish, ...] = ()
    words: tuple[str, ...] = ()
    helping: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    whom: Whom = Whom()

    @property
    def nothing(self) -> bool:
        return not (self.wishes or self.words or self.helping or self.unknown)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(code for wish in self.wishes for code in wish.codes))


def understood(question: str, vocabulary: Vocabulary, postings: Postings) -> Asked:
    meaning, whom = vocabulary.understand(question), vocabulary.people.whom(question)
    rest = [stem for stem in meaning.rest if stem not in whom.told_by]
    known = [stem for stem in rest if len(postings.of(stem).rows)]
    words = [stem for stem in known if stem not in vocabulary.weak]
    if not (words or meaning.wishes):
        words = known
    unknown = [stem for stem in rest if stem not in known and stem not in vocabulary.weak]
    not_helping = vocabulary.weak | whom.told_by | set(rest)
    helping = [stem for stem in text.terms(question) if stem not in not_helping]
    return Asked(meaning.wishes, tuple(words), tuple(helping), tuple(unknown), whom)


class Aspect(NamedTuple):
    """One thing that is asked for, and how well each listing answers it, between 0 and 1."""

    stems: tuple[str, ...]
    answers: Array
    weight: float
    literal: bool

    @property
    def least(self) -> float:
        """Below it a listing does not belong in the answer at all."""
        return LEAST_WIDER if self.literal else LEAST


class Answers:
    """All that is asked for, against all listings."""

    def __init__(self, asked: Asked, columns: Columns, postings: Postings):
        self.asked, self._columns, self._postings = asked, columns, postings
        self._wrong_sex, self._right_sex = self._sexes(asked.whom.sex)
        self.aspects = [
            self._aspect(wish.stems, self._wished(wish), self._worth(wish), wish.literal) for wish in asked.wishes
        ]
        self.aspects += [self._aspect((word,), self._said((word,)), WORD, True) for word in asked.words]

    def _sexes(self, sex: str | None) -> tuple[Array | None, Array | None]:
        """Which listings are only for the other sex, and which only for this one; None when none was told."""
        if sex is None:
            return None, None
        flags = self._columns.table.flags
        others = sum(bit for name, bit in FOR_SEX.items() if name != sex)
        return (flags & others) != 0, (flags & FOR_SEX[sex]) != 0

    def _aspect(self, stems: tuple[str, ...], answers: Array, worth: float, literal: bool) -> Aspect:
        """What few listings answer weighs more: of "lonely since her husband died" the bereavement says more."""
        number = np.count_nonzero(answers >= SURE)
        return Aspect(stems, answers, worth * math.log(2 + len(answers) / (1 + number)), literal)

    def _worth(self, wish: Wish) -> float:
        """Words that tell who the person is ask for less than what the person needs."""
        return WORD if self.asked.whom.told_by.issuperset(wish.stems) else 1.0

    def _zeros(self) -> Array:
        return np.zeros(self._columns.size, np.float32)

    def _strength(self, code: str) -> Array:
        strength = self._zeros()
        rows, sure = self._postings.of(CODE_MARK + code)
        strength[rows] = sure
        if code == ONE_SEX and self._wrong_sex is not None:
            strength[self._wrong_sex] = 0
        return strength

    def _strongest(self, codes: Iterable[str]) -> Array:
        best, total = self._zeros(), self._zeros()
        for code in codes:
            strength = self._strength(code)
            total += strength
            np.maximum(best, strength, out=best)
        return np.where(best >= SURE, np.minimum(best + ALSO * (total - best), 1.0), best)

    def _weakest(self, codes: Sequence[str]) -> Array:
        """What lies within several needs, as hoarding does, is best looked for where all of them are met."""
        return np.minimum.reduce([self._strength(code) for code in codes]) if codes else self._zeros()

    def _wished(self, wish: Wish) -> Array:
        if not wish.literal:
            return self._strongest(wish.codes)
        wide = [code for code in wish.codes if _is_wide(code)]
        narrow = [code for code in wish.codes if code not in wide]
        said = self._strongest(narrow) if narrow else self._said(wish.stems)
        wider = self._weakest(wide) if all(code.startswith(NEEDS) for code in wide) else self._strongest(wide)
        return np.maximum((1 - BESIDES) * said + BESIDES * wider * (said > 0), WIDER * wider)

    def _said(self, stems: Sequence[str]) -> Array:
        """How prominently the listing says all of the words itself."""
        said = np.ones(self._columns.size, np.float32)
        for stem in stems:
            one = self._zeros()
            one[self._postings.of(stem).rows] = NOT_OWN
            own, prominence = self._postings.of(OWN_MARK + stem)
            one[own] = prominence
            np.minimum(said, one, out=said)
        return said

    def rows(self) -> Rows:
        """The listings that answer anything of it at all."""
        some = np.zeros(self._columns.size, np.bool_)
        for aspect in self.aspects:
            some |= aspect.answers >= aspect.least
        return np.flatnonzero(some)

    def relevance(self, rows: Rows) -> Array:
        """How well the listings answer it all, counting how prominent and how frequent the words are."""
        worth = self._zeros()
        for word in (*self.asked.words, *self.asked.helping):
            posting = self._postings.of(word)
            worth[posting.rows] += posting.scores
        answered = self._together(rows, [aspect.answers[rows] for aspect in self.aspects])
        return ranking.relevance(ranking.words_worth(worth[rows]), answered)

    def lift(self, rows: Rows) -> Array:
        """What lifts listings above others: how much they answer at all, and whether they are for such a person."""
        surely = (np.where(aspect.answers[rows] >= SURE, 1.0, aspect.answers[rows]) for aspect in self.aspects)
        lift = ranking.ANSWERED * self._together(rows, surely)
        if self._wrong_sex is not None and self._right_sex is not None:
            lift += ranking.OTHER_SEX * self._wrong_sex[rows] + ranking.OWN_SEX * self._right_sex[rows]
        if (age := self.asked.whom.age) is not None:
            lift += ranking.for_age(self._columns.table, rows, age)
        return lift

    def _together(self, rows: Rows, answers: Iterable[Array]) -> Array:
        weights = [aspect.weight for aspect in self.aspects]
        total = np.zeros(len(rows))
        for weight, each in zip(weights, answers, strict=True):
            total += weight * each
        return total / (sum(weights) or 1.0)

    def kept(self, rows: Rows) -> Array:
        """Which of these to show: those that answer everything, or when they are few most of it, or anything.

        Whatever answers a need that was told in everyday words is always among them.
        """
        sure = [aspect.answers[rows] >= SURE for aspect in self.aspects]
        needed = [aspect.answers[rows] >= aspect.least for aspect in self.aspects if not aspect.literal]
        always = np.logical_or.reduce(needed) if needed else np.zeros(len(rows), np.bool_)
        most, some = self._together(rows, sure) >= 0.5, np.logical_or.reduce(sure)
        for kept in (np.logical_and.reduce(sure), most, some):
            if np.count_nonzero(kept) >= ENOUGH:
                return kept | always
        if not some.any():
            return np.ones(len(rows), np.bool_)
        return some | always | self._next_best(rows, some)

    def _next_best(self, rows: Rows, sure: Array) -> Array:
        """As many of those that may answer as it takes to make a handful with those that surely do."""
        value = self._together(rows, [aspect.answers[rows] for aspect in self.aspects])
        value[sure] = 0
        place = len(rows) - (ENOUGH - np.count_nonzero(sure))
        return value >= (np.partition(value, place)[place] if place > 0 else 0)

    def missing(self, rows: Rows) -> list[str]:
        """The stems of what none of these listings answers."""
        least = {True: SURE, False: LEAST}
        unmet = (one for one in self.aspects if not (one.answers[rows] >= least[one.literal]).any())
        return [stem for aspect in unmet for stem in aspect.stems]

    def matches(self, row: int, vocabulary: Vocabulary, written: Mapping[str, str]) -> list[str]:
        """What a listing was found by: the names of codes, or the words as they were written."""
        names: list[str] = []
        for wish, aspect in zip(self.asked.wishes, self.aspects, strict=False):
            if aspect.answers[row] < aspect.least:
                continue
            codes = [code for code in wish.codes if self._has(code, row)]
            if wish.literal and aspect.answers[row] >= SURE and all(_is_wide(code) for code in wish.codes):
                names.append(" ".join(written.get(stem, stem) for stem in wish.stems))
            names += [vocabulary.name(code) for code in codes]
        return names

    def _has(self, code: str, row: int) -> bool:
        rows = self._postings.of(CODE_MARK + code).rows
        place = rows.searchsorted(row)
        return bool(place < len(rows) and rows[place] == row)


def _is_wide(code: str) -> bool:
    return code.partition(":")[0] in KINDS
